import { describe, expect, it } from 'vitest';
import { ImageMemory, MAX_IMAGE_BYTES, decodeImage, encodeImage } from './memory-image.ts';
import { RangeBatch } from './range-batch.ts';
import { RecordingMemory } from './recording-memory.ts';
import { remoteAddress } from './remote-address.ts';

const BASE = 0x10000;
const memory = new ImageMemory([
  { address: remoteAddress(BASE + 0x100), bytes: Buffer.from('second') },
  { address: remoteAddress(BASE), bytes: Buffer.from('first') },
]);

const read = (source: ImageMemory, address: number, length: number): string => {
  const into = Buffer.alloc(length);
  return into.toString('latin1', 0, source.read(remoteAddress(address), length, into, 0));
};

describe('a recorded image', () => {
  it('gives what was recorded, short where it ends and nothing beside it', () => {
    expect(read(memory, BASE + 1, 3)).toBe('irs');
    expect(read(memory, BASE + 0x103, 100)).toBe('ond');
    expect(read(memory, BASE + 5, 1)).toBe('');
    expect(read(memory, BASE - 1, 4)).toBe('');
  });

  it('copies ranges up to the first that it has not', () => {
    const batch = new RangeBatch();
    batch.add(remoteAddress(BASE), 4);
    batch.add(remoteAddress(BASE + 0x50), 4);
    batch.add(remoteAddress(BASE + 0x100), 4);
    expect(memory.readRanges(batch)).toBe(1);
    expect(batch.bytes.toString('latin1', 0, 4)).toBe('firs');
  });

  it('is the same after a round trip through its file, facts included', () => {
    const recording = new RecordingMemory(memory);
    const into = Buffer.alloc(8);
    recording.read(remoteAddress(BASE + 2), 3, into, 0);
    recording.read(remoteAddress(BASE), 3, into, 0);
    recording.read(remoteAddress(BASE + 0x100), 8, into, 0);
    const image = decodeImage<{ version: string }>(
      encodeImage({ facts: { version: '3.12' }, segments: recording.segments() }),
    );
    expect(image.facts.version).toBe('3.12');
    expect(image.segments.map(({ address, bytes }) => [address, bytes.toString()])).toEqual([
      [BASE, 'first'],
      [BASE + 0x100, 'second'],
    ]);
  });

  it('that expands beyond the largest one is refused', () => {
    const bytes = Buffer.alloc(MAX_IMAGE_BYTES);
    const file = encodeImage({ facts: {}, segments: [{ address: remoteAddress(BASE), bytes }] });
    expect(file.length).toBeLessThan(MAX_IMAGE_BYTES / 100);
    expect(() => decodeImage(file)).toThrow(expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }));
  });
});
