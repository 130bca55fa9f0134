/** How each weight is worded. */
import { type Weight, WEIGHTS } from '#trace/analysis/selection.ts';

export interface WeightWords {
  /** On a button. */
  readonly title: string;
  /** As in "38 % of the CPU time". */
  readonly name: string;
  /** As in "12 s of CPU time". */
  readonly sum: string;
  /** What the sum counts, for the hover. */
  readonly meaning: string;
}

/** Every weight is a sum over threads, so it can be longer than the range that it was taken in. */
export const WEIGHT_WORDS: Readonly<Record<Weight, WeightWords>> = {
  wall: {
    title: 'Wall',
    name: 'thread time',
    sum: 'of thread time, idle left out',
    meaning:
      'Wall-clock time in which threads ran, wanted to run or waited, idle time left out, added up over the threads',
  },
  cpu: {
    title: 'CPU',
    name: 'CPU time',
    sum: 'of CPU time',
    meaning: 'CPU time that threads used, added up over the threads',
  },
  gil: {
    title: 'GIL',
    name: 'time with the GIL',
    sum: 'with the GIL',
    meaning: 'Time in which threads held the global interpreter lock, added up over the threads',
  },
};

/** For those who choose one of them. */
export const WEIGHT_CHOICES = WEIGHTS.map((id) => ({
  id,
  name: WEIGHT_WORDS[id].title,
  meaning: WEIGHT_WORDS[id].meaning,
}));
