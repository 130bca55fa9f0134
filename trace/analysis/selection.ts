import { GilState, isLost, ThreadState } from '../contract/thread-state.ts';
import type { FunctionIndex, Microseconds, ThreadIndex } from '../contract/units.ts';
import { lowerBound } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { FoldRuleId } from './fold-rules.ts';

export const WEIGHTS = ['wall', 'cpu', 'gil'] as const;
/**
 * What is shared out to the functions: `wall` is the time in which a thread ran, wanted to run or waited, `cpu` the CPU time it used,
 * `gil` the time it held the GIL.
 */
export type Weight = (typeof WEIGHTS)[number];

/** Times since the recording's start; a tick at `end` is outside. */
export interface TimeRange {
  readonly start: Microseconds;
  readonly end: Microseconds;
}

/** What of a trace is looked at. Absent means all of it. */
export interface Selection {
  readonly range?: TimeRange | undefined;
  readonly threads?: readonly ThreadIndex[] | undefined;
  readonly weight: Weight;
  /** Gives idle ticks a share of the wall weight, which they have not otherwise. */
  readonly includeIdle?: boolean | undefined;
  /** Leaves the thread level out of a call tree. */
  readonly mergeThreads?: boolean | undefined;
  /** Whose frames are left out of call trees: what they weigh themselves counts for what called them. */
  readonly folds?: readonly FoldRuleId[] | undefined;
  /** The function that a call tree begins with: stacks without it are left out, as are threads. */
  readonly focus?: FunctionIndex | undefined;
}

/** Ticks from `first` up to, not including, `end`. */
export interface TickRange {
  readonly first: number;
  readonly end: number;
}

/** The ticks whose times lie within the range. */
export const selectTicks = (model: TraceModel, range: TimeRange | undefined): TickRange => {
  if (range === undefined) {
    return { first: 0, end: model.tickCount };
  }
  const { values, length } = model.ticks;
  const first = lowerBound(values, length, range.start);
  return { first, end: Math.max(first, lowerBound(values, length, range.end)) };
};

const GIL_STATES = Object.keys(GilState).length;
const CATEGORIES = Object.keys(ThreadState).length * GIL_STATES;

/** Position of a state and GIL state in {@link weighedCategories}. */
export const tickCategory = (state: number, gil: number): number => state * GIL_STATES + gil;

/** For each {@link tickCategory}, 1 if a tick of it has a share in the weight and 0 if not. */
export const weighedCategories = ({ weight, includeIdle }: Pick<Selection, 'weight' | 'includeIdle'>): Uint8Array => {
  const weighed = new Uint8Array(CATEGORIES);
  for (const state of Object.values(ThreadState)) {
    for (const gil of Object.values(GilState)) {
      weighed[tickCategory(state, gil)] = hasShare(weight, state, gil, includeIdle ?? false) ? 1 : 0;
    }
  }
  return weighed;
};

const hasShare = (weight: Weight, state: ThreadState, gil: GilState, withIdle: boolean): boolean => {
  if (state === ThreadState.absent || isLost(state)) {
    return false;
  }
  switch (weight) {
    case 'wall':
      return state !== ThreadState.idle || withIdle;
    case 'cpu':
      return state === ThreadState.running;
    case 'gil':
      return gil === GilState.holds;
  }
};
