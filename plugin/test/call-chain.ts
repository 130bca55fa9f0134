/**
 * Whether a stack of `targets/oracle.py` or `targets/shared_oracle.py` can exist: `<module>`, then a000, a001 … without a gap, or the same with b; s on
 * odd levels is of both.
 *
 * @param names function names, outermost first
 */
export const isPossibleChain = ([module, ...chain]: readonly string[]): boolean => {
  const letter = chain[0]?.[0] ?? 'a';
  return (
    module === '<module>' &&
    chain.every((name, level) => {
      const isShared = level % 2 === 1 && name.startsWith('s');
      return name === `${isShared ? 's' : letter}${String(level).padStart(3, '0')}`;
    })
  );
};
