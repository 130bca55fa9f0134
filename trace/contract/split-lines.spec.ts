import { describe, expect, test } from 'vitest';
import type { ProfilerError } from './errors.ts';
import { splitLines } from './split-lines.ts';

const MAX_BYTES = 4;

async function* inBlocks(...blocks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const block of blocks) yield Buffer.from(block);
}

const split = async (
  blocks: readonly string[],
  onLongLine?: (problem: ProfilerError) => void,
): Promise<(readonly [number, string])[]> => {
  const lines: (readonly [number, string])[] = [];
  for await (const { lineNumber, bytes } of splitLines(inBlocks(...blocks), MAX_BYTES, onLongLine))
    lines.push([lineNumber, Buffer.from(bytes).toString()]);
  return lines;
};

describe('splitLines', () => {
  test('joins what comes in pieces', async () => {
    expect(await split(['a', 'b\nc', 'd'])).toEqual([
      [1, 'ab'],
      [2, 'cd'],
    ]);
  });

  test('refuses a line that is too long', async () => {
    await expect(split(['ok\n12', '345\n'])).rejects.toMatchObject({ code: 'bad-trace', fields: { line: 2 } });
  });

  test.each([
    ['in one block', ['1\n12345\n3\n']],
    ['in many blocks', ['1\n12', '34', '5', '67', '89\n3\n']],
  ])(
    'tells once of a line too long that comes %s, and leaves it out where that is wished for',
    async (_how, blocks) => {
      const told: string[] = [];
      expect(await split(blocks, ({ message }) => told.push(message))).toEqual([
        [1, '1'],
        [3, '3'],
      ]);
      expect(told).toEqual(['Line 2 is longer than 4 bytes']);
    },
  );

  test('leaves out a last line that is too long', async () => {
    expect(await split(['1\n12345'], () => undefined)).toEqual([[1, '1']]);
  });
});
