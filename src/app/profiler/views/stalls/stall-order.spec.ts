import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import type { HeldLoopRow } from '../../shared/analysis-messages.ts';
import { findThreshold, rangeOf, sortStalls, splitTime, THRESHOLDS } from './stall-order.ts';

const row = (start: number, duration: number): HeldLoopRow => ({
  start: microseconds(start),
  duration: microseconds(duration),
  shortest: microseconds(duration),
  longest: microseconds(duration),
  thread: 'main',
  ticks: { all: 10, running: 4, runnable: 1, waiting: 5, wantsGil: 2 },
  functions: [],
  functionShare: 1,
  builds: [],
  dispatchCount: 1,
});

describe('stalls', () => {
  it('are ordered by length as they come, or by time', () => {
    const rows = [row(500, 90), row(100, 80), row(300, 70)];
    expect(sortStalls(rows, 'length')).toBe(rows);
    expect(sortStalls(rows, 'time').map(({ start }) => start)).toEqual([100, 300, 500]);
  });

  it('stand for the time from their first sample to the end of their last', () => {
    expect(rangeOf(row(100, 80))).toEqual({ start: 100, end: 180 });
  });

  it('are split by what the thread did meanwhile', () => {
    expect(splitTime(row(0, 1)).map(({ kind, share }) => [kind, share])).toEqual([
      ['running', 0.4],
      ['gil', 0.2],
      ['runnable', 0.1],
      ['waiting', 0.3],
    ]);
    const { ticks } = row(0, 1);
    expect(splitTime({ ...row(0, 1), ticks: { ...ticks, running: 10, runnable: 0, waiting: 0, wantsGil: 0 } })).toEqual(
      [{ kind: 'running', share: 1, words: 'on a CPU' }],
    );
  });

  it('have a place on the slider for every threshold', () => {
    expect(THRESHOLDS[findThreshold(microseconds(100_000))]).toBe(100_000);
    expect(THRESHOLDS[findThreshold(microseconds(130_000))]).toBe(100_000);
    expect(THRESHOLDS[findThreshold(microseconds(1_000))]).toBe(10_000);
  });
});
