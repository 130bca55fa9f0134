/** The command line `bbprofiler record`, as a process of its own, and what it wrote. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { decodeLine } from '#trace/contract/codec.ts';
import type { RecordingMode, TraceChunk } from '#trace/contract/trace-lines.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface RecordRequest {
  readonly pid: number;
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  readonly seconds: number;
  readonly output: string;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
  /** Is told each line that it prints. */
  readonly onLine?: (line: string) => void;
}

/** A command line that records until its time is over. */
export class Recorder {
  readonly pid: number;
  readonly #ended: Promise<void>;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ended: Promise<void>) {
    this.pid = process.pid ?? 0;
    this.#process = process;
    this.#ended = ended;
  }

  static start({ pid, frequencyHz, mode, seconds, output, nodeOptions = [], onLine }: RecordRequest): Recorder {
    const what = ['--pid', String(pid), '--frequency', String(frequencyHz), '--mode', mode];
    const options = [...what, '--duration', String(seconds), '--output', output];
    const child = spawn(process.execPath, [...nodeOptions, MAIN, 'record', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const messages: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => onLine?.(line));
    createInterface({ input: child.stderr }).on('line', (line) => messages.push(line));
    const ended = once(child, 'close').then(([code]) => {
      if (code !== 0) throw new Error(`bbprofiler record ended with ${String(code)}: ${messages.join('\n')}`);
    });
    return new Recorder(child, ended);
  }

  /** Resolves when the file is whole. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}

/** The chunks of a plain trace. */
export const loadChunks = (file: string): TraceChunk[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(decodeLine)
    .filter((line) => line.kind === 'chunk');
