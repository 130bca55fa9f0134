import type { TraceLine } from '../contract/trace-lines.ts';

/** Bytes of texts and of bytes, one after the other. */
export const joinParts = (parts: Iterable<string | Uint8Array>): Uint8Array => {
  const blocks = Array.from(parts, (part) => (typeof part === 'string' ? new TextEncoder().encode(part) : part));
  const joined = new Uint8Array(blocks.reduce((sum, { length }) => sum + length, 0));
  blocks.reduce((offset, block) => {
    joined.set(block, offset);
    return offset + block.length;
  }, 0);
  return joined;
};

/** A file that comes in one block. */
export async function* fileOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

export const collectLines = (lines: AsyncIterable<TraceLine>): Promise<TraceLine[]> => collect(lines);

export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const collected: Item[] = [];
  for await (const item of items) {
    collected.push(item);
  }
  return collected;
};
