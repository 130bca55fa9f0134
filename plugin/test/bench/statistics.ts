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

export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Resamples of which the interval is made: its ends then vary by about a twentieth of its width. */
const RESAMPLES = 2000;
/** Any number does; always the same, so that the same figures give the same interval. */
const SEED = 20_261_125;
const LOW_SHARE = 0.025;
const HIGH_SHARE = 0.975;

/** Numbers from 0 up to 1, the same sequence for the same seed (mulberry32). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A statistic with its 95 % interval: percentiles of the same statistic of resampled items (Efron's bootstrap). */
export const bootstrap = <Item>(items: readonly Item[], statistic: (items: readonly Item[]) => number): Interval => {
  const random = seededRandom(SEED);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    statistic(items.map(() => items[Math.floor(random() * items.length)]!)),
  ).sort((a, b) => a - b);
  const at = (share: number): number => resampled[Math.round(share * (RESAMPLES - 1))]!;
  return { value: statistic(items), low: at(LOW_SHARE), high: at(HIGH_SHARE) };
};

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of the line with the least squares. NaN where all points have one x. */
export const slopeOf = (points: readonly Point[]): number => {
  const meanOf = (pick: (point: Point) => number): number =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [x, y] = [meanOf((point) => point.x), meanOf((point) => point.y)];
  return meanOf((point) => (point.x - x) * (point.y - y)) / meanOf((point) => (point.x - x) ** 2);
};
