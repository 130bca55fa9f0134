import { ThreadState } from '../contract/thread-state.ts';
import { threadIndex, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { selectTicks, type TimeRange } from './selection.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

/** What one thread did over time: for each column, the shares of its time, in 255ths. What is left was idle, absent, lost, or left out by the mode. */
export interface ThreadLane {
  readonly thread: ThreadIndex;
  readonly running: Uint8Array;
  /** Wanted a CPU. */
  readonly runnable: Uint8Array;
  readonly waiting: Uint8Array;
  /** Ticks in all columns at which it was one of these. */
  readonly busyTicks: number;
}

export const WHOLE_COLUMN = 255;

/** One lane for each thread that was there, the main thread first, then the busiest. Columns are equal parts of the range. */
export const computeThreadLanes = (model: TraceModel, range: TimeRange, columns: number): ThreadLane[] => {
  const width = (range.end - range.start) / columns;
  // A tick stands for the period after it, so one just before the range reaches into it.
  const ticks = selectTicks(model, { start: (range.start - model.period) as TimeRange['start'], end: range.end });
  const stretches = groupStretches(model, ticks);
  return [...stretches]
    .map(([thread, group]) => {
      const lane = new LaneBuilder(columns, range.start, width, model.period);
      const times = model.ticks.values;
      visitRuns(model, group, ticks, (run, count, _stretch, firstTick) => {
        const shares = lane.columnsOf(model.runs.states.values[run] as ThreadState);
        if (shares === undefined) return;
        for (let tick = firstTick; tick < firstTick + count; tick++) lane.add(shares, times[tick]!);
      });
      return lane.build(threadIndex(thread));
    })
    .sort((a, b) => Number(isMain(model, b)) - Number(isMain(model, a)) || b.busyTicks - a.busyTicks);
};

const isMain = (model: TraceModel, { thread }: ThreadLane): boolean => model.threads[thread]?.isMain === true;

class LaneBuilder {
  readonly #running: Float64Array;
  readonly #runnable: Float64Array;
  readonly #waiting: Float64Array;
  readonly #start: number;
  readonly #width: number;
  readonly #period: number;
  #busyTicks = 0;

  constructor(columns: number, start: number, width: number, period: number) {
    this.#running = new Float64Array(columns);
    this.#runnable = new Float64Array(columns);
    this.#waiting = new Float64Array(columns);
    this.#start = start;
    this.#width = width;
    this.#period = period;
  }

  /** Absent for what is not shown. */
  columnsOf(state: ThreadState): Float64Array | undefined {
    if (state === ThreadState.running) return this.#running;
    if (state === ThreadState.runnable) return this.#runnable;
    return state === ThreadState.waiting ? this.#waiting : undefined;
  }

  add(shares: Float64Array, time: number): void {
    this.#busyTicks++;
    const from = (time - this.#start) / this.#width;
    const to = (time + this.#period - this.#start) / this.#width;
    const last = Math.min(Math.ceil(to), shares.length);
    for (let column = Math.max(0, Math.floor(from)); column < last; column++)
      shares[column]! += Math.min(to, column + 1) - Math.max(from, column);
  }

  build(thread: ThreadIndex): ThreadLane {
    return {
      thread,
      running: toBytes(this.#running),
      runnable: toBytes(this.#runnable),
      waiting: toBytes(this.#waiting),
      busyTicks: this.#busyTicks,
    };
  }
}

/** Ticks are not evenly apart: two may fall into what one stands for. */
const toBytes = (shares: Float64Array): Uint8Array =>
  Uint8Array.from(shares, (share) => Math.round(WHOLE_COLUMN * Math.min(1, share)));
