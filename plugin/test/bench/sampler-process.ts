/** A contestant as a process: started, pinned to a core, its output kept. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface SamplerProcess {
  readonly pid: number;
  readonly process: ChildProcess;
  /** What it printed on standard output and standard error. Rejects where it fails. */
  readonly output: Promise<string>;
  end(): Promise<void>;
}

/** `exec` of taskset keeps the pid. */
const onCore = (core: number | undefined, command: readonly string[]): readonly string[] =>
  core === undefined ? command : ['taskset', '-c', String(core), ...command];

export const startSamplerProcess = (
  command: readonly string[],
  core: number | undefined,
  environment: NodeJS.ProcessEnv = {},
): SamplerProcess => {
  const [program = '', ...args] = onCore(core, command);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (data: string) => (text += data));
  }
  let isEnded = false;
  const closed = once(child, 'close');
  const output = closed.then(([code, signal]) => {
    if (code !== 0 && !isEnded) throw new Error(`${program} ended with ${String(code ?? signal)}:\n${text}`);
    return text;
  });
  return {
    pid: child.pid ?? 0,
    process: child,
    output,
    end: async () => {
      isEnded = true;
      child.kill('SIGKILL');
      await closed;
    },
  };
};

/** Resolves with the first output that the pattern matches. Rejects where the process ends before. */
export const waitForOutput = (child: ChildProcess, pattern: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    let text = '';
    const look = (data: string): void => {
      text += data;
      if (pattern.test(text)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', () => reject(new Error(`The sampler ended before it began:\n${text}`)));
  });
