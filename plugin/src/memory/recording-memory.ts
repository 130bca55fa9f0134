import type { MemorySegment } from './memory-image.ts';
import type { ProcessMemory } from './process-memory.ts';
import { readRangesOneByOne } from './process-memory.ts';
import type { RangeBatch } from './range-batch.ts';
import type { RemoteAddress } from './remote-address.ts';
import { remoteAddress } from './remote-address.ts';

/** Passes reads on to another memory and keeps what they gave: the way an image of a live process is made. */
export class RecordingMemory implements ProcessMemory {
  readonly #source: ProcessMemory;
  readonly #bytesAt = new Map<number, number>();

  constructor(source: ProcessMemory) {
    this.#source = source;
  }

  read(address: RemoteAddress, length: number, into: Buffer, offset: number): number {
    const count = this.#source.read(address, length, into, offset);
    for (let index = 0; index < count; index++) this.#bytesAt.set(address + index, into[offset + index] ?? 0);
    return count;
  }

  readRanges(batch: RangeBatch): number {
    return readRangesOneByOne(this, batch);
  }

  close(): void {
    this.#source.close();
  }

  /** Everything read so far, neighbours joined, the newest bytes where a range was read twice. */
  segments(): MemorySegment[] {
    const addresses = [...this.#bytesAt.keys()].sort((a, b) => a - b);
    const segments: MemorySegment[] = [];
    for (let index = 0; index < addresses.length;) {
      const start = addresses[index] ?? 0;
      let end = index + 1;
      while (end < addresses.length && addresses[end] === start + (end - index)) end++;
      const bytes = Buffer.from(addresses.slice(index, end).map((address) => this.#bytesAt.get(address) ?? 0));
      segments.push({ address: remoteAddress(start), bytes });
      index = end;
    }
    return segments;
  }
}
