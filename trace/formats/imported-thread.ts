import { badTrace } from '../contract/field-decoder.ts';

/** Spans of one file: 24 bytes each. */
export const MAX_IMPORTED_SPANS = 20_000_000;
/**
 * The last moment of a file, in microseconds: 31 years. Half of what two million ticks of a thousand seconds cover, which are the most
 * (`imported-period.ts`) and the longest (`MIN_FREQUENCY_HZ`) that there are.
 */
export const MAX_IMPORTED_TIME = 1e15;
/** Threads of one file. A process has some dozens; each costs a look at every chunk. */
export const MAX_IMPORTED_THREADS = 4096;

export interface ThreadFacts {
  readonly name: string;
  readonly isMain: boolean;
  /** 0 where unknown. */
  readonly nativeId: number;
}

/** One thread of another format: what it did, and when, in spans that follow each other. Between them it did nothing that counts. */
export class ImportedThread {
  readonly facts: ThreadFacts;
  /** Microseconds since the start of the file's axis. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  /** -1 where the thread did something whose stack is not known. */
  readonly stacks: number[] = [];

  constructor(facts: ThreadFacts) {
    this.facts = facts;
  }

  get end(): number {
    return this.ends.at(-1) ?? 0;
  }

  /** A span that begins before the end of the last one begins there: no thread does two things at once. */
  addSpan(start: number, end: number, stack: number): void {
    const from = Math.max(start, this.end);
    if (!(end <= MAX_IMPORTED_TIME)) {
      throw badTrace('The file has a time or a weight that is too large', { cap: MAX_IMPORTED_TIME });
    }
    if (end <= from) {
      return;
    }
    if (this.stacks.at(-1) === stack && this.end === from) {
      this.ends[this.ends.length - 1] = end;
      return;
    }
    this.starts.push(from);
    this.ends.push(end);
    this.stacks.push(stack);
  }

  /** For formats without times: one span after the other. */
  appendSpan(weight: number, stack: number): void {
    this.addSpan(this.end, this.end + weight, stack);
  }
}
