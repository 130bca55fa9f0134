import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TimeRange } from './selection.ts';

/** Values over time that hold from one moment to the next. Steps follow each other in time; what no step covers is a gap. */
export interface StepSeries {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly percent: Float64Array;
  readonly absolute: Float64Array;
  readonly length: number;
}

/** Bins of one width, which start at multiples of it whatever the range: so a trace that grows moves no old point. */
export interface TimeBins {
  readonly width: Microseconds;
  /** Start of the first bin. */
  readonly start: Microseconds;
  readonly count: number;
}

/** Each bin is drawn as two points: its lowest and its highest value, in the order in which they came. */
export const POINTS_PER_BIN = 2;
/** No finer than this: 1.024 ms, about a tick at the highest useful frequency. */
const SMALLEST_BIN_MICROSECONDS = 1024;

/** The narrowest bins, a power of two wide, of which `maxPoints` can show the range. */
export const chooseBins = ({ start, end }: TimeRange, maxPoints: number): TimeBins => {
  const maxBins = Math.max(1, Math.floor(maxPoints / POINTS_PER_BIN));
  let width = SMALLEST_BIN_MICROSECONDS;
  let bins = alignBins(start, end, width);
  while (bins.count > maxBins) {
    width *= 2;
    const next = alignBins(start, end, width);
    if (next.count === bins.count && width > end - start) {
      // A range over a multiple of every power of two touches two bins however wide they are.
      break;
    }
    bins = next;
  }
  return bins;
};

const alignBins = (start: number, end: number, width: number): TimeBins => {
  const first = Math.floor(start / width);
  const last = Math.max(first + 1, Math.ceil(end / width));
  return { width: microseconds(width), start: microseconds(first * width), count: last - first };
};

/** Times of the points: each bin's start and middle. */
export const binTimes = ({ start, width, count }: TimeBins): Float64Array =>
  Float64Array.from({ length: count * POINTS_PER_BIN }, (_, point) => start + (point * width) / POINTS_PER_BIN);

export interface BinnedValues {
  readonly percent: Float64Array;
  readonly absolute: Float64Array;
}

/** Lowest and highest step of each bin, so that a spike of one step survives any width; NaN where no step touches the bin. */
export const binSteps = (steps: StepSeries, bins: TimeBins): BinnedValues => {
  const points = bins.count * POINTS_PER_BIN;
  const percent = new Float64Array(points).fill(Number.NaN);
  const absolute = new Float64Array(points).fill(Number.NaN);
  let first = 0;
  for (let bin = 0; bin < bins.count; bin++) {
    const start = bins.start + bin * bins.width;
    const end = start + bins.width;
    while (first < steps.length && steps.ends[first]! <= start) {
      first++;
    }
    let low = -1;
    let high = -1;
    for (let step = first; step < steps.length && steps.starts[step]! < end; step++) {
      const value = steps.percent[step]!;
      if (low === -1 || value < steps.percent[low]!) {
        low = step;
      }
      if (high === -1 || value > steps.percent[high]!) {
        high = step;
      }
    }
    if (low !== -1) {
      const point = bin * POINTS_PER_BIN;
      [Math.min(low, high), Math.max(low, high)].forEach((step, offset) => {
        percent[point + offset] = steps.percent[step]!;
        absolute[point + offset] = steps.absolute[step]!;
      });
    }
  }
  return { percent, absolute };
};
