/**
 * Whether a stack of `targets/oracle.py` or `targets/shared_oracle.py` can exist: `<module>`, then a000, a001 … without a gap, or the same with b; s on
 * odd levels is of both. Of a further thread of `oracle.py`, which begins in a function that is called as its two chains are: `cd`, then those of c, or of d.
 *
 * @param names function names, outermost first
 */
export const isPossibleChain = ([outermost, ...chain]: readonly string[]): boolean => {
  const letters = outermost === '<module>' ? 'ab' : outermost;
  const letter = chain[0]?.[0] ?? letters?.[0];
  return (
    letters !== undefined &&
    /^[a-p]{2}$/.test(letters) &&
    letter !== undefined &&
    letters.includes(letter) &&
    chain.every((name, level) => {
      const isShared = level % 2 === 1 && name.startsWith('s');
      return name === `${isShared ? 's' : letter}${String(level).padStart(3, '0')}`;
    })
  );
};
