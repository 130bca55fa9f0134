/**
 * Plain bytes out of a thread of its own: unpacking a long file takes about a fifth of all that reading it takes, and so goes on while lines are read here. The thread is fed packed bytes and
 * sends plain ones back; neither side is ever more than a few messages ahead of the other.
 */
import { type ByteCompleteness, type ByteStream, readPlainBytes } from './byte-stream.ts';
import type { MessageEnd } from './rpc.ts';

/** A thread in which {@link serveUnpacking} runs. */
export interface UnpackerThread extends MessageEnd {
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
  /** There is room for another part of the packed bytes. */
  | { readonly kind: 'more' }
  /** `loaded` counts the packed bytes that were read so far. */
  | { readonly kind: 'plain'; readonly blocks: readonly Bytes[]; readonly loaded: number }
  | { readonly kind: 'end'; readonly completeness: ByteCompleteness };

/** Plain bytes of one message. */
const BATCH_BYTES = 1024 * 1024;
/** Messages with plain bytes that were not taken yet. */
const MAX_BATCHES_AHEAD = 3;
/** Packed bytes that were sent and not read yet; one part more may be on its way. */
const PACKED_BYTES_AHEAD = 1024 * 1024;

/** In the thread: unpacks the one file that it is sent. */
export const serveUnpacking = async (end: MessageEnd): Promise<void> => {
  const came = new Signal();
  const taken = new Signal();
  let batchesAhead = 0;
  let isWanted = true;
  const send = (message: ThreadOutput, blocks: readonly Bytes[] = []): void =>
    end.postMessage(message, listWholeBuffers(blocks));
  const source = new ReadableStream<Bytes>(
    {
      start: (controller) =>
        end.addEventListener('message', ({ data }: MessageEvent<ThreadInput>) => {
          if (data.kind === 'taken') {
            batchesAhead--;
            taken.raise();
          } else if (isWanted) {
            if (data.kind === 'packed') controller.enqueue(data.bytes);
            else controller.close();
            came.raise();
          }
        }),
      pull: () => {
        send({ kind: 'more' });
        return came.raised();
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
    send({ kind: 'plain', blocks, loaded }, blocks);
    batchesAhead++;
    [blocks, length] = [[], 0];
  };
  const bytes = readPlainBytes(source, (count) => (loaded = count));
  for (;;) {
    const { done, value } = await bytes.next();
    if (done === true) {
      sendBatch();
      send({ kind: 'end', completeness: value });
      return;
    }
    blocks.push(value);
    length += value.length;
    if (length >= BATCH_BYTES) sendBatch();
    while (batchesAhead >= MAX_BATCHES_AHEAD) await taken.raised();
  }
};

/** As {@link readPlainBytes}, in the thread, which ends with it. */
export async function* unpackIn(
  thread: UnpackerThread,
  stream: ReadableStream<Bytes>,
  onBytes: (loaded: number) => void,
): ByteStream {
  const order = (message: ThreadInput, bytes: readonly Bytes[] = []): void =>
    thread.postMessage(message, listWholeBuffers(bytes));
  const outputs: Exclude<ThreadOutput, { kind: 'more' }>[] = [];
  const news = new Signal();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure ??= { error };
    news.raise();
  };
  const reader = stream.getReader();
  const feed = async (): Promise<void> => {
    const { done, value } = await reader.read();
    if (done) order({ kind: 'end' });
    else order({ kind: 'packed', bytes: value }, [value]);
  };
  thread.addEventListener('message', ({ data }: MessageEvent<ThreadOutput>) => {
    if (data.kind === 'more') {
      feed().catch(fail);
      return;
    }
    outputs.push(data);
    news.raise();
  });
  thread.onerror = ({ message }) => fail(new Error(`The thread that unpacks has failed: ${message}`));
  try {
    for (;;) {
      while (outputs.length === 0 && failure === undefined) await news.raised();
      if (failure !== undefined) throw failure.error;
      const output = outputs.shift()!;
      if (output.kind === 'end') return output.completeness;
      onBytes(output.loaded);
      yield* output.blocks;
      order({ kind: 'taken' });
    }
  } finally {
    thread.terminate();
    void reader.cancel().catch(() => undefined);
  }
}

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
