import type {
  CounterRow,
  LossCounts,
  ThreadRow,
  ThreadRuns,
  TraceChunk,
  TraceEvent,
} from '#trace/contract/trace-lines.ts';
import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { DispatchMark } from '#trace/contract/dispatch-mark.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import { IN_LOOP, NO_DISPATCH } from './dispatch-sequence.ts';
import type { StackInterner } from './stack-interner.ts';
import { classifyStates, selectTicks } from './state-classifier.ts';
import type { TickColumns } from './tick-columns.ts';

const NANOSECONDS_PER_MICROSECOND = 1000;
const FIRST_CAPACITY = 128;
/** A tick that took no longer is as good as a moment: ticks are ten times that apart, or close together and many. */
export const SLOW_TICK = 1000;

/** Ticks and retries since the chunk before. */
export type PacingCounts = Pick<LossCounts, 'ticksAsked' | 'ticksLate' | 'stacksRetried'>;

/** What a chunk brings beside its ticks. */
export interface ChunkNews {
  readonly pacing: PacingCounts;
  /** Threads that are new or renamed. */
  readonly threads: readonly ThreadRow[];
  readonly counters: readonly CounterRow[];
  readonly events: readonly TraceEvent[];
}

/** A thread as chunks need it. */
export interface ObservedThread {
  readonly index: number;
  readonly isMain: boolean;
  readonly isGone: boolean;
  readonly columns: TickColumns;
  /** Stacks that could not be read since they were last counted; counting sets them back to 0. */
  stacksTorn: number;
  stacksUnreadable: number;
  /** Of the stacks torn, by the function that was innermost; counting clears it. */
  readonly givenUp: Map<number, number>;
  /** Adds a row that holds a fresh reading of the clock and nothing else, by which the last tick is judged. */
  observeClock(): void;
}

/**
 * Collects ticks and makes chunks of them. The last tick is always held back: what a thread was doing at a tick is known only from
 * the readings of the next one, so it goes into the next chunk.
 */
export class ChunkBuilder {
  readonly #mode: RecordingMode;
  readonly #interner: StackInterner;
  #tickTimes = new Float64Array(FIRST_CAPACITY);
  #tickSpans = new Float64Array(FIRST_CAPACITY);
  #kept = new Uint8Array(FIRST_CAPACITY);
  #tickCount = 0;
  #sequence = 0;
  #lastKeptTime = 0;
  readonly #threads: ObservedThread[] = [];

  constructor(mode: RecordingMode, interner: StackInterner) {
    this.#mode = mode;
    this.#interner = interner;
  }

  get tickCount(): number {
    return this.#tickCount;
  }

  /** Adds a thread that is first seen at the next tick; it was absent at those collected so far. */
  addThread(thread: ObservedThread): void {
    for (let tick = 0; tick < this.#tickCount; tick++) thread.columns.addAbsent();
    this.#threads.push(thread);
  }

  /** Begins a tick at `time`, microseconds since the start; every thread that is not gone adds its row next. */
  addTick(time: number): void {
    this.#storeTime(time);
    this.#completeRows();
    this.#tickCount++;
  }

  /** The last tick is over at `time`: all its rows are there. */
  endTick(time: number): void {
    const tick = this.#tickCount - 1;
    this.#tickSpans[tick] = time - this.#tickTimes[tick]!;
  }

  /** Makes the chunk of all ticks but the last. */
  build(news: ChunkNews): TraceChunk {
    this.#completeRows();
    const chunk = this.#buildUpTo(this.#tickCount - 1, news);
    this.#tickTimes[0] = this.#tickTimes[this.#tickCount - 1]!;
    this.#tickSpans[0] = this.#tickSpans[this.#tickCount - 1]!;
    this.#tickCount = 1;
    for (const thread of this.#threads) thread.columns.keepLast();
    this.#forgetGoneThreads();
    return chunk;
  }

  /** Makes the chunk of all ticks that are left; `time` is now. */
  buildLast(time: number, news: ChunkNews): TraceChunk {
    this.#storeTime(time);
    this.#completeRows();
    for (const thread of this.#threads) thread.observeClock();
    return this.#buildUpTo(this.#tickCount, news);
  }

  /** Adds the rows of threads that are gone, or that an error kept from adding theirs. */
  #completeRows(): void {
    for (const { columns } of this.#threads) while (columns.length < this.#tickCount) columns.addAbsent();
  }

  #storeTime(time: number): void {
    if (this.#tickCount === this.#tickTimes.length) {
      const wider = new Float64Array(this.#tickTimes.length * 2);
      wider.set(this.#tickTimes);
      this.#tickTimes = wider;
      const spans = new Float64Array(wider.length);
      spans.set(this.#tickSpans);
      this.#tickSpans = spans;
      this.#kept = new Uint8Array(wider.length);
    }
    this.#tickTimes[this.#tickCount] = time;
    this.#tickSpans[this.#tickCount] = 0;
  }

  #buildUpTo(count: number, { pacing, threads, counters, events }: ChunkNews): TraceChunk {
    const columns = this.#threads.map((thread) => thread.columns);
    for (const thread of columns) classifyStates(thread, count, this.#tickTimes);
    const [withLoad, ...others] = counters;
    const counterRows =
      withLoad === undefined || count === 0 ? counters : [{ ...withLoad, ...this.#measureLoad(count) }, ...others];
    selectTicks(this.#mode, columns, count, this.#tickTimes, this.#kept);

    const ticks: number[] = [];
    const slowTicks = { ticks: [] as number[], spans: [] as Microseconds[] };
    for (let tick = 0; tick < count; tick++) {
      if (this.#kept[tick] === 0) continue;
      const time = Math.round(this.#tickTimes[tick]!);
      const span = this.#tickSpans[tick]!;
      if (span > SLOW_TICK) {
        slowTicks.ticks.push(ticks.length);
        slowTicks.spans.push(microseconds(Math.ceil(span)));
      }
      ticks.push(ticks.length === 0 ? time : time - this.#lastKeptTime);
      this.#lastKeptTime = time;
    }
    const runs: ThreadRuns[] = [];
    const losses = { stacksTorn: 0, stacksUnreadable: 0 };
    const givenUp = new Map<number, number>();
    for (const thread of this.#threads) {
      const threadRuns = buildRuns(thread.index, thread.columns, count, this.#kept);
      if (threadRuns !== undefined) runs.push(threadRuns);
      losses.stacksTorn += thread.stacksTorn;
      losses.stacksUnreadable += thread.stacksUnreadable;
      for (const [leaf, stacks] of thread.givenUp) givenUp.set(leaf, (givenUp.get(leaf) ?? 0) + stacks);
      thread.givenUp.clear();
      thread.stacksTorn = 0;
      thread.stacksUnreadable = 0;
    }
    return {
      kind: 'chunk',
      sequence: this.#sequence++,
      ...this.#interner.takeNewRows(),
      threads,
      ticks,
      runs,
      counters: counterRows,
      events,
      losses: { ...pacing, ticksTaken: count, ticksLeftOut: count - ticks.length, ...losses },
      ...(givenUp.size === 0 ? {} : { givenUp: { functions: [...givenUp.keys()], stacks: [...givenUp.values()] } }),
      ...(slowTicks.ticks.length === 0 ? {} : { slowTicks }),
    };
  }

  #measureLoad(count: number): Pick<CounterRow, 'reactorLoad' | 'gilHeld'> {
    let held = 0;
    for (let tick = 0; tick < count; tick++)
      if (this.#threads.some(({ columns }) => columns.gil[tick] === GilState.holds)) held++;
    const main = this.#threads.find((thread) => thread.isMain)?.columns;
    if (main === undefined) return { gilHeld: held / count };
    let idle = 0;
    for (let tick = 0; tick < count; tick++) {
      const state = main.states[tick];
      if (state === ThreadState.idle || state === ThreadState.absent) idle++;
    }
    return { reactorLoad: 1 - idle / count, gilHeld: held / count };
  }

  #forgetGoneThreads(): void {
    for (let place = this.#threads.length - 1; place >= 0; place--) {
      const thread = this.#threads[place]!;
      if (thread.isGone && thread.columns.states[0] === ThreadState.absent) this.#threads.splice(place, 1);
    }
  }
}

/**
 * Joins equal neighbours among the kept ones of the first `count` rows. Undefined for a thread that was absent throughout and used no CPU.
 * Its CPU time runs from the first row to row `count`: the next chunk's first.
 */
export function buildRuns(
  thread: number,
  columns: TickColumns,
  count: number,
  kept: Uint8Array,
): ThreadRuns | undefined {
  const runs = {
    thread,
    cpu: microseconds(Math.round((columns.cpu[count]! - columns.cpu[0]!) / NANOSECONDS_PER_MICROSECOND)),
    ticks: [] as number[],
    stacks: [] as number[],
    states: [] as number[],
    gil: [] as number[],
  };
  const dispatches: DispatchMark[] = [];
  let lastDispatch = NO_DISPATCH;
  let isPresent = runs.cpu > 0;
  for (let row = 0; row < count; row++) {
    if (kept[row] === 0) continue;
    const stack = columns.stacks[row]!;
    const state = columns.states[row]!;
    const gil = columns.gil[row]!;
    const dispatch = columns.dispatches[row]!;
    const last = runs.ticks.length - 1;
    const isLikeLast =
      last >= 0 && runs.stacks[last] === stack && runs.states[last] === state && runs.gil[last] === gil;
    if (isLikeLast && dispatch === lastDispatch) {
      runs.ticks[last]!++;
    } else {
      runs.ticks.push(1);
      runs.stacks.push(stack);
      runs.states.push(state);
      runs.gil.push(gil);
      dispatches.push(markDispatch(columns, dispatch));
    }
    lastDispatch = dispatch;
    isPresent ||= state !== ThreadState.absent;
  }
  if (!isPresent) return undefined;
  return dispatches.some((mark) => mark !== DispatchMark.none) ? { ...runs, dispatches } : runs;
}

function markDispatch(columns: TickColumns, dispatch: number): DispatchMark {
  if (dispatch === NO_DISPATCH) return DispatchMark.none;
  if (dispatch === IN_LOOP) return DispatchMark.loop;
  const isKnown = dispatch === columns.lastKeptDispatch;
  columns.lastKeptDispatch = dispatch;
  return isKnown ? DispatchMark.continues : DispatchMark.begins;
}
