import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { MasterEvent } from '../session/build-ledger.ts';
import type { MasterMessage } from '../session/master-message.ts';

const PROGRAM = fileURLToPath(new URL('../../demo/demo_master.py', import.meta.url));
/** It stops its threads first; then it is ended. */
const END_LIMIT_MS = 2_000;

type DemoProcess = ChildProcessByStdio<Writable, Readable, null>;

/** The pretended master that `--demo` profiles. It ends with us, even if we are killed: its standard input is a pipe of ours. */
export class DemoMaster {
  readonly #process: DemoProcess;
  readonly pid: number;

  private constructor(process: DemoProcess, pid: number) {
    this.#process = process;
    this.pid = pid;
  }

  /**
   * @param onBuilds is told of its builds, as they begin and end
   * @throws ProfilerError 'unsupported-platform' without python3, 'target-exited' where it does not come up
   */
  static async start(onBuilds: (events: readonly MasterEvent[]) => void): Promise<DemoMaster> {
    // On demand, as the server is.
    const { decodeMasterMessage } = await import('../server/master-messages.ts');
    // Detached: Ctrl-C is for us alone, so that a recording in progress ends as stopped and not as a target that went away.
    const child = spawn('python3', [PROGRAM, '--tell-builds'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    // A pipe that breaks when the demo ends is no news.
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout });
    // From the first line on, with which more may come.
    lines.on('line', (text) => takeMessage(() => decodeMasterMessage(text), onBuilds));
    const line = await Promise.race([firstLine(lines), failureOf(child)]);
    const pid = /^ready (\d+)$/.exec(line)?.[1];
    if (pid === undefined) throw new ProfilerError('target-exited', 'The demo master did not come up');
    return new DemoMaster(child, Number(pid));
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }
}

const firstLine = async (lines: Interface): Promise<string> => {
  const [line] = (await once(lines, 'line')) as [string];
  return line;
};

const takeMessage = (decode: () => MasterMessage, onBuilds: (events: readonly MasterEvent[]) => void): void => {
  try {
    const message = decode();
    if (message.kind === 'builds') onBuilds(message.events);
  } catch (error) {
    // What else it prints, its first line above all, is none.
    if (!(error instanceof ProfilerError)) throw error;
  }
};

const failureOf = (child: DemoProcess): Promise<never> =>
  new Promise((_resolve, reject) => {
    child.once('error', (error) => {
      const message = `python3 cannot be run for the demo: ${error.message}`;
      reject(new ProfilerError('unsupported-platform', message, {}, { cause: error }));
    });
    child.once('exit', (code, signal) => {
      reject(new ProfilerError('target-exited', `The demo master ended at its start (${String(signal ?? code)})`));
    });
  });
