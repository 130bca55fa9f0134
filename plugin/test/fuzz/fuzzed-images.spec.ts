import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import { layoutFor } from '../../src/cpython/layouts/layout-registry.ts';
import { MemoryInterpreterReader } from '../../src/cpython/memory-interpreter-reader.ts';
import { StackBuffer } from '../../src/cpython/stack-buffer.ts';
import type { MemorySegment } from '../../src/memory/memory-image.ts';
import { ImageMemory, decodeImage } from '../../src/memory/memory-image.ts';
import { readBytes } from '../../src/memory/process-memory.ts';
import type { RemoteAddress } from '../../src/memory/remote-address.ts';
import type { ImageFacts } from '../images/image-facts.ts';

const IMAGES = new URL('../images/', import.meta.url);
const FILES = readdirSync(IMAGES).filter((name) => name.endsWith('.image.gz'));
/** Over all images ten thousand. */
const VARIANTS = Math.ceil(10_000 / FILES.length);
const MOST_FLIPS = 4;
const SEED = 20_261_124;
/** A healthy reading takes some 100 KB; one that follows lies to the end of what there is, a few times that. */
const MOST_BYTES_READ = 16 * 1024 * 1024;

interface Flip {
  /** Which read of a healthy reading: most reads are of the few bytes that lead on. */
  readonly read: number;
  readonly byte: number;
  readonly mask: number;
}

class ObservedMemory extends ImageMemory {
  readonly reads: { readonly address: RemoteAddress; readonly length: number }[] = [];
  bytesRead = 0;

  override read(address: RemoteAddress, length: number, into: Buffer, offset: number): number {
    const count = super.read(address, length, into, offset);
    this.reads.push({ address, length: count });
    this.bytesRead += count;
    return count;
  }
}

/** Everything there is to read, twice: the second time with what the first has left in the caches. An error is a result. */
const readAll = (facts: ImageFacts, memory: ImageMemory): string => {
  const seen: unknown[] = [];
  try {
    const layout = layoutFor(facts.versionHex, (length) => readBytes(memory, facts.runtime, length));
    let clock = 0;
    const reader = new MemoryInterpreterReader(
      memory,
      { ...facts, layout, threadIds: { translate: (id) => id } },
      () => (clock += 60_000),
    );
    for (let round = 0; round < 2; round++) {
      const { threads, gil } = reader.readThreads();
      seen.push(gil.isLocked, gil.holder, [...reader.readThreadNames()]);
      for (const thread of threads) {
        const stack = new StackBuffer();
        seen.push(thread.nativeId, thread.pythonId, reader.readStack(thread, stack));
        seen.push(stack.dispatchKind, stack.dispatchKey);
        for (let index = 0; index < stack.length; index++) {
          const code = stack.codes[index];
          seen.push(code?.functionName, code?.file, code?.lineAt(stack.instructions[index] ?? 0));
        }
      }
    }
    seen.push(reader.retries, reader.threadListFailures);
  } catch (error) {
    if (!(error instanceof ProfilerError)) throw error;
    seen.push(error.code);
  }
  return JSON.stringify(seen);
};

const flipped = (segments: readonly MemorySegment[], address: number, mask: number): MemorySegment[] =>
  segments.map((segment) => {
    const offset = address - segment.address;
    if (offset < 0 || offset >= segment.bytes.length) return segment;
    const bytes = Buffer.from(segment.bytes);
    bytes.writeUInt8((bytes[offset] ?? 0) ^ mask, offset);
    return { ...segment, bytes };
  });

describe('memory with flipped bytes', () => {
  it.each(FILES)('of %s is read to an end', { timeout: 240_000 }, (name) => {
    const { facts, segments } = decodeImage<ImageFacts>(readFileSync(new URL(name, IMAGES)));
    const healthy = new ObservedMemory(segments);
    const expected = readAll(facts, healthy);
    const reads = healthy.reads.filter(({ length }) => length > 0);

    let changed = 0;
    const flip: fc.Arbitrary<Flip> = fc.record({
      read: fc.nat(),
      byte: fc.nat(),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: MOST_FLIPS }), (flips) => {
        let variant: readonly MemorySegment[] = segments;
        for (const { read, byte, mask } of flips) {
          const { address = 0, length = 1 } = reads[read % reads.length] ?? {};
          variant = flipped(variant, address + (byte % length), mask);
        }
        const memory = new ObservedMemory(variant);
        if (readAll(facts, memory) !== expected) changed++;
        expect(memory.bytesRead).toBeLessThan(MOST_BYTES_READ);
      }),
      { numRuns: VARIANTS, seed: SEED },
    );
    // Flips that make no difference would try nothing.
    expect(changed).toBeGreaterThan(VARIANTS / 3);
  });
});
