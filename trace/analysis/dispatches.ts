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

/** What is known of how long something lasted that was seen at some ticks: it began and ended between two ticks each. A tick may have taken a while itself. */
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

/** Told of each dispatch and each spell once it is over, in the order of time. */
export interface HistoryListener {
  readonly onDispatch: (firstTick: number, endTick: number) => void;
  readonly onSpell: (firstTick: number, endTick: number, dispatchCount: number) => void;
}

/** All that {@link visitDispatches} tells. */
export const computeDispatches = (model: TraceModel, thread: ThreadIndex): DispatchHistory => {
  const dispatches: Dispatch[] = [];
  const spells: Spell[] = [];
  const all = { first: 0, end: model.tickCount };
  visitDispatches(model, groupStretches(model, all).get(thread) ?? [], {
    onDispatch: (firstTick, endTick) => dispatches.push({ firstTick, endTick }),
    onSpell: (firstTick, endTick, dispatchCount) => spells.push({ firstTick, endTick, dispatchCount }),
  });
  return { dispatches, spells };
};

/**
 * What the event loop of a thread did: all its dispatches, and the spells that they form. Ticks at which the stack was lost belong to the dispatch around them, if it goes on after
 * them. Told one by one, since a long recording has a million of them, of which few are of interest.
 *
 * @param stretches all those of the thread, from `groupStretches`
 */
export const visitDispatches = (model: TraceModel, stretches: readonly number[], listener: HistoryListener): void => {
  const history = new HistoryTeller(listener);
  const { dispatches, states } = model.runs;
  visitRuns(model, stretches, { first: 0, end: model.tickCount }, (run, count, _stretch, firstTick) => {
    const mark = dispatches.values[run] as DispatchMark;
    if (mark === DispatchMark.loop) history.addLoop(states.values[run] === ThreadState.idle);
    else if (mark !== DispatchMark.none) history.add(mark, firstTick, firstTick + count);
  });
  history.finish();
};

/** The {@link Extent.duration} alone. */
export const measureDuration = (
  { ticks: { values }, period }: TraceModel,
  firstTick: number,
  endTick: number,
): number => values[endTick - 1]! - values[firstTick]! + period;

/** How long a dispatch or spell lasted. */
export const measureExtent = (model: TraceModel, { firstTick, endTick }: Dispatch): Extent => {
  const times = model.ticks.values;
  const { tickCount } = model;
  const last = times[endTick - 1]!;
  // The modes that leave ticks out keep those beside a dispatch.
  const before = firstTick === 0 ? 0 : times[firstTick - 1]!;
  const after = endTick < tickCount ? model.endOfTick(endTick) : model.duration;
  return {
    start: microseconds(times[firstTick]!),
    duration: microseconds(measureDuration(model, firstTick, endTick)),
    shortest: microseconds(Math.max(0, last - model.endOfTick(firstTick))),
    longest: microseconds(Math.max(after, last) - before),
  };
};

/** Start of what is not there. */
const NOTHING = -1;

class HistoryTeller {
  readonly #listener: HistoryListener;
  #dispatchStart = NOTHING;
  #dispatchEnd = NOTHING;
  #spellStart = NOTHING;
  #spellEnd = NOTHING;
  #spellDispatches = 0;

  constructor(listener: HistoryListener) {
    this.#listener = listener;
  }

  addLoop(isAsleep: boolean): void {
    this.#endDispatch();
    if (isAsleep) this.#endSpell();
  }

  add(mark: typeof DispatchMark.begins | typeof DispatchMark.continues, firstTick: number, endTick: number): void {
    // One that goes on with what was cut off of the trace begins here.
    const isNew = mark === DispatchMark.begins || this.#dispatchStart === NOTHING;
    if (isNew) {
      this.#endDispatch();
      this.#dispatchStart = firstTick;
    }
    this.#dispatchEnd = endTick;
    if (this.#spellStart === NOTHING) {
      this.#spellStart = firstTick;
      this.#spellDispatches = 0;
    }
    this.#spellEnd = endTick;
    if (isNew) this.#spellDispatches++;
  }

  finish(): void {
    this.#endDispatch();
    this.#endSpell();
  }

  #endDispatch(): void {
    if (this.#dispatchStart !== NOTHING) this.#listener.onDispatch(this.#dispatchStart, this.#dispatchEnd);
    this.#dispatchStart = NOTHING;
  }

  #endSpell(): void {
    if (this.#spellStart !== NOTHING) this.#listener.onSpell(this.#spellStart, this.#spellEnd, this.#spellDispatches);
    this.#spellStart = NOTHING;
  }
}
