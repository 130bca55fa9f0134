import type { RemoteAddress } from './remote-address.ts';

/** Linux takes 1024 ranges in one call (UIO_MAXIOV). */
export const MAX_RANGES = 1024;
const INITIAL_BYTES = 64 * 1024;

/**
 * Ranges of memory to be copied one right after the other, in the order they were added, into one buffer. Lengths are multiples of 8, so that every copy begins at a
 * whole word of {@link words}.
 */
export class RangeBatch {
  count = 0;
  readonly addresses = new Float64Array(MAX_RANGES);
  readonly lengths = new Int32Array(MAX_RANGES);
  /** Where the copies begin in {@link words}, in 32-bit words. */
  readonly positions = new Int32Array(MAX_RANGES);
  bytes: Buffer = Buffer.from(new ArrayBuffer(INITIAL_BYTES));
  words = new Uint32Array(this.bytes.buffer);
  byteLength = 0;

  clear(): void {
    this.count = 0;
    this.byteLength = 0;
  }

  get isFull(): boolean {
    return this.count === MAX_RANGES;
  }

  /** @returns the index of the range; the batch must not be full */
  add(address: RemoteAddress, length: number): number {
    this.reserve(length);
    const index = this.count++;
    this.addresses[index] = address;
    this.lengths[index] = length;
    this.positions[index] = this.byteLength / 4;
    this.byteLength += length;
    return index;
  }

  /** Makes room for `length` more bytes; keeps the content, but not the identity, of {@link bytes} and {@link words}. */
  reserve(length: number): void {
    const needed = this.byteLength + length;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.from(new ArrayBuffer(2 ** Math.ceil(Math.log2(needed))));
    this.bytes.copy(larger, 0, 0, this.byteLength);
    this.bytes = larger;
    this.words = new Uint32Array(larger.buffer);
  }
}
