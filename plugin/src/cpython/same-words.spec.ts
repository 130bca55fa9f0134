import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WordMemory } from './same-words.ts';
import { countSameWords } from './same-words.ts';

const MOST_WORDS = 3000;
/** The same parts of two memories begin at different places. */
const FIRST_AT = 5;
const SECOND_AT = 12;

const memoryOf = (at: number, content: readonly number[]): WordMemory => {
  const words = new Uint32Array(at + content.length + 3);
  words.set(content, at);
  return { bytes: Buffer.from(words.buffer), words };
};

it('counts the words before the first that differs, wherever that is', () => {
  fc.assert(
    fc.property(
      fc.nat(MOST_WORDS),
      fc.array(fc.nat(MOST_WORDS), { maxLength: 3 }),
      fc.nat(31),
      (length, places, bit) => {
        const content = Array.from({ length }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 0);
        const other = content.map((word, index) => (places.includes(index) ? word ^ (1 << bit) : word) >>> 0);
        const same = countSameWords(
          memoryOf(FIRST_AT, content),
          FIRST_AT,
          memoryOf(SECOND_AT, other),
          SECOND_AT,
          length,
        );
        expect(same).toBe(Math.min(length, ...places));
      },
    ),
    { numRuns: 500 },
  );
});
