import type { RangeBatch } from './range-batch.ts';
import type { RemoteAddress } from './remote-address.ts';

/** The memory of one process, readable and nothing else. Live, or a recorded image. */
export interface ProcessMemory {
  /**
   * Copies up to `length` bytes at `address` to `into` at `offset` and returns how many were copied: fewer where the mapping ends, 0
   * where nothing can be read. What lies behind the copied bytes in `into` is left as it was.
   *
   * @throws ProfilerError target-exited once the process has no memory any more.
   */
  read(address: RemoteAddress, length: number, into: Buffer, offset: number): number;
  /**
   * Copies the batch's ranges in their order, as close together in time as it can, and returns how many were copied whole before the first
   * that was not.
   *
   * @throws ProfilerError target-exited
   */
  readRanges(batch: RangeBatch): number;
  close(): void;
}

/** Reads exactly `length` bytes, or answers undefined. For set-up work: it allocates. */
export const readBytes = (memory: ProcessMemory, address: RemoteAddress, length: number): Buffer | undefined => {
  const bytes = Buffer.alloc(length);
  return memory.read(address, length, bytes, 0) === length ? bytes : undefined;
};

/** `readRanges` for a memory that knows no better way than one read after the other. */
export const readRangesOneByOne = (memory: Pick<ProcessMemory, 'read'>, batch: RangeBatch): number => {
  for (let index = 0; index < batch.count; index++) {
    const length = batch.lengths[index] ?? 0;
    const offset = (batch.positions[index] ?? 0) * 4;
    if (memory.read((batch.addresses[index] ?? 0) as RemoteAddress, length, batch.bytes, offset) !== length)
      return index;
  }
  return batch.count;
};
