/** How fast a process grows, out of samples of its memory. Pure. */
import type { FullCollection } from './garbage-trace.ts';
import { bootstrap, median, slopeOf, type Interval, type Point } from './statistics.ts';

const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;

/** Bytes. */
export interface MemorySample {
  readonly seconds: number;
  readonly resident: number;
  readonly anonymous: number;
}

export interface HeapGrowth {
  readonly first: number;
  readonly last: number;
}

export interface Growth {
  /** Resident bytes of the first minute after warm-up, and of the last. */
  readonly first: number;
  readonly last: number;
  /** Bytes an hour. */
  readonly resident: Interval;
  readonly anonymous: Interval;
  /** Of each heap that was collected in full after warm-up. */
  readonly heaps: readonly HeapGrowth[];
}

/**
 * Medians by the minute. Memory goes up and down with the collector of garbage, so that neighbouring seconds say the same thing again: as points
 * of their own they would make the interval of the slope far too narrow.
 */
const byMinute = (samples: readonly MemorySample[], pick: (sample: MemorySample) => number): Point[] => {
  const minutes = Map.groupBy(samples, ({ seconds }) => Math.floor(seconds / SECONDS_PER_MINUTE));
  return Array.from(minutes, ([x, within]) => ({ x, y: median(within.map(pick)) }));
};

const growthOf = (points: readonly Point[]): Interval => bootstrap(points, (some) => MINUTES_PER_HOUR * slopeOf(some));

export const computeGrowth = (
  samples: readonly MemorySample[],
  collections: readonly FullCollection[],
  warmUpMinutes: number,
): Growth => {
  const isWarm = ({ seconds }: { readonly seconds: number }): boolean => seconds >= warmUpMinutes * SECONDS_PER_MINUTE;
  const warm = samples.filter(isWarm);
  const resident = byMinute(warm, (sample) => sample.resident);
  const anonymous = byMinute(warm, (sample) => sample.anonymous);
  if (resident.length < 3) throw new Error('A slope takes three minutes after warm-up at least.');
  const heaps = Map.groupBy(collections.filter(isWarm), ({ heap }) => heap);
  return {
    first: resident[0]?.y ?? NaN,
    last: resident.at(-1)?.y ?? NaN,
    resident: growthOf(resident),
    anonymous: growthOf(anonymous),
    heaps: Array.from(heaps.values(), (some) => ({
      first: some[0]?.usedBytes ?? NaN,
      last: some.at(-1)?.usedBytes ?? NaN,
    })),
  };
};
