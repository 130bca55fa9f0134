/**
 * Plain bytes out of a thread of its own: unpacking a long file takes about a fifth of all that reading it takes, and so goes on while lines are read here. The thread is fed packed bytes and
 * sends plain ones back; neither side is ever more than a few messages ahead of the other.
 */
import { type ByteCompleteness, type ByteStream, readPlainBytes } from './byte-stream.ts';
import type { MessageEnd } from './rpc.ts';

/** A thread in which {@link serveUnpacking} runs. */
export interface UnpackingThread extends MessageEnd {
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

type Bytes = Uint8Array<ArrayBuffer>;

type ThreadInput =
  | { readonly kind: 'packed'; readonly bytes: Bytes }
  | { readonly kind: 'end' }
  /** Of the messages sent, one more was read. */
  | { readonly kind: 'taken' };

type ThreadOutput =
  /** There is room for so many packed bytes more. */
  | { readonly kind: 'more'; readonly byteCount: number }
  /** `loaded` counts the packed bytes that were read so far. */
  | { readonly kind: 'plain'; readonly blocks: readonly Bytes[]; readonly loaded: number }
  | { readonly kind: 'end'; readonly completeness: ByteCompleteness; readonly loaded: number };

/** Plain bytes of one message. */
const BATCH_BYTES = 1024 * 1024;
/** Where bytes come slowly, what there is does not wait for a whole batch. */
const BATCH_MS = 50;
/** Messages with plain bytes that were not taken yet. */
export const MAX_BATCHES_AHEAD = 3;
/** Packed bytes that were sent and not read yet; one part more may be on its way. */
const PACKED_BYTES_AHEAD = 1024 * 1024;

/** In the thread: unpacks the one file that it is sent. */
export const serveUnpacking = async (end: MessageEnd): Promise<void> => {
  const send = (message: ThreadOutput, blocks: readonly Bytes[] = []): void =>
    end.postMessage(message, listWholeBuffers(blocks));
  const came = new Signal();
  const taken = new Signal();
  let [batchesAhead, bytesWanted, isWanted] = [0, 0, true];
  const source = new ReadableStream<Bytes>(
    {
      start: (controller) =>
        end.addEventListener('message', ({ data }: MessageEvent<ThreadInput>) => {
          if (data.kind === 'taken') {
            batchesAhead--;
            taken.raise();
          } else if (isWanted) {
            bytesWanted -= data.kind === 'end' ? bytesWanted : data.bytes.length;
            if (data.kind === 'packed') controller.enqueue(data.bytes);
            else controller.close();
            came.raise();
          }
        }),
      pull: async ({ desiredSize }) => {
        bytesWanted = desiredSize!;
        send({ kind: 'more', byteCount: bytesWanted });
        while (bytesWanted > 0) await came.raised();
      },
      // Damaged bytes are read no further, but some may be on their way.
      cancel: () => void (isWanted = false),
    },
    { highWaterMark: PACKED_BYTES_AHEAD, size: ({ byteLength }) => byteLength },
  );
  let loaded = 0;
  let blocks: Bytes[] = [];
  let length = 0;
  const sendBatch = (): void => {
    if (length === 0) return;
    send({ kind: 'plain', blocks, loaded }, blocks);
    batchesAhead++;
    [blocks, length] = [[], 0];
  };
  const timer = setInterval(() => {
    if (batchesAhead < MAX_BATCHES_AHEAD) sendBatch();
  }, BATCH_MS);
  try {
    const bytes = readPlainBytes(source, (count) => (loaded = count));
    for (;;) {
      const { done, value } = await bytes.next();
      if (done === true) {
        sendBatch();
        send({ kind: 'end', completeness: value, loaded });
        return;
      }
      blocks.push(value);
      length += value.length;
      if (length >= BATCH_BYTES) sendBatch();
      while (batchesAhead >= MAX_BATCHES_AHEAD) await taken.raised();
    }
  } finally {
    clearInterval(timer);
  }
};

/** As {@link readPlainBytes}, in a thread, which ends with it; or here, where none comes about. */
export async function* readInThread(
  startThread: () => UnpackingThread,
  stream: ReadableStream<Bytes>,
  onBytes: (loaded: number) => void,
): ByteStream {
  const reader = stream.getReader();
  const outputs: Exclude<ThreadOutput, { kind: 'more' }>[] = [];
  const news = new Signal();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    news.raise();
  };
  const thread = await startUnpacking(startThread, fail, (output, end) => {
    if (output.kind === 'more') {
      feed(reader, output.byteCount, end).catch(fail);
      return;
    }
    outputs.push(output);
    news.raise();
  });
  if (thread === undefined) {
    reader.releaseLock();
    return yield* readPlainBytes(stream, onBytes);
  }
  try {
    for (;;) {
      while (outputs.length === 0 && failure === undefined) await news.raised();
      if (failure !== undefined) throw failure.error;
      const output = outputs.shift()!;
      onBytes(output.loaded);
      if (output.kind === 'end') return output.completeness;
      yield* output.blocks;
      order(thread, { kind: 'taken' });
    }
  } finally {
    thread.terminate();
    void reader.cancel().catch(() => undefined);
  }
}

/** @returns the thread once it has asked for bytes; absent where it cannot be started, such as when the server that has its script is gone */
const startUnpacking = (
  startThread: () => UnpackingThread,
  onFailed: (error: unknown) => void,
  onOutput: (output: ThreadOutput, thread: UnpackingThread) => void,
): Promise<UnpackingThread | undefined> =>
  new Promise((resolve) => {
    const thread = startThread();
    thread.addEventListener('message', ({ data }: MessageEvent<ThreadOutput>) => {
      resolve(thread);
      onOutput(data, thread);
    });
    // Of a script that cannot be loaded the event has no message.
    thread.onerror = (event: Partial<ErrorEvent> & Event) => {
      // Else it would be an error of the thread that started it as well.
      event.preventDefault();
      onFailed(new Error(`What unpacks the file failed: ${event.message ?? 'it cannot be loaded'}`));
      resolve(undefined);
    };
  });

/** Sends so many bytes of the source, by whole parts, or what there is. */
const feed = async (
  reader: ReadableStreamDefaultReader<Bytes>,
  byteCount: number,
  thread: UnpackingThread,
): Promise<void> => {
  for (let fed = 0; fed < byteCount;) {
    const { done, value } = await reader.read();
    if (done) {
      order(thread, { kind: 'end' });
      return;
    }
    // Before they are handed over, which leaves none of them here.
    fed += value.length;
    order(thread, { kind: 'packed', bytes: value }, [value]);
  }
};

const order = (thread: UnpackingThread, message: ThreadInput, bytes: readonly Bytes[] = []): void =>
  thread.postMessage(message, listWholeBuffers(bytes));

/** Wakes the one who waits. */
class Signal {
  #wake: () => void = () => undefined;

  raise(): void {
    this.#wake();
  }

  raised(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }
}

/** Handed over instead of copied, but for a part of a buffer, the rest of which somebody else may have. */
const listWholeBuffers = (blocks: readonly Bytes[]): ArrayBuffer[] =>
  blocks.filter(({ byteLength, buffer }) => byteLength === buffer.byteLength).map(({ buffer }) => buffer);
