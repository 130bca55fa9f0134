/** Counts the stacks in the chunks of a trace, and those that cannot exist. */
import type { TraceChunk } from '#trace/contract/trace-lines.ts';
import { NO_STACK } from '#trace/contract/units.ts';
import { isPossibleChain } from '../call-chain.ts';
import type { SamplingResult } from './measurement.ts';

export class StackTally {
  readonly #strings: string[] = [];
  readonly #functionNames: number[] = [];
  readonly #frameFunctions: number[] = [];
  readonly #parents: number[] = [];
  readonly #frames: number[] = [];
  /** By stack: ticks that show it. */
  readonly #counts: number[] = [];
  #ticks = 0;
  #lost = 0;

  add({ strings, functions, frames, stacks, ticks, runs, losses }: TraceChunk): void {
    for (const text of strings) this.#strings.push(text);
    for (const name of functions.names) this.#functionNames.push(name);
    for (const index of frames.functions) this.#frameFunctions.push(index);
    for (const parent of stacks.parents) this.#parents.push(parent);
    for (const frame of stacks.frames) this.#frames.push(frame);
    this.#ticks += ticks.length;
    this.#lost += losses.stacksTorn + losses.stacksUnreadable;
    for (const run of runs)
      for (const [index, stack] of run.stacks.entries())
        if (stack !== NO_STACK) this.#counts[stack] = (this.#counts[stack] ?? 0) + (run.ticks[index] ?? 0);
  }

  /** @param seconds that the trace took */
  result(seconds: number): SamplingResult {
    let [kept, impossible] = [0, 0];
    this.#counts.forEach((count, stack) => {
      kept += count;
      if (!isPossibleChain(this.#namesOf(stack))) impossible += count;
    });
    return {
      seconds,
      ticks: this.#ticks,
      errorShare: this.#lost / (kept + this.#lost),
      kept,
      impossible,
    };
  }

  #namesOf(stack: number): string[] {
    const names: string[] = [];
    for (let index = stack; index !== NO_STACK; index = this.#parents[index] ?? NO_STACK) {
      const functionIndex = this.#frameFunctions[this.#frames[index] ?? 0] ?? 0;
      names.unshift(this.#strings[this.#functionNames[functionIndex] ?? 0] ?? '');
    }
    return names;
  }
}
