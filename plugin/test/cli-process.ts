import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
/** The main thread works a little and sleeps a little; another waits for the input to close, and then ends both. */
const TARGET_PROGRAM = `
import os, sys, threading, time
def work():
    return sum(range(1000))
def end_with_input():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=end_with_input, daemon=True).start()
print('ready', flush=True)
while True:
    work()
    time.sleep(0.002)
`;

export interface CommandOutcome {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  /** The next line on standard output. */
  nextLine(): Promise<string>;
  /** The next line on standard error. */
  nextMessage(): Promise<string>;
  readonly outcome: Promise<CommandOutcome>;
}

const collect = (stream: NodeJS.ReadableStream | null): { text(): string; next(): Promise<string> } => {
  const lines: string[] = [];
  const waiting: ((line: string) => void)[] = [];
  let taken = 0;
  if (stream === null) throw new TypeError('A command is run with pipes.');
  createInterface({ input: stream }).on('line', (line) => {
    lines.push(line);
    if (waiting.length > 0) taken++;
    waiting.shift()?.(line);
  });
  return {
    text: () => lines.map((line) => `${line}\n`).join(''),
    next: () => {
      const line = lines[taken];
      if (line === undefined) return new Promise((resolve) => waiting.push(resolve));
      taken++;
      return Promise.resolve(line);
    },
  };
};

const running = new Set<ChildProcess>();

/** For after each test: whatever it left behind, most of all when it failed, ends. */
export const endCommands = (): void => {
  for (const child of running) child.kill('SIGKILL');
};

/** Starts the command line `bbprofiler` as a process of its own. */
export const startCommand = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): RunningCommand =>
  startProcess(process.execPath, [MAIN, ...args], environment);

export const startProcess = (
  program: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): RunningCommand => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...environment } });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const outcome = once(child, 'close').then(([exitCode, signal]) => ({
    exitCode: exitCode as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: stdout.text(),
    stderr: stderr.text(),
  }));
  return { process: child, nextLine: stdout.next, nextMessage: stderr.next, outcome };
};

export const runCommand = (args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<CommandOutcome> =>
  startCommand(args, environment).outcome;

/** A Python to record, which ends when its input closes. */
export const startPythonTarget = async (): Promise<{ readonly pid: number; end(): Promise<void> }> => {
  const child = spawn('python3', ['-c', TARGET_PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};

/** Address and token in the line that `serve` and `view` print. */
export const parseServerLine = (line: string): { readonly origin: string; readonly token: string } => {
  const [, origin = '', token = ''] = /(http:\/\/localhost:\d+)\/\S*#token=([\w-]+)$/.exec(line) ?? [];
  if (token === '') throw new Error(`No address in ${JSON.stringify(line)}`);
  return { origin, token };
};
