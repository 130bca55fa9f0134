import { tickPeriod, type Microseconds } from '#trace/contract/units.ts';

/** A tick that begins more than this share of a period after its deadline counts as late. */
const LATE_SHARE_OF_PERIOD = 0.5;

/**
 * Says when to take ticks: one in each period of an absolute time grid, at a random place in it. A fixed place would beat with
 * whatever the target does periodically (py-spy's issue of aliasing); deadlines counted from the last tick would drift.
 * Periods that have passed while the sampler could not run are skipped and counted, not caught up with.
 */
export class Pacer {
  readonly period: Microseconds;
  readonly #random: () => number;
  #slot = -1;
  #deadline = 0;
  /** Ticks asked for up to the one that began last. */
  ticksAsked = 0;
  ticksLate = 0;

  /** `random` gives numbers from 0 up to 1. */
  constructor(frequencyHz: number, random: () => number = Math.random) {
    this.period = tickPeriod(frequencyHz);
    this.#random = random;
  }

  /** Deadline of the next tick, given the time now; both in microseconds since the start of the grid. Never in a period already used. */
  nextDeadline(now: Microseconds): number {
    this.#slot = Math.max(this.#slot + 1, Math.floor(now / this.period));
    this.#deadline = (this.#slot + this.#random()) * this.period;
    return this.#deadline;
  }

  /** To be told when the tick of the last deadline begins. */
  begin(now: Microseconds): void {
    this.ticksAsked = this.#slot + 1;
    if (now - this.#deadline > this.period * LATE_SHARE_OF_PERIOD) this.ticksLate++;
  }
}
