import fs from 'node:fs';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { EncodedLine } from './encoded-line.ts';

/** Readable by its owner alone: stacks, paths and command lines of a master are not for everyone on the machine. */
export const PRIVATE_FILE_MODE = 0o600;

/** Node's error code of a failed system call, as in `ENOSPC`; empty where the error is none of these. */
export const systemErrorCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const WRITE_FAILURES: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EFBIG: 'the file may not grow',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'what should be its folder is a file',
  EISDIR: 'it is a folder',
  EEXIST: 'it is there already',
  EACCES: 'it is not allowed',
  EPERM: 'it is not allowed',
  EROFS: 'nothing can be written there',
};

export const describeWriteError = (path: string, error: unknown): ProfilerError => {
  const code = systemErrorCode(error);
  const what = WRITE_FAILURES[code] ?? code;
  return new ProfilerError(
    'file-unwritable',
    `Cannot write ${path}: ${what || String(error)}`,
    { path, code },
    { cause: error },
  );
};

/**
 * Appends the lines of a recording to a plain file. Each call returns when the kernel has the bytes, so that the death of this process
 * loses nothing of what was appended; only a crash of the machine could. The file always ends with a whole line, also after a failed write.
 */
export class TraceFileWriter {
  readonly path: string;
  readonly #descriptor: number;
  #size = 0;
  #lastChunkStart = 0;
  #isClosed = false;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /** @throws ProfilerError 'file-unwritable', also where the file exists. */
  static create(path: string): TraceFileWriter {
    try {
      return new TraceFileWriter(path, fs.openSync(path, 'wx', PRIVATE_FILE_MODE));
    } catch (error) {
      throw describeWriteError(path, error);
    }
  }

  /** Bytes of whole lines in the file. */
  get size(): number {
    return this.#size;
  }

  /** @throws ProfilerError 'file-unwritable'; the file then holds what it held before. */
  append({ line, bytes }: EncodedLine): void {
    const start = this.#size;
    this.#write(bytes);
    if (line.kind === 'chunk') this.#lastChunkStart = start;
  }

  /**
   * Appends the end line after a failed write: where not even that fits, the last chunk gives up its room, so that the file says why it ends.
   * @returns whether the end is in the file.
   */
  appendEndAfterFailure(end: EncodedLine): boolean {
    try {
      this.#write(end.bytes);
      return true;
    } catch {
      // What failed here was reported when the chunk before could not be written.
    }
    if (this.#lastChunkStart === 0) return false;
    try {
      this.#truncate(this.#lastChunkStart);
      this.#write(end.bytes);
      return true;
    } catch {
      // A disk that takes nothing at all: the recording reads as cut.
      return false;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    fs.closeSync(this.#descriptor);
  }

  #write(bytes: Buffer): void {
    let written = 0;
    try {
      while (written < bytes.length) {
        written += fs.writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#size + written);
      }
    } catch (error) {
      if (written > 0) this.#truncate(this.#size);
      throw describeWriteError(this.path, error);
    }
    this.#size += bytes.length;
  }

  #truncate(size: number): void {
    fs.ftruncateSync(this.#descriptor, size);
    this.#size = size;
  }
}
