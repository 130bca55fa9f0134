/** Bytes for tests of what reads them. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const streamOf = (...chunks: readonly Bytes[]): ReadableStream<Bytes> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

export const gzip = async (bytes: Bytes): Promise<Bytes> => {
  const stream = new CompressionStream('gzip');
  const writer = stream.writable.getWriter();
  void writer.write(bytes).then(() => writer.close());
  return new Uint8Array(await new Response(stream.readable).arrayBuffer());
};

/** Hardly compressible, so that a cut in the middle leaves much to keep; always the same. */
export const makeNoise = (length: number): Bytes => {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 24;
  });
};
