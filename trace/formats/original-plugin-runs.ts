import { badTrace } from '../contract/field-decoder.ts';
import { GilState, ThreadState } from '../contract/thread-state.ts';
import type { ThreadRuns } from '../contract/trace-lines.ts';
import { microseconds } from '../contract/units.ts';
import { MAX_ORIGINAL_THREADS, type OriginalSample } from './original-plugin-file.ts';
import type { OriginalTables } from './original-plugin-tables.ts';

const NO_STACK = -1;
/** Outermost function of every thread that Python's `threading` starts, in Python 3 and in Python 2. */
const THREAD_STARTS = ['_bootstrap', '__bootstrap'];

export interface OriginalThread {
  readonly ident: string;
  readonly isMain: boolean;
  /** First and last sample that has the thread. */
  readonly first: number;
  readonly last: number;
}

/** Turns samples into runs of equal ticks per thread. */
export class OriginalRuns {
  readonly threads: readonly OriginalThread[];
  readonly #samples: readonly OriginalSample[];
  readonly #tables: OriginalTables;

  constructor(samples: readonly OriginalSample[], tables: OriginalTables, outermostName: (frame: number) => string) {
    this.#samples = samples;
    this.#tables = tables;
    this.threads = listThreads(samples, outermostName);
  }

  /** The runs of the samples from `begin` up to, not including, `end`. */
  take(begin: number, end: number): ThreadRuns[] {
    return this.threads.flatMap((thread, index) =>
      thread.first < end && thread.last >= begin ? [this.#takeThread(thread, index, begin, end)] : [],
    );
  }

  #takeThread({ ident, first, last }: OriginalThread, thread: number, begin: number, end: number): ThreadRuns {
    const ticks: number[] = [];
    const stacks: number[] = [];
    const states: number[] = [];
    for (let sample = begin; sample < end; sample++) {
      const found = this.#samples[sample]!.threads.get(ident);
      const isAlive = sample >= first && sample <= last;
      const state = found ? ThreadState.running : isAlive ? ThreadState.idle : ThreadState.absent;
      const stack = found ? this.#tables.internStack(found) : NO_STACK;
      if (states.at(-1) === state && stacks.at(-1) === stack) {
        ticks[ticks.length - 1]!++;
      } else {
        ticks.push(1);
        stacks.push(stack);
        states.push(state);
      }
    }
    return { thread, cpu: microseconds(0), ticks, stacks, states, gil: ticks.map(() => GilState.unknown) };
  }
}

const listThreads = (
  samples: readonly OriginalSample[],
  outermostName: (frame: number) => string,
): OriginalThread[] => {
  const seen = new Map<string, { first: number; last: number; startsAsThread: boolean }>();
  samples.forEach(({ threads }, sample) => {
    for (const [ident, frames] of threads) {
      const known = seen.get(ident);
      if (known !== undefined) {
        known.last = sample;
      } else {
        const outermost = frames.at(-1);
        const startsAsThread = outermost === undefined || THREAD_STARTS.includes(outermostName(outermost));
        if (seen.size === MAX_ORIGINAL_THREADS) {
          throw badTrace(`The file has more than ${MAX_ORIGINAL_THREADS} threads`, { cap: MAX_ORIGINAL_THREADS });
        }
        seen.set(ident, { first: sample, last: sample, startsAsThread });
      }
    }
  });
  const main = Array.from(seen).find(([, { startsAsThread }]) => !startsAsThread)?.[0];
  return Array.from(seen, ([ident, { first, last }]) => ({ ident, isMain: ident === main, first, last }));
};
