// @vitest-environment node
// jsdom has neither streams nor ports.
import { describe, expect, it } from 'vitest';
import type { ByteCompleteness } from './byte-stream.ts';
import { gzip, makeNoise, streamOf, type Bytes } from './test-bytes.ts';
import { serveUnpacking, type UnpackerThread, unpackIn } from './unpacker.ts';

const NOISE_BYTES = 6 * 1024 * 1024;

/** Runs beside, as far as messages can tell. */
const startThread = () => {
  const { port1, port2 } = new MessageChannel();
  const state = { isEnded: false, sent: 0 };
  const thread: UnpackerThread = {
    onerror: null,
    postMessage: (message, transfer = []) => port1.postMessage(message, transfer),
    addEventListener: (type, listener) =>
      port1.addEventListener(type, (event) => {
        state.sent++;
        listener(event);
      }),
    terminate: () => {
      state.isEnded = true;
      port1.close();
    },
  };
  port1.start();
  port2.start();
  void serveUnpacking(port2);
  return { thread, state };
};

const readAll = async (thread: UnpackerThread, stream: ReadableStream<Bytes>) => {
  const blocks: Bytes[] = [];
  const progress: number[] = [];
  const bytes = unpackIn(thread, stream, (loaded) => progress.push(loaded));
  const completeness = await (async (): Promise<ByteCompleteness> => {
    for (;;) {
      const { done, value } = await bytes.next();
      if (done === true) return value;
      blocks.push(value);
    }
  })();
  return { plain: new Uint8Array(await new Blob(blocks).arrayBuffer()), completeness, progress };
};

/** Megabytes, which a matcher would take seconds for. */
const isSame = (one: Bytes, other: Bytes): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);

describe('a thread that unpacks', () => {
  it('gives all bytes in order, tells how much was read, and ends with the file', async () => {
    const noise = makeNoise(NOISE_BYTES);
    const packed = await gzip(noise);
    const { thread, state } = startThread();
    const { plain, completeness, progress } = await readAll(thread, streamOf(packed.slice()));
    expect(isSame(plain, noise)).toBe(true);
    expect(completeness).toBe('complete');
    expect(progress.at(-1)).toBe(packed.length);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.length).toBeGreaterThan(3);
    expect(state.isEnded).toBe(true);
  });

  it('gives what there is of a file that is cut', async () => {
    const noise = makeNoise(NOISE_BYTES);
    const packed = await gzip(noise);
    const { plain, completeness } = await readAll(startThread().thread, streamOf(packed.slice(0, packed.length / 2)));
    expect(completeness).toBe('cut');
    expect(plain.length).toBeGreaterThan(noise.length / 4);
    expect(isSame(plain, noise.subarray(0, plain.length))).toBe(true);
  });

  it('gives what there is before damage, and asks for nothing after it', async () => {
    const noise = makeNoise(NOISE_BYTES);
    const packed = await gzip(noise);
    packed.fill(0xff, packed.length / 2, packed.length / 2 + 1000);
    const parts = Array.from({ length: 60 }, (_, nth) => packed.slice(nth * 110_000, (nth + 1) * 110_000));
    const { plain, completeness } = await readAll(startThread().thread, streamOf(...parts));
    expect(completeness).toBe('cut');
    expect(plain.length).toBeGreaterThan(noise.length / 4);
  });

  it('passes on plain files, and leaves buffers to their owners', async () => {
    const owned = makeNoise(1000);
    const { plain } = await readAll(startThread().thread, streamOf(owned.subarray(0, 400), owned.subarray(400)));
    expect(isSame(plain, owned)).toBe(true);
    expect(owned.byteLength).toBe(1000);
  });

  it('fails as its source does, in the same words', async () => {
    const broken = new Error('The connection broke off');
    const { thread, state } = startThread();
    const source = new ReadableStream<Bytes>({ pull: (controller) => controller.error(broken) });
    await expect(readAll(thread, source)).rejects.toBe(broken);
    expect(state.isEnded).toBe(true);
  });

  it('fails where the thread does', async () => {
    const { thread } = startThread();
    const reading = readAll(thread, new ReadableStream<Bytes>());
    thread.onerror?.({ message: 'no script' } as ErrorEvent);
    await expect(reading).rejects.toThrow('no script');
  });

  it('reads no more of the source than it is asked for, and stops the source with whoever stops reading', async () => {
    const packed = await gzip(makeNoise(4 * NOISE_BYTES));
    let [given, isStopped] = [0, false];
    const source = new ReadableStream<Bytes>(
      {
        pull: (controller) => {
          controller.enqueue(packed.slice(given, given + 100_000));
          given += 100_000;
        },
        cancel: () => void (isStopped = true),
      },
      { highWaterMark: 0 },
    );
    const { thread, state } = startThread();
    const bytes = unpackIn(thread, source, () => undefined);
    await bytes.next();
    // As long as messages still come.
    for (let before = -1; before !== state.sent || given === 0;) {
      before = state.sent;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(given).toBeLessThan(packed.length / 2);
    await bytes.return('cut');
    expect(isStopped).toBe(true);
    expect(state.isEnded).toBe(true);
  });
});
