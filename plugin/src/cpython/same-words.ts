/** What is compared word by word: a call for so few costs more than it saves. Most places that differ do so in the first few. */
const FEW_WORDS = 48;
/** The first part that is compared as one; each further one is larger. */
const FIRST_WORDS = 128;
const GROWTH = 4;
const WORD_BYTES = 4;

/** Memory as bytes and as 32-bit words: the same. */
export interface WordMemory {
  readonly bytes: Buffer;
  readonly words: Uint32Array;
}

/**
 * How many words, from the first on, are the same in two places. Whole parts are compared by the machine's own routine, which goes through thirty kilobytes in a microsecond; the part
 * with the difference is halved until few words are left.
 */
export const countSameWords = (
  first: WordMemory,
  firstAt: number,
  second: WordMemory,
  secondAt: number,
  length: number,
): number => {
  const isSame = (start: number, end: number): boolean =>
    first.bytes.compare(
      second.bytes,
      (secondAt + start) * WORD_BYTES,
      (secondAt + end) * WORD_BYTES,
      (firstAt + start) * WORD_BYTES,
      (firstAt + end) * WORD_BYTES,
    ) === 0;
  const few = Math.min(length, FEW_WORDS);
  let count = 0;
  while (count < few && first.words[firstAt + count] === second.words[secondAt + count]) count++;
  if (count < few) return count;
  let end = count;
  for (let part = FIRST_WORDS; end < length; part *= GROWTH) {
    end = Math.min(length, count + part);
    if (!isSame(count, end)) break;
    count = end;
  }
  while (end - count > FEW_WORDS) {
    const middle = (count + end) >> 1;
    if (isSame(count, middle)) count = middle;
    else end = middle;
  }
  while (count < end && first.words[firstAt + count] === second.words[secondAt + count]) count++;
  return count;
};
