import { gunzipSync, gzipSync } from 'node:zlib';
import type { ProcessMemory } from './process-memory.ts';
import { readRangesOneByOne } from './process-memory.ts';
import type { RangeBatch } from './range-batch.ts';
import type { RemoteAddress } from './remote-address.ts';
import { isMappable } from './remote-address.ts';

/**
 * Memory that was copied from a process once: sorted segments that do not touch. On disk: gzip of one JSON line (the caller's own facts
 * and the list of segments), then the segments' bytes.
 */
export interface MemorySegment {
  readonly address: RemoteAddress;
  readonly bytes: Buffer;
}

export interface RecordedImage<Facts> {
  readonly facts: Facts;
  readonly segments: readonly MemorySegment[];
}

/** An image holds what a few stacks need, tens of KiB: this stops a file that expands without end. */
export const MAX_IMAGE_BYTES = 64 * 1024 * 1024;
const NEWLINE = 10;

interface ImageHead<Facts> {
  readonly facts: Facts;
  readonly segments: readonly { readonly address: RemoteAddress; readonly length: number }[];
}

export const encodeImage = <Facts>({ facts, segments }: RecordedImage<Facts>): Buffer => {
  const head: ImageHead<Facts> = {
    facts,
    segments: segments.map(({ address, bytes }) => ({ address, length: bytes.length })),
  };
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...segments.map(({ bytes }) => bytes)]), {
    level: 9,
  });
};

export const decodeImage = <Facts>(file: Uint8Array): RecordedImage<Facts> => {
  const content = gunzipSync(file, { maxOutputLength: MAX_IMAGE_BYTES });
  const headEnd = content.indexOf(NEWLINE);
  const head = JSON.parse(content.toString('utf8', 0, headEnd)) as ImageHead<Facts>;
  let position = headEnd + 1;
  const segments = head.segments.map(({ address, length }) => {
    const bytes = content.subarray(position, position + length);
    position += length;
    return { address, bytes };
  });
  return { facts: head.facts, segments };
};

/** Serves a recorded image as if it were a process. */
export class ImageMemory implements ProcessMemory {
  readonly #segments: readonly MemorySegment[];

  constructor(segments: readonly MemorySegment[]) {
    this.#segments = [...segments].sort((a, b) => a.address - b.address);
  }

  read(address: RemoteAddress, length: number, into: Buffer, offset: number): number {
    if (length <= 0 || !isMappable(address)) return 0;
    const segment = this.#segmentAt(address);
    if (segment === undefined) return 0;
    const start = address - segment.address;
    return segment.bytes.copy(into, offset, start, Math.min(start + length, segment.bytes.length));
  }

  readRanges(batch: RangeBatch): number {
    return readRangesOneByOne(this, batch);
  }

  close(): void {
    // Nothing is held open.
  }

  #segmentAt(address: RemoteAddress): MemorySegment | undefined {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle];
      if (segment === undefined) return undefined;
      if (address < segment.address) high = middle;
      else if (address >= segment.address + segment.bytes.length) low = middle + 1;
      else return segment;
    }
    return undefined;
  }
}
