import fs from 'node:fs';
import { ProfilerError } from '#trace/contract/errors.ts';
import { LINE_BREAK, type EncodedLine } from './encoded-line.ts';
import { describeReadError } from './trace-bytes.ts';

/** Latest lines kept for followers that keep up; one further behind reads the file. A few seconds of chunks. */
const RECENT_LINES = 8;
/** No recent line is kept once their sum passes this: chunks of a wild target may be large, and the file has them too. */
const MAX_RECENT_BYTES = 4 * 1024 * 1024;
/** Read from the file at once for a follower that replays. */
const REPLAY_BLOCK_BYTES = 256 * 1024;

export interface FollowOptions {
  /** Chunks up to this sequence number are left out. */
  readonly after?: number;
  readonly signal: AbortSignal;
}

interface RecentLine {
  readonly offset: number;
  readonly bytes: Buffer;
}

/**
 * The lines of a recording in progress for any number of followers. A follower is nothing but a position in the file: it pulls the next line
 * when it has room, from the few latest lines in memory if they reach back to it and from the file otherwise. So a slow follower costs no
 * memory and holds up neither the recording nor the others.
 */
export class LiveFeed {
  readonly #path: string;
  /** Offset behind each line that is in the file: the header's at 0, that of chunk n at n + 1. */
  readonly #lineEnds: number[] = [];
  #recent: RecentLine[] = [];
  /** Kept apart from the lines in the file, since a full disk may not have taken it. */
  #end: Buffer | undefined;
  #waiting: (() => void)[] = [];
  #descriptor: number | undefined;
  #followers = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes of whole lines in the file, without the end line. */
  get size(): number {
    return this.#lineEnds.at(-1) ?? 0;
  }

  get followers(): number {
    return this.#followers;
  }

  /** Of a line that has been written to the file. */
  publish({ line, bytes }: EncodedLine): void {
    // Opened while the file is sure to be there: at the end it gives way to a compressed one.
    this.#descriptor ??= this.#open();
    if (line.kind === 'end') this.#end = bytes;
    else this.#add(bytes);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
    this.#closeIfDone();
  }

  /** Forgets the lines behind `size`: the file had to give up their room. */
  retract(size: number): void {
    while (this.size > size) this.#lineEnds.pop();
    this.#recent = this.#recent.filter(({ offset }) => offset < size);
  }

  /** Whether the end has been published: then only those who follow already are served, and newcomers read the finished file. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  /** Lines as JSON text in UTF-8: the header, the chunks, the end; then it returns. Also returns when the signal is aborted. */
  async *follow({ after, signal }: FollowOptions): AsyncGenerator<Buffer, void> {
    this.#followers++;
    try {
      let position = 0;
      while (!signal.aborted) {
        if (position >= this.size) {
          if (this.#end !== undefined) {
            yield withoutLineBreak(this.#end);
            return;
          }
          await this.#nextLine(signal);
          continue;
        }
        const isHeader = position === 0;
        const lines = await this.#linesAt(position);
        if (lines.length === 0 && position < this.size) throw this.#shrunkFile();
        for (const line of lines) {
          if (signal.aborted) return;
          yield withoutLineBreak(line);
          position += line.length;
        }
        if (isHeader) position = this.#skip(position, after);
      }
    } finally {
      this.#followers--;
      this.#closeIfDone();
    }
  }

  #add(bytes: Buffer): void {
    const offset = this.size;
    this.#lineEnds.push(offset + bytes.length);
    this.#recent.push({ offset, bytes });
    let total = this.#recent.reduce((sum, line) => sum + line.bytes.length, 0);
    while (this.#recent.length > RECENT_LINES || total > MAX_RECENT_BYTES) {
      total -= this.#recent.shift()?.bytes.length ?? 0;
    }
  }

  /** From behind the header to behind chunk `after`, as far as there is one. */
  #skip(position: number, after: number | undefined): number {
    if (after === undefined || after < 0) return position;
    return this.#lineEnds[Math.min(after + 1, this.#lineEnds.length - 1)] ?? position;
  }

  /** At least one line; the header alone, so that what follows it can be left out. */
  async #linesAt(position: number): Promise<readonly Buffer[]> {
    const recent = this.#recent.find(({ offset }) => offset === position);
    if (recent !== undefined) return [recent.bytes];
    const end = this.#blockEnd(position);
    const block = Buffer.allocUnsafe(end - position);
    const length = await this.#readFile(block, position);
    return splitLines(block.subarray(0, length));
  }

  #blockEnd(position: number): number {
    const first = firstAbove(this.#lineEnds, position);
    let end = this.#lineEnds[first] ?? this.size;
    if (position === 0) return end;
    for (let index = first + 1; index < this.#lineEnds.length; index++) {
      const next = this.#lineEnds[index] ?? end;
      if (next - position > REPLAY_BLOCK_BYTES) break;
      end = next;
    }
    return end;
  }

  #readFile(block: Buffer, position: number): Promise<number> {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) throw this.#shrunkFile();
    return new Promise((resolve, reject) => {
      fs.read(descriptor, block, 0, block.length, position, (error, length) => {
        if (error) reject(error);
        else resolve(length);
      });
    });
  }

  #nextLine(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.push(wake);
    });
  }

  #open(): number {
    try {
      return fs.openSync(this.#path, 'r');
    } catch (error) {
      throw describeReadError(this.#path, error);
    }
  }

  #shrunkFile(): ProfilerError {
    return new ProfilerError('file-unreadable', `${this.#path} is shorter than what was written to it`, {
      path: this.#path,
    });
  }

  #closeIfDone(): void {
    if (this.#end === undefined || this.#followers > 0 || this.#descriptor === undefined) return;
    fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const withoutLineBreak = (line: Buffer): Buffer => line.subarray(0, line.length - 1);

/** Index of the first value above `limit` in ascending values. */
const firstAbove = (values: readonly number[], limit: number): number => {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) > limit) high = middle;
    else low = middle + 1;
  }
  return low;
};

const splitLines = (block: Buffer): readonly Buffer[] => {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = block.indexOf(LINE_BREAK); end !== -1; end = block.indexOf(LINE_BREAK, start)) {
    lines.push(block.subarray(start, end + 1));
    start = end + 1;
  }
  return lines;
};
