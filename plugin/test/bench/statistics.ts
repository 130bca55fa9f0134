/** Middle of the numbers; the mean of the two in the middle if their count is even. NaN of none. */
export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
};

/** Of the normal distribution, two-sided 95 %. */
const Z = 1.96;

/** Upper bound of Wilson's 95 % score interval for a share of which `hits` of `trials` were seen; 1 where nothing was tried. */
export const upperBound = (hits: number, trials: number): number => {
  if (trials === 0) return 1;
  const share = hits / trials;
  const square = Z ** 2;
  const centre = share + square / (2 * trials);
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials ** 2));
  return (centre + spread) / (1 + square / trials);
};
