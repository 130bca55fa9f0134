/** How late a reactor was, in blocks with and without a load, by turns. Pure. */
import { bootstrap, median, type Interval } from '../../plugin/test/bench/statistics.ts';

/** One call that the reactor was asked for: when it was due by CLOCK_MONOTONIC, and how much later it came. Seconds. */
export interface Delay {
  readonly due: number;
  readonly late: number;
}

export interface Block {
  readonly from: number;
  readonly to: number;
}

const WORST_SHARE = 0.99;

/** Lines of a time and a delay; a last one that is cut off is passed over. */
export const parseDelays = (text: string): Delay[] =>
  text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [due = NaN, late = NaN] = line.split(' ').map(Number);
      if (!Number.isFinite(due) || !Number.isFinite(late)) throw new Error(`"${line}" is no delay`);
      return { due, late };
    });

export const delaysIn = (delays: readonly Delay[], { from, to }: Block): number[] =>
  delays.filter(({ due }) => due >= from && due < to).map(({ late }) => late);

/** The smallest number that so large a share of the numbers does not pass (nearest rank). NaN of none. */
export const quantile = (numbers: readonly number[], share: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
};

export const worst = (numbers: readonly number[]): number => quantile(numbers, WORST_SHARE);

/** Delays of two blocks that follow on each other; `loaded` is the one that may be later, or any of two without a load. */
export interface DelayPair {
  readonly plain: readonly number[];
  readonly loaded: readonly number[];
}

export interface DelaySummary {
  readonly pairs: number;
  /** Of all blocks without the load, and of all with it. */
  readonly plainWorst: number;
  readonly loadedWorst: number;
  readonly plainMedian: number;
  readonly loadedMedian: number;
  /** By how much the 99th percentile is later with the load, pair by pair: median, and its interval. */
  readonly worstDifference: Interval;
}

export const summarizeDelays = (pairs: readonly DelayPair[]): DelaySummary => {
  const plain = pairs.flatMap((pair) => pair.plain);
  const loaded = pairs.flatMap((pair) => pair.loaded);
  return {
    pairs: pairs.length,
    plainWorst: worst(plain),
    loadedWorst: worst(loaded),
    plainMedian: median(plain),
    loadedMedian: median(loaded),
    worstDifference: bootstrap(
      pairs.map((pair) => worst(pair.loaded) - worst(pair.plain)),
      median,
    ),
  };
};

/** Whether what the load adds cannot be told from what two blocks without it differ by: their intervals meet. */
export const isWithinNoise = (subject: DelaySummary, control: DelaySummary): boolean =>
  subject.worstDifference.low <= control.worstDifference.high;
