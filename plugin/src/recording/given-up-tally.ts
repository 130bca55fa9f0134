import type { TraceChunk } from '#trace/contract/trace-lines.ts';

export interface GivenUpIn {
  readonly functionName: string;
  readonly stacks: number;
}

/** Counts by the innermost function which stacks were given up. Of the functions it keeps the names, and nothing more. */
export class GivenUpTally {
  readonly #strings: string[] = [];
  readonly #names: number[] = [];
  readonly #stacks = new Map<number, number>();

  add({ strings, functions, givenUp }: TraceChunk): void {
    for (const text of strings) this.#strings.push(text);
    for (const name of functions.names) this.#names.push(name);
    givenUp?.functions.forEach((leaf, row) => {
      this.#stacks.set(leaf, (this.#stacks.get(leaf) ?? 0) + (givenUp.stacks[row] ?? 0));
    });
  }

  /** Most first. */
  functions(): GivenUpIn[] {
    return [...this.#stacks]
      .map(([leaf, stacks]) => ({ functionName: this.#strings[this.#names[leaf] ?? -1] ?? '', stacks }))
      .sort((a, b) => b.stacks - a.stacks);
  }
}
