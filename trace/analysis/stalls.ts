import { GilState, ThreadState } from '../contract/thread-state.ts';
import type { TraceEvent } from '../contract/trace-lines.ts';
import {
  microseconds,
  functionIndex,
  threadIndex,
  type Microseconds,
  type FunctionIndex,
  type ThreadIndex,
} from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { measureDuration, measureExtent, visitDispatches, type Extent } from './dispatches.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

export const DEFAULT_STALL_THRESHOLD: Microseconds = microseconds(100_000);
/** Many callbacks in a row count as saturation from here on: a loop that is busy but well meets some without a pause by chance. */
export const SATURATION_THRESHOLD: Microseconds = microseconds(1_000_000);
const FEWEST_DISPATCHES_OF_A_SPELL = 2;

export type BuildEvent = Extract<TraceEvent, { kind: 'build' }>;

/** What a thread did for a while. Times in ticks. */
export interface TickCounts {
  readonly all: number;
  readonly running: number;
  /** Wanted a CPU. */
  readonly runnable: number;
  readonly waiting: number;
  /** Of those waiting: for the GIL. */
  readonly wantsGil: number;
}

/** A stretch of time in which the event loop of a thread did not come to wait for events. */
export interface FoundHold extends Extent {
  readonly thread: ThreadIndex;
  readonly firstTick: number;
  readonly endTick: number;
  /** Dispatches in it that were caught by a tick; 1 for a stall. */
  readonly dispatchCount: number;
}

/** The same with what went on meanwhile. */
export interface HeldLoop extends FoundHold {
  readonly ticks: TickCounts;
  /**
   * The functions, outermost first, that were on the stack for half the time or more: the last one is where the time went, or from where it went apart. Empty where no stack is
   * known.
   */
  readonly functions: readonly FunctionIndex[];
  /** Ticks at which all of them were on the stack. */
  readonly functionTicks: number;
  /** Builds that ran meanwhile. */
  readonly builds: readonly BuildEvent[];
}

/** Functions shown of a stall: the innermost tells what it was, the others how it came there. */
const SHOWN_FUNCTIONS = 4;

/** The innermost functions of a hold, the innermost first. */
export const innermostFunctions = ({ functions }: Pick<HeldLoop, 'functions'>): FunctionIndex[] =>
  functions.slice(-SHOWN_FUNCTIONS).reverse();

export interface StallReport<Hold extends FoundHold = HeldLoop> {
  /** Single callbacks of the threshold or longer, the longest first. */
  readonly stalls: readonly Hold[];
  /** Many callbacks in a row, none of which has to be long. */
  readonly spells: readonly Hold[];
  /** Whether the trace tells dispatches at all. */
  readonly hasDispatches: boolean;
}

/** What held the event loops of the trace for as long as the threshold or longer. */
export const computeStalls = (model: TraceModel, threshold: Microseconds = DEFAULT_STALL_THRESHOLD): StallReport => {
  const { stalls, spells, hasDispatches } = findStalls(model, threshold);
  const describe = (hold: FoundHold): HeldLoop => describeHold(model, hold);
  return { stalls: stalls.map(describe), spells: spells.map(describe), hasDispatches };
};

/** The same without what went on meanwhile, which takes a look at each: there may be very many, of which few are shown. */
export const findStalls = (model: TraceModel, threshold: Microseconds): StallReport<FoundHold> => {
  const stalls: FoundHold[] = [];
  const spells: FoundHold[] = [];
  let hasDispatches = false;
  const shortestSpell = Math.max(threshold, SATURATION_THRESHOLD);
  for (const [index, stretches] of groupStretches(model, { first: 0, end: model.tickCount })) {
    const describe = (firstTick: number, endTick: number, dispatchCount: number): FoundHold => ({
      ...{ thread: threadIndex(index), firstTick, endTick, dispatchCount },
      ...measureExtent(model, { firstTick, endTick }),
    });
    visitDispatches(model, stretches, {
      onDispatch: (firstTick, endTick) => {
        hasDispatches = true;
        if (measureDuration(model, firstTick, endTick) >= threshold) stalls.push(describe(firstTick, endTick, 1));
      },
      onSpell: (firstTick, endTick, dispatchCount) => {
        const isSaturated = dispatchCount >= FEWEST_DISPATCHES_OF_A_SPELL;
        if (isSaturated && measureDuration(model, firstTick, endTick) >= shortestSpell)
          spells.push(describe(firstTick, endTick, dispatchCount));
      },
    });
  }
  return { stalls: stalls.sort(byDuration), spells: spells.sort(byDuration), hasDispatches };
};

const byDuration = (a: Extent, b: Extent): number => b.duration - a.duration || a.start - b.start;

/** What the thread did meanwhile, in which functions, and which builds ran. */
export const describeHold = (model: TraceModel, hold: FoundHold): HeldLoop => ({
  ...hold,
  ...countTicks(model, hold.thread, hold.firstTick, hold.endTick),
  builds: buildsDuring(model, hold),
});

const countTicks = (
  model: TraceModel,
  thread: ThreadIndex,
  first: number,
  end: number,
): Pick<HeldLoop, 'ticks' | 'functions' | 'functionTicks'> => {
  const { states, gil, stacks } = model.runs;
  const ticks = { all: 0, running: 0, runnable: 0, waiting: 0, wantsGil: 0 };
  const byStack = new Map<number, number>();
  const range = { first, end };
  visitRuns(model, groupStretches(model, range).get(thread) ?? [], range, (run, count) => {
    ticks.all += count;
    const state = states.values[run];
    if (state === ThreadState.running) ticks.running += count;
    else if (state === ThreadState.runnable) ticks.runnable += count;
    else if (state === ThreadState.waiting) ticks.waiting += count;
    if (state === ThreadState.waiting && gil.values[run] === GilState.wants) ticks.wantsGil += count;
    const stack = stacks.values[run]!;
    if (stack >= 0) byStack.set(stack, (byStack.get(stack) ?? 0) + count);
  });
  return { ticks, ...findMainFunctions(model, byStack) };
};

/** The deepest call path that half of all ticks with a stack share. */
const findMainFunctions = (
  { stacks: { paths, pathParents, pathFunctions, pathDepths } }: TraceModel,
  byStack: ReadonlyMap<number, number>,
): Pick<HeldLoop, 'functions' | 'functionTicks'> => {
  const byPath = new Map<number, number>();
  let all = 0;
  for (const [stack, count] of byStack) {
    all += count;
    for (let path = paths.values[stack]!; path >= 0; path = pathParents.values[path]!)
      byPath.set(path, (byPath.get(path) ?? 0) + count);
  }
  let main = -1;
  for (const [path, count] of byPath)
    if (2 * count >= all && (main < 0 || pathDepths.values[path]! > pathDepths.values[main]!)) main = path;
  const functions: FunctionIndex[] = [];
  for (let path = main; path >= 0; path = pathParents.values[path]!)
    functions.push(functionIndex(pathFunctions.values[path]!));
  return { functions: functions.reverse(), functionTicks: byPath.get(main) ?? 0 };
};

const buildsDuring = (model: TraceModel, { start, duration }: Extent): BuildEvent[] =>
  model.events.filter(
    (event): event is BuildEvent =>
      event.kind === 'build' && event.start <= start + duration && (event.end === undefined || event.end >= start),
  );

/** Stalls that lasted from `from` up to `to`, not included. */
export interface StallBucket {
  readonly from: Microseconds;
  /** Absent in the last one. */
  readonly to?: Microseconds;
  readonly count: number;
}

const BUCKET_STEPS = [1, 2, 5] as const;
const LONGEST_BUCKET = 10_000_000;

/** How many stalls there are of which length, in steps of 1, 2, 5 from the threshold on; ends with the longest stall. */
export const computeStallDistribution = (stalls: readonly Extent[], threshold: Microseconds): StallBucket[] => {
  const longest = stalls.reduce((most, { duration }) => Math.max(most, duration), 0);
  const bounds = [threshold as number];
  for (let decade = 1; decade <= LONGEST_BUCKET; decade *= 10)
    for (const step of BUCKET_STEPS)
      if (step * decade > threshold && step * decade <= longest) bounds.push(step * decade);
  return bounds.map((from, nth) => {
    const to = bounds[nth + 1];
    const count = stalls.filter(({ duration }) => duration >= from && (to === undefined || duration < to)).length;
    return { from: microseconds(from), ...(to === undefined ? {} : { to: microseconds(to) }), count };
  });
};
