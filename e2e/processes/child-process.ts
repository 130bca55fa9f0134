/** A process that a test started: its lines, its end, and everything it left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const NODE = path.join(ROOT, 'node_modules/.bin/node');

const KEPT_LINES = 200;
const STOP_TIMEOUT_MS = 15_000;
const POLL_MS = 50;

/** Resolves once `isTrue` holds; rejects with `message` after `timeoutMs`. */
export const waitUntil = async (isTrue: () => boolean, timeoutMs: number, message: () => string): Promise<void> => {
  const end = Date.now() + timeoutMs;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(message());
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

export class StartedProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #command: string;

  /** The child leads a process group and a session of its own: so all that it starts can be found by them. */
  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#command = [command, ...args].join(' ');
    this.#child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        this.#lines.push(line);
        this.#lines.splice(0, this.#lines.length - KEPT_LINES);
      });
    }
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`did not start: ${this.#command}`);
    return pid;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  get output(): string {
    return this.#lines.join('\n');
  }

  /** The first line, of those printed and those to come, that `pattern` matches. */
  async findLine(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray> {
    let match: RegExpMatchArray | null = null;
    const search = (): boolean => {
      match = this.#lines.map((line) => pattern.exec(line)).find((found) => found !== null) ?? null;
      return match !== null || this.hasExited;
    };
    await waitUntil(search, timeoutMs, () => `no line like ${pattern.source} of ${this.#command}:\n${this.output}`);
    if (match === null)
      throw new Error(`ended before a line like ${pattern.source}: ${this.#command}:\n${this.output}`);
    return match;
  }

  /** Signals the process alone, or its whole group as Ctrl-C on a terminal does. */
  signal(name: NodeJS.Signals, to: 'process' | 'group' = 'process'): void {
    process.kill(to === 'group' ? -this.pid : this.pid, name);
  }

  async stop(name: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.hasExited) return;
    const exited = once(this.#child, 'exit');
    this.signal(name);
    const timeout = setTimeout(() => this.signal('SIGKILL', 'group'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timeout);
  }
}

/** Pids whose environment carries `name=value`: children inherit it, whichever session or parent they end up with. */
export const processesMarked = (name: string, value: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`${name}=${value}`);
      } catch {
        return false; // Ended meanwhile, or not ours to read.
      }
    })
    .map(Number);

/** Of the processes that carry this mark, the samplers that a plugin has started. */
export const samplersMarked = (name: string, value: string): number[] =>
  processesMarked(name, value).filter((pid) => {
    try {
      return readFileSync(`/proc/${String(pid)}/cmdline`, 'latin1')
        .split('\0')
        .includes('attend');
    } catch {
      return false; // Ended meanwhile.
    }
  });
