import { describe, expect, it } from 'vitest';
import { MAX_PACKED_BYTES, readPlainBytes } from './byte-stream.ts';
import { type Bytes, gzip, makeNoise, streamOf } from './test-bytes.ts';

const readAll = async (stream: ReadableStream<Bytes>) => {
  const parts: number[] = [];
  const progress: number[] = [];
  const iterator = readPlainBytes(stream, (loaded) => progress.push(loaded));
  for (;;) {
    const { done, value } = await iterator.next();
    if (done === true) return { bytes: Uint8Array.from(parts), completeness: value, progress };
    parts.push(...value);
  }
};

describe('bytes of a trace', () => {
  it('pass unchanged where they are plain, with the progress told', async () => {
    const read = await readAll(streamOf(Uint8Array.of(1), Uint8Array.of(2, 3), Uint8Array.of(4)));
    expect(read.bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(read.completeness).toBe('complete');
    expect(read.progress.at(-1)).toBe(4);
  });

  it('are un-gzipped, even where the first chunk is a single byte', async () => {
    const noise = makeNoise(50_000);
    const packed = await gzip(noise);
    const read = await readAll(streamOf(packed.slice(0, 1), packed.slice(1)));
    expect(read.bytes).toEqual(noise);
    expect(read.completeness).toBe('complete');
  });

  it('are un-gzipped part by part, with the progress of what was read, not of what lies there', async () => {
    const noise = makeNoise(10 * MAX_PACKED_BYTES);
    const packed = await gzip(noise);
    let loaded = 0;
    const iterator = readPlainBytes(streamOf(packed), (bytes) => (loaded = bytes));
    await iterator.next();
    expect(loaded).toBeLessThan(packed.length / 2);
    let read = 0;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) read += next.value.length;
    expect(read).toBeGreaterThan(0);
    expect(loaded).toBe(packed.length);
  });

  it('keep what was whole where the gzip is cut', async () => {
    const noise = makeNoise(200_000);
    const packed = await gzip(noise);
    const read = await readAll(streamOf(packed.slice(0, packed.length >> 1)));
    expect(read.completeness).toBe('cut');
    expect(read.bytes.length).toBeGreaterThan(50_000);
    expect(read.bytes).toEqual(noise.slice(0, read.bytes.length));
  });

  it('may be none at all', async () => {
    await expect(readAll(streamOf())).resolves.toMatchObject({ completeness: 'complete', bytes: new Uint8Array() });
  });

  it('fail where the source fails, instead of looking like a short file', async () => {
    const packed = await gzip(makeNoise(1000));
    const broken = new ReadableStream<Bytes>({
      pull(controller) {
        if (controller.desiredSize === 1) controller.enqueue(packed.slice(0, 100));
        controller.error(new Error('connection reset'));
      },
    });
    await expect(readAll(broken)).rejects.toThrow('connection reset');
  });
});
