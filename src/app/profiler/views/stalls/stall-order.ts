import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { HeldLoopRow } from '../../shared/analysis-messages.ts';

export type StallSorting = 'length' | 'time';

/** In the wanted order. The given ones are ordered by length. */
export const sortStalls = (rows: readonly HeldLoopRow[], sorting: StallSorting): readonly HeldLoopRow[] =>
  sorting === 'length' ? rows : rows.toSorted((a, b) => a.start - b.start);

/** The range of time that a row stands for. */
export const rangeOf = ({ start, duration }: HeldLoopRow): TimeRange => ({
  start,
  end: microseconds(start + duration),
});

/** Lengths that the slider offers. */
export const THRESHOLDS: readonly Microseconds[] = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000].map(
  (milliseconds) => microseconds(milliseconds * 1000),
);

/** The place on the slider of the offered length that is nearest: one from an address may lie between two. */
export const findThreshold = (threshold: Microseconds): number => {
  const distance = (offered: Microseconds): number => Math.abs(Math.log(offered / threshold));
  return THRESHOLDS.reduce(
    (nearest, offered, place) => (distance(offered) < distance(THRESHOLDS[nearest] ?? offered) ? place : nearest),
    0,
  );
};

/** Part of the time that the thread spent so, 0 to 1, with its name. */
export interface StallPart {
  readonly kind: 'running' | 'gil' | 'runnable' | 'waiting';
  readonly share: number;
  readonly words: string;
}

/** What the thread did meanwhile, without what it did not do. Stacks that were lost have no part. */
export const splitTime = ({ ticks }: HeldLoopRow): readonly StallPart[] => {
  const { all, running, runnable, waiting, wantsGil } = ticks;
  const part = (kind: StallPart['kind'], count: number, words: string): StallPart => ({
    kind,
    share: all === 0 ? 0 : count / all,
    words,
  });
  return [
    part('running', running, 'on a CPU'),
    part('gil', wantsGil, 'waiting for the GIL'),
    part('runnable', runnable, 'waiting for a CPU'),
    part('waiting', waiting - wantsGil, 'asleep'),
  ].filter(({ share }) => share > 0);
};
