import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { ProfilerError } from '#trace/contract/errors.ts';
import { attachError } from './attach-permission.ts';
import type { ProcessMemory } from './process-memory.ts';
import { readRangesOneByOne } from './process-memory.ts';
import type { RangeBatch } from './range-batch.ts';
import type { RemoteAddress } from './remote-address.ts';
import { isMappable } from './remote-address.ts';
import type { VectoredRead } from './vectored-read.ts';
import { openVectoredRead } from './vectored-read.ts';

/**
 * `/proc/PID/mem`, opened read-only once and kept open: the descriptor stays with this process even if its pid is given to another
 * later. Reading does not stop or disturb the target; it copies while the target runs, so what spans more than a word may be torn.
 */
export class LiveProcessMemory implements ProcessMemory {
  readonly #pid: number;
  readonly #file: number;
  readonly #vectoredRead: VectoredRead | undefined;

  constructor(pid: number, vectoredRead: VectoredRead | undefined = openVectoredRead(pid)) {
    this.#pid = pid;
    this.#vectoredRead = vectoredRead;
    try {
      this.#file = openSync(`/proc/${pid}/mem`, 'r');
    } catch (error) {
      throw attachError(pid, error);
    }
  }

  read(address: RemoteAddress, length: number, into: Buffer, offset: number): number {
    // A failing read costs 20 to 95 µs for its exception: what cannot be mapped is not tried.
    if (length <= 0 || !isMappable(address)) return 0;
    let count: number;
    try {
      count = readSync(this.#file, into, offset, length, address);
    } catch (error) {
      if (isOfSystem(error, 'ESRCH')) throw exited(this.#pid, error);
      // Mostly EIO: unmapped. Whatever else keeps the kernel from copying is no sign that the process has ended.
      if (isOfSystem(error)) return 0;
      throw error;
    }
    // The kernel says end of file once the process has given up its memory; an unmapped address is EIO.
    if (count === 0) throw exited(this.#pid, undefined);
    return count;
  }

  readRanges(batch: RangeBatch): number {
    if (this.#vectoredRead !== undefined) {
      const copied = this.#vectoredRead(batch);
      if (copied === batch.byteLength) return batch.count;
      if (copied > 0) return wholeRanges(batch, copied);
      // Nothing, and no reason given: the kept-open file tells an unmapped address from a process that has ended.
    }
    return readRangesOneByOne(this, batch);
  }

  close(): void {
    closeSync(this.#file);
  }
}

const wholeRanges = (batch: RangeBatch, copied: number): number => {
  let whole = 0;
  for (let end = 0; whole < batch.count; whole++) {
    end += batch.lengths[whole] ?? 0;
    if (end > copied) break;
  }
  return whole;
};

/** Whether the system refused, for this reason if one is given. */
const isOfSystem = (error: unknown, code?: string): boolean => {
  const { errno, code: given } = error as NodeJS.ErrnoException;
  return errno !== undefined && (code === undefined || given === code);
};

/** The program that was read is gone; if the process has memory all the same, it has replaced itself by another program (exec). */
const exited = (pid: number, cause: unknown): ProfilerError => {
  const message = hasMemory(pid) ? `Process ${pid} runs another program now.` : `Process ${pid} has ended.`;
  return new ProfilerError('target-exited', message, { pid }, { cause });
};

const hasMemory = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/maps`).length > 0;
  } catch {
    // ENOENT, ESRCH: gone.
    return false;
  }
};
