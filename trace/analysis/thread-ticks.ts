import { GilState, ThreadState } from '../contract/thread-state.ts';
import { microseconds, threadIndex, type Microseconds, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { selectTicks, type TimeRange } from './selection.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

export interface ThreadTicks {
  readonly thread: ThreadIndex;
  /** Ticks by {@link ThreadState}; together they are the ticks of the range. */
  readonly stateTicks: readonly number[];
  /** Ticks by {@link GilState}, of those at which the thread existed. */
  readonly gilTicks: readonly number[];
  /** CPU time that its running ticks in the range stand for. */
  readonly cpu: Microseconds;
  /** CPU time of the thread in the whole trace that no tick stands for. */
  readonly unattributedCpu: Microseconds;
}

export interface RangeStatistics {
  readonly tickCount: number;
  readonly duration: Microseconds;
  readonly threads: readonly ThreadTicks[];
}

/** How many ticks of the range each thread spent in each state. Every thread's ticks add up to the ticks of the range. */
export const computeThreadTicks = (model: TraceModel, range?: TimeRange): ThreadTicks[] => {
  const ticks = selectTicks(model, range);
  const stretches = groupStretches(model, ticks);
  return model.threads.map((_, index) => {
    const thread = threadIndex(index);
    return countThread(model, thread, stretches.get(thread) ?? [], ticks);
  });
};

export const computeRangeStatistics = (model: TraceModel, range?: TimeRange): RangeStatistics => {
  const { first, end } = selectTicks(model, range);
  return {
    tickCount: end - first,
    duration: range === undefined ? model.duration : microseconds(range.end - range.start),
    threads: computeThreadTicks(model, range),
  };
};

const countThread = (
  model: TraceModel,
  thread: ThreadIndex,
  stretches: readonly number[],
  ticks: { readonly first: number; readonly end: number },
): ThreadTicks => {
  const { runs } = model;
  const stateTicks = Object.values(ThreadState).map(() => 0);
  const gilTicks = Object.values(GilState).map(() => 0);
  let covered = 0;
  let cpu = 0;
  visitRuns(model, stretches, ticks, (run, within, stretch) => {
    const state = runs.states.values[run]!;
    stateTicks[state]! += within;
    covered += within;
    if (state !== ThreadState.absent) {
      gilTicks[runs.gil.values[run]!]! += within;
    }
    if (state === ThreadState.running) {
      cpu += within * runs.stretchCpuPerTick.values[stretch]!;
    }
  });
  stateTicks[ThreadState.absent]! += ticks.end - ticks.first - covered;
  return { thread, stateTicks, gilTicks, cpu: microseconds(cpu), unattributedCpu: model.unattributedCpu(thread) };
};
