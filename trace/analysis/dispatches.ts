import { DispatchMark } from '../contract/dispatch-mark.ts';
import { ThreadState } from '../contract/thread-state.ts';
import { microseconds, type Microseconds, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

/** One call of a callback by the event loop of a thread, as far as ticks caught it. */
export interface Dispatch {
  readonly firstTick: number;
  /** First tick after its last one. */
  readonly endTick: number;
}

/** Dispatches that follow each other without the loop being seen asleep in between: each time it asked for events, some were there. */
export interface Spell extends Dispatch {
  /** Dispatches in it that were caught by a tick. */
  readonly dispatchCount: number;
}

/** What is known of how long something lasted that was seen at some ticks: it began and ended between two ticks each. */
export interface Extent {
  /** The first tick at which it was seen. */
  readonly start: Microseconds;
  /** From the first tick to the last, and the period that the last one stands for: neither too long nor too short, on average. */
  readonly duration: Microseconds;
  readonly shortest: Microseconds;
  readonly longest: Microseconds;
}

export interface DispatchHistory {
  readonly dispatches: readonly Dispatch[];
  readonly spells: readonly Spell[];
}

/**
 * What the event loop of a thread did: all its dispatches, in the order of time, and the spells that they form. Ticks at which the stack was lost belong to the dispatch around them, if it goes on after
 * them.
 */
export const computeDispatches = (model: TraceModel, thread: ThreadIndex): DispatchHistory => {
  const history = new HistoryBuilder();
  const ticks = { first: 0, end: model.tickCount };
  const { dispatches, states } = model.runs;
  visitRuns(model, groupStretches(model, ticks).get(thread) ?? [], ticks, (run, count, _stretch, firstTick) => {
    const mark = dispatches.values[run] as DispatchMark;
    if (mark === DispatchMark.loop) history.addLoop(states.values[run] === ThreadState.idle);
    else if (mark !== DispatchMark.none) history.add(mark, firstTick, firstTick + count);
  });
  return history.finish();
};

/** How long a dispatch or spell lasted. */
export const measureExtent = (model: TraceModel, { firstTick, endTick }: Dispatch): Extent => {
  const times = model.ticks.values;
  const { period, tickCount } = model;
  const start = times[firstTick]!;
  const last = times[endTick - 1]!;
  // The modes that leave ticks out keep those beside a dispatch.
  const before = firstTick === 0 ? 0 : times[firstTick - 1]!;
  const after = endTick < tickCount ? times[endTick]! : model.duration;
  return {
    start: microseconds(start),
    duration: microseconds(last - start + period),
    shortest: microseconds(last - start),
    longest: microseconds(Math.max(after, last) - before),
  };
};

class HistoryBuilder {
  readonly #dispatches: { firstTick: number; endTick: number }[] = [];
  readonly #spells: { firstTick: number; endTick: number; dispatchCount: number }[] = [];
  #isInDispatch = false;
  #isInSpell = false;

  addLoop(isAsleep: boolean): void {
    this.#isInDispatch = false;
    if (isAsleep) this.#isInSpell = false;
  }

  add(mark: typeof DispatchMark.begins | typeof DispatchMark.continues, firstTick: number, endTick: number): void {
    const last = this.#dispatches.at(-1);
    // One that goes on with what was cut off of the trace begins here.
    const isNew = mark === DispatchMark.begins || last === undefined || !this.#isInDispatch;
    if (isNew) this.#dispatches.push({ firstTick, endTick });
    else last.endTick = endTick;
    this.#isInDispatch = true;
    const spell = this.#spells.at(-1);
    if (spell === undefined || !this.#isInSpell) this.#spells.push({ firstTick, endTick, dispatchCount: 1 });
    else {
      spell.endTick = endTick;
      if (isNew) spell.dispatchCount++;
    }
    this.#isInSpell = true;
  }

  finish(): DispatchHistory {
    return { dispatches: this.#dispatches, spells: this.#spells };
  }
}
