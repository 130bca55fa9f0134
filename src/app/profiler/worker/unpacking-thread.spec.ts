// @vitest-environment node
// jsdom has neither streams nor ports.
import { describe, expect, it, vi } from 'vitest';
import { gzip, makeNoise, streamOf, type Bytes } from './test-bytes.ts';
import { MAX_BATCHES_AHEAD, readInThread, serveUnpacking, type UnpackingThread } from './unpacking-thread.ts';

const NOISE_BYTES = 6 * 1024 * 1024;

/** Runs beside, as far as messages can tell. */
const makeThread = () => {
  const { port1, port2 } = new MessageChannel();
  const state = { isEnded: false, batches: 0 };
  const thread: UnpackingThread = {
    onerror: null,
    postMessage: (message, transfer = []) => port1.postMessage(message, transfer),
    addEventListener: (type, listener) =>
      port1.addEventListener(type, (event: MessageEvent<{ kind: string }>) => {
        if (event.data.kind === 'plain') state.batches++;
        listener(event);
      }),
    terminate: () => {
      state.isEnded = true;
      port1.close();
    },
  };
  port1.start();
  port2.start();
  return { thread, state, serve: () => void serveUnpacking(port2) };
};
const startThread = () => {
  const { thread, state, serve } = makeThread();
  serve();
  return { thread, state };
};

const readAll = async (thread: UnpackingThread, stream: ReadableStream<Bytes>) => {
  const blocks: Bytes[] = [];
  const progress: number[] = [];
  const bytes = readInThread(
    () => thread,
    stream,
    (loaded) => progress.push(loaded),
  );
  for (;;) {
    const { done, value } = await bytes.next();
    if (done === true) return { plain: await join(blocks), completeness: value, progress };
    blocks.push(value);
  }
};

const join = async (blocks: readonly Bytes[]): Promise<Bytes> =>
  new Uint8Array(await new Blob([...blocks]).arrayBuffer());

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

  it('gives what there is before damage, with parts still on their way', async () => {
    const noise = makeNoise(NOISE_BYTES);
    const packed = await gzip(noise);
    // Longer than any block of deflate that is only stored: one begins within.
    packed.fill(0xff, packed.length / 2, packed.length / 2 + 70_000);
    const parts = Array.from({ length: 60 }, (_, nth) => packed.slice(nth * 110_000, (nth + 1) * 110_000));
    const { plain, completeness } = await readAll(startThread().thread, streamOf(...parts));
    expect(completeness).toBe('cut');
    expect(plain.length).toBeGreaterThan(noise.length / 4);
    expect(plain.length).toBeLessThan((noise.length * 3) / 4);
    const sound = Math.min(plain.length, noise.length / 2 - 70_000);
    expect(isSame(plain.subarray(0, sound), noise.subarray(0, sound))).toBe(true);
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

  it('gives what came where nothing more does for a while', async () => {
    const packed = await gzip(makeNoise(200_000));
    const source = new ReadableStream<Bytes>({ start: (controller) => controller.enqueue(packed.slice(0, 100_000)) });
    const { thread } = startThread();
    const bytes = readInThread(
      () => thread,
      source,
      () => undefined,
    );
    expect((await bytes.next()).done).toBe(false);
    await bytes.return('cut');
  });

  it('fails where the thread does, which is no error of others', async () => {
    const { thread, state } = startThread();
    let isAsked = false;
    const source = new ReadableStream<Bytes>({ pull: () => void (isAsked = true) }, { highWaterMark: 0 });
    const failed = expect(readAll(thread, source)).rejects.toThrow('out of memory');
    await vi.waitUntil(() => isAsked);
    const preventDefault = vi.fn();
    thread.onerror?.({ message: 'out of memory', preventDefault: preventDefault as () => void } as ErrorEvent);
    await failed;
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(state.isEnded).toBe(true);
  });

  it('is done without where it cannot be started', async () => {
    const noise = makeNoise(10_000);
    const { thread } = makeThread();
    const reading = readAll(thread, streamOf(await gzip(noise)));
    await vi.waitUntil(() => thread.onerror !== null);
    thread.onerror?.({ preventDefault: () => undefined } as unknown as ErrorEvent);
    const { plain, completeness } = await reading;
    expect(completeness).toBe('complete');
    expect(isSame(plain, noise)).toBe(true);
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
    const bytes = readInThread(
      () => thread,
      source,
      () => undefined,
    );
    await bytes.next();
    await vi.waitUntil(() => state.batches === MAX_BATCHES_AHEAD);
    expect(given).toBeLessThan(packed.length / 2);
    await bytes.return('cut');
    expect(isStopped).toBe(true);
    expect(state.isEnded).toBe(true);
    expect(state.batches).toBe(MAX_BATCHES_AHEAD);
  });
});
