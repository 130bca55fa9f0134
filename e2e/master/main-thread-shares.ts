/** How much of the main thread's time was spent in stacks with certain frames. */
import type { TraceChunk, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import { ThreadState } from '#trace/contract/thread-state.ts';

/** Whether a frame counts, by its function and file; a stack with one such frame counts. */
export type FrameTest = (functionName: string, file: string) => boolean;

export interface MainThreadShares {
  readonly ticks: number;
  /** Of all ticks, those at which the thread was not idle. */
  readonly busy: number;
  readonly counted: number;
}

/** Folds the lines of a trace; only the rows that tell of the main thread are looked at. */
export class MainThreadFold {
  readonly #test: FrameTest;
  readonly #strings: string[] = [];
  readonly #functions: boolean[] = [];
  readonly #frames: boolean[] = [];
  readonly #stacks: boolean[] = [];
  #main = -1;
  #header: TraceHeader | undefined;
  #ticks = 0;
  #busy = 0;
  #counted = 0;

  constructor(test: FrameTest) {
    this.#test = test;
  }

  take(line: TraceLine): void {
    if (line.kind === 'header') this.#header = line;
    if (line.kind === 'chunk') this.#takeChunk(line);
  }

  /** Only of the mode `real`, which keeps all ticks. */
  shares(): MainThreadShares {
    if (this.#header?.mode !== 'real') throw new Error('Ticks are left out of this recording');
    return { ticks: this.#ticks, busy: this.#busy / this.#ticks, counted: this.#counted / this.#ticks };
  }

  #takeChunk({ strings, functions, frames, stacks, threads, runs }: TraceChunk): void {
    this.#strings.push(...strings);
    for (const [index, name] of functions.names.entries())
      this.#functions.push(this.#test(this.#strings[name] ?? '', this.#strings[functions.files[index] ?? -1] ?? ''));
    for (const index of frames.functions) this.#frames.push(this.#functions[index] ?? false);
    for (const [index, parent] of stacks.parents.entries())
      this.#stacks.push((this.#stacks[parent] ?? false) || (this.#frames[stacks.frames[index] ?? -1] ?? false));
    for (const { thread, isMain } of threads) if (isMain) this.#main = thread;
    for (const run of runs) {
      if (run.thread !== this.#main) continue;
      for (const [index, count] of run.ticks.entries()) {
        this.#ticks += count;
        if (run.states[index] !== ThreadState.idle) this.#busy += count;
        if (this.#stacks[run.stacks[index] ?? -1] === true) this.#counted += count;
      }
    }
  }
}
