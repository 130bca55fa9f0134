/**
 * Bytes of a file or an answer as an async iterable, un-gzipped where they are gzip. A cut gzip still yields everything that was
 * whole: the recorder flushes at every chunk.
 */
/** What is un-gzipped at once. A file comes in parts of megabytes, which unfold to ten times as much before anything is read of it. */
export const MAX_PACKED_BYTES = 64 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

export type ByteCompleteness = 'complete' | 'cut';

/** Yields plain bytes; returns whether the compressed stream ended as it should. */
export type ByteStream = AsyncGenerator<Uint8Array<ArrayBuffer>, ByteCompleteness>;

/** Plain bytes of a stream; `onBytes` is told how many bytes of the stream were read so far: progress counts what travels, not what it unfolds to. */
export type ReadBytes = (
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
) => ByteStream;

type SourceReader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === GZIP_MAGIC[0] && bytes[1] === GZIP_MAGIC[1];

/** {@link ReadBytes} in this thread. */
export async function* readPlainBytes(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
): ByteStream {
  const reader = stream.getReader();
  try {
    const head = await readHead(reader);
    let loaded = head.length;
    const count = (chunk: Uint8Array): void => {
      loaded += chunk.length;
      onBytes(loaded);
    };
    if (isGzip(head)) {
      loaded = 0;
      return yield* gunzip(head, reader, count);
    }
    onBytes(loaded);
    if (head.length > 0) yield head;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'complete';
      count(value);
      yield value;
    }
  } finally {
    // Whoever stops reading early (a bad file, another choice) also stops the download. At the end there is nothing left to stop.
    void reader.cancel().catch(() => undefined);
  }
}

/** At least two bytes where there are any: the magic number may be split. */
const readHead = async (reader: SourceReader): Promise<Uint8Array<ArrayBuffer>> => {
  const first = await reader.read();
  if (first.done) return new Uint8Array();
  if (first.value.length >= GZIP_MAGIC.length) return first.value;
  const second = await reader.read();
  if (second.done) return first.value;
  const joined = new Uint8Array(first.value.length + second.value.length);
  joined.set(first.value);
  joined.set(second.value, first.value.length);
  return joined;
};

async function* gunzip(
  head: Uint8Array<ArrayBuffer>,
  reader: SourceReader,
  onChunk: (chunk: Uint8Array) => void,
): ByteStream {
  const decompression = new DecompressionStream('gzip');
  const writing = feed(decompression.writable.getWriter(), head, reader, onChunk);
  const plain = decompression.readable.getReader();
  for (;;) {
    let result: ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
    try {
      result = await plain.read();
    } catch (error: unknown) {
      const problem = await writing;
      // Damage or an early end of the compressed bytes: keep what came. A source that failed is another matter.
      if (problem !== undefined) throw problem.sourceError;
      void error;
      return 'cut';
    }
    if (result.done) break;
    yield result.value;
  }
  const problem = await writing;
  if (problem !== undefined) throw problem.sourceError;
  return 'complete';
}

/** Blocks as a stream, each taken when it is asked for. */
export const toStream = (blocks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const iterator = blocks[Symbol.asyncIterator]();
  return new ReadableStream({
    pull: async (controller) => {
      const next = await iterator.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
    },
    cancel: async () => void (await iterator.return?.()),
  });
};

interface SourceProblem {
  readonly sourceError: unknown;
}

/** Never rejects: what goes wrong inside the decompression shows on its readable side. */
const feed = async (
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  head: Uint8Array<ArrayBuffer>,
  reader: SourceReader,
  onChunk: (chunk: Uint8Array) => void,
): Promise<SourceProblem | undefined> => {
  const writePart = async (part: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    writer.write(part).then(
      () => true,
      () => false,
    );
  const write = async (chunk: Uint8Array<ArrayBuffer>): Promise<boolean> => {
    for (let start = 0; start < chunk.length; start += MAX_PACKED_BYTES) {
      const part = chunk.subarray(start, start + MAX_PACKED_BYTES);
      if (!(await writePart(part))) return false;
      onChunk(part);
    }
    return true;
  };
  if (!(await write(head))) return undefined;
  for (;;) {
    let result: ReadableStreamReadResult<Uint8Array<ArrayBuffer>>;
    try {
      result = await reader.read();
    } catch (sourceError: unknown) {
      await writer.abort(sourceError).catch(() => undefined);
      return { sourceError };
    }
    if (result.done) break;
    if (!(await write(result.value))) return undefined;
  }
  // An error on close throws away what was not read yet. An empty write is only taken once everything before it was.
  await writePart(new Uint8Array());
  await writer.close().catch(() => undefined);
  return undefined;
};
