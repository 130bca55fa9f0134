import { DETECTED_BYTES } from './detect-format.ts';

/** The first bytes of a file, as many as tell its format, and all of them. Not more is read before it is asked for. */
export const peekBytes = async (
  source: AsyncIterable<Uint8Array>,
): Promise<{ firstBytes: Uint8Array; all: AsyncIterable<Uint8Array> }> => {
  const blocks = source[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < DETECTED_BYTES) {
    const next = await blocks.next();
    if (next.done === true) {
      break;
    }
    // Copied, since a reader may fill the same buffer again for its next block.
    read.push(next.value.slice());
    length += next.value.length;
  }
  const firstBytes = joinBytes(read);
  const all = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      yield* read;
      for (let next = await blocks.next(); next.done !== true; next = await blocks.next()) {
        yield next.value;
      }
    } finally {
      // Lets go of the file when reading ends early.
      await blocks.return?.();
    }
  };
  return { firstBytes, all: all() };
};

export const joinBytes = (blocks: readonly Uint8Array[]): Uint8Array => {
  const joined = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const block of blocks) {
    joined.set(block, offset);
    offset += block.length;
  }
  return joined;
};
