/** How fast a process grows, out of samples of its memory. Pure. */
import type { FullCollection } from './garbage-trace.ts';
import { bootstrap, median, slopeOf, type Interval, type Point } from './statistics.ts';

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;
const BLOCK_MINUTES = 5;
const LEAST_MINUTES = 2;
const LEAST_COLLECTIONS = 3;

/** Bytes. */
export interface MemorySample {
  readonly seconds: number;
  readonly resident: number;
  readonly anonymous: number;
}

export interface HeapGrowth {
  /** Live bytes after the first full collection, and after the last. */
  readonly first: number;
  readonly last: number;
  /** Bytes an hour; NaN of less than three collections. */
  readonly growth: Interval;
}

export interface Growth {
  /** The most that was resident in the first half of the time after warm-up, and in the second. */
  readonly firstPeak: number;
  readonly secondPeak: number;
  /** Of anonymous memory, bytes an hour. */
  readonly anonymous: Interval;
  /** Of each heap that was collected in full after warm-up. */
  readonly heaps: readonly HeapGrowth[];
}

const hourlySlope = (points: readonly Point[]): number => SECONDS_PER_HOUR * slopeOf(points);

/**
 * Memory goes up and down with the collector of garbage, over seconds and over minutes, so that neighbouring samples say the same thing again: taken one by one, they would make the
 * interval of the slope far too narrow. So the medians of minutes are taken, and what is resampled are blocks of them.
 */
const growthOf = (samples: readonly MemorySample[]): Interval => {
  const minutes = Map.groupBy(samples, ({ seconds }) => Math.floor(seconds / SECONDS_PER_MINUTE));
  const points = Array.from(minutes, ([minute, within]) => ({
    x: minute * SECONDS_PER_MINUTE,
    y: median(within.map(({ anonymous }) => anonymous)),
  }));
  const blocks = Map.groupBy(points, (_, index) => Math.floor(index / BLOCK_MINUTES));
  return bootstrap([...blocks.values()], (some) => hourlySlope(some.flat()));
};

const growthOfHeap = (collections: readonly FullCollection[]): HeapGrowth => {
  const points = collections.map(({ seconds, usedBytes }) => ({ x: seconds, y: usedBytes }));
  const growth =
    points.length < LEAST_COLLECTIONS ? { value: NaN, low: NaN, high: NaN } : bootstrap(points, hourlySlope);
  return { first: points[0]?.y ?? NaN, last: points.at(-1)?.y ?? NaN, growth };
};

const peakOf = (samples: readonly MemorySample[]): number => Math.max(...samples.map(({ resident }) => resident));

export const computeGrowth = (
  samples: readonly MemorySample[],
  collections: readonly FullCollection[],
  warmUpMinutes: number,
): Growth => {
  const warm = samples.filter(({ seconds }) => seconds >= warmUpMinutes * SECONDS_PER_MINUTE);
  const [first, last] = [warm[0]?.seconds ?? NaN, warm.at(-1)?.seconds ?? NaN];
  if (!(last - first >= LEAST_MINUTES * SECONDS_PER_MINUTE))
    throw new Error(`A slope takes ${LEAST_MINUTES} minutes after warm-up at least.`);
  const middle = (first + last) / 2;
  // What is collected when the recorder ends says nothing of what it held.
  const within = collections.filter(({ seconds }) => seconds >= first && seconds <= last);
  return {
    firstPeak: peakOf(warm.filter(({ seconds }) => seconds < middle)),
    secondPeak: peakOf(warm.filter(({ seconds }) => seconds >= middle)),
    anonymous: growthOf(warm),
    heaps: Array.from(Map.groupBy(within, ({ heap }) => heap).values(), growthOfHeap),
  };
};
