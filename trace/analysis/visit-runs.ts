import { lowerBound } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { TickRange } from './selection.ts';

/** Called with a run, how many of its ticks the range holds (at least 1), and the first of those. */
export type RunVisitor = (run: number, ticksWithin: number, stretch: number, firstTick: number) => void;

/** The stretches that have ticks in the range, by thread in the order of the thread table. */
export const groupStretches = (
  { runs, threadCount }: TraceModel,
  { first, end }: TickRange,
): ReadonlyMap<number, readonly number[]> => {
  const byThread = new Map<number, number[]>();
  if (first >= end) {
    return byThread;
  }
  const firstTicks = runs.chunkFirstTicks.values;
  const firstChunk = Math.max(0, lowerBound(firstTicks, runs.chunkCount, first + 1) - 1);
  const endChunk = lowerBound(firstTicks, runs.chunkCount, end);
  const stretches: (number[] | undefined)[] = new Array<undefined>(threadCount).fill(undefined);
  for (let chunk = firstChunk; chunk < endChunk; chunk++) {
    const stretchEnd = runs.chunkStretchEnd(chunk);
    for (let stretch = runs.chunkFirstStretches.values[chunk]!; stretch < stretchEnd; stretch++) {
      (stretches[runs.stretchThreads.values[stretch]!] ??= []).push(stretch);
    }
  }
  stretches.forEach((group, thread) => {
    if (group !== undefined) {
      byThread.set(thread, group);
    }
  });
  return byThread;
};

/** Visits the runs of the stretches, cut to the range. */
export const visitRuns = (
  { runs }: TraceModel,
  stretches: readonly number[],
  { first, end }: TickRange,
  visit: RunVisitor,
): void => {
  const ticks = runs.ticks.values;
  for (const stretch of stretches) {
    const runEnd = runs.stretchRunEnd(stretch);
    let tick = runs.stretchFirstTicks.values[stretch]!;
    for (let run = runs.stretchFirstRuns.values[stretch]!; run < runEnd && tick < end; run++) {
      const next = tick + ticks[run]!;
      const within = Math.min(next, end) - Math.max(tick, first);
      if (within > 0) {
        visit(run, within, stretch, Math.max(tick, first));
      }
      tick = next;
    }
  }
};
