import type { RecordingSummary } from '#trace/contract/api.ts';
import type { LossCounts, TraceEnd, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import { GivenUpTally, type GivenUpIn } from './given-up-tally.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';

/** The part of a summary that the lines of the trace tell. */
export type TalliedSummary = Omit<RecordingSummary, 'id' | 'name' | 'note' | 'size'>;

const NO_LOSSES: LossCounts = {
  ticksAsked: 0,
  ticksTaken: 0,
  ticksLate: 0,
  ticksLeftOut: 0,
  stacksRetried: 0,
  stacksTorn: 0,
  stacksUnreadable: 0,
};

const addLosses = (sum: LossCounts, more: LossCounts): LossCounts => ({
  ticksAsked: sum.ticksAsked + more.ticksAsked,
  ticksTaken: sum.ticksTaken + more.ticksTaken,
  ticksLate: sum.ticksLate + more.ticksLate,
  ticksLeftOut: sum.ticksLeftOut + more.ticksLeftOut,
  stacksRetried: sum.stacksRetried + more.stacksRetried,
  stacksTorn: sum.stacksTorn + more.stacksTorn,
  stacksUnreadable: sum.stacksUnreadable + more.stacksUnreadable,
});

/** Adds up what a list of recordings shows of a trace, line by line. */
export class RecordingTally {
  #header: TraceHeader | undefined;
  #end: TraceEnd | undefined;
  #losses = NO_LOSSES;
  #last = microseconds(0);
  #ticksKept = 0;
  readonly #givenUp = new GivenUpTally();

  get header(): TraceHeader | undefined {
    return this.#header;
  }

  get end(): TraceEnd | undefined {
    return this.#end;
  }

  get losses(): LossCounts {
    return this.#losses;
  }

  /** Ticks that are in the trace, without those that the mode left out. */
  get ticksKept(): number {
    return this.#ticksKept;
  }

  /** Functions in which stacks were given up, most first. */
  get givenUp(): readonly GivenUpIn[] {
    return this.#givenUp.functions();
  }

  /** Time of the last tick, of the last counters or of the end. A mode may leave out the last ticks, but never counters. */
  get duration(): Microseconds {
    return this.#end === undefined ? this.#last : microseconds(Math.max(this.#end.at, this.#last));
  }

  add(line: TraceLine): void {
    switch (line.kind) {
      case 'header':
        this.#header = line;
        return;
      case 'end':
        this.#end = line;
        return;
      case 'chunk':
        this.#losses = addLosses(this.#losses, line.losses);
        this.#last = microseconds(
          Math.max(this.#last, lastTickOf(line.ticks, this.#last), ...line.counters.map(({ at }) => at)),
        );
        this.#ticksKept += line.ticks.length;
        this.#givenUp.add(line);
    }
  }

  /** Of a trace that has its header; `endReason` is absent where no end line came. */
  summary(): TalliedSummary {
    const header = this.#header;
    if (header === undefined) throw new TypeError('A trace without header has no summary.');
    const summary = {
      target: header.target,
      frequencyHz: header.frequencyHz,
      periodSeconds: header.periodSeconds,
      mode: header.mode,
      startedAt: header.clock.startedAt,
      duration: this.duration,
      losses: this.#losses,
    };
    if (this.#end === undefined) return summary;
    const { reason, message } = this.#end;
    return { ...summary, endReason: reason, ...(message === undefined ? {} : { endMessage: message }) };
  }
}

/** Only the first tick of a chunk is absolute: each other is the distance from the one before. */
const lastTickOf = (ticks: readonly number[], before: Microseconds): Microseconds =>
  ticks.length === 0 ? before : microseconds(ticks.reduce((sum, step) => sum + step, 0));
