import type { TraceChunk } from '#trace/contract/trace-lines.ts';

export interface GivenUpIn {
  readonly functionName: string;
  readonly stacks: number;
}

/**
 * Counts by the innermost function which stacks were given up. Of the trace's texts it keeps the names of functions alone, which a chunk brings together with the function; a name
 * that was brought before as something else is not known here.
 */
export class GivenUpTally {
  #stringCount = 0;
  readonly #texts = new Map<number, string>();
  readonly #names: number[] = [];
  readonly #stacks = new Map<number, number>();

  add({ strings, functions, givenUp }: TraceChunk): void {
    for (const name of functions.names) {
      this.#names.push(name);
      const text = strings[name - this.#stringCount];
      if (text !== undefined) this.#texts.set(name, text);
    }
    this.#stringCount += strings.length;
    givenUp?.functions.forEach((leaf, row) => {
      this.#stacks.set(leaf, (this.#stacks.get(leaf) ?? 0) + (givenUp.stacks[row] ?? 0));
    });
  }

  /** Most first. */
  functions(): GivenUpIn[] {
    return [...this.#stacks]
      .map(([leaf, stacks]) => ({ functionName: this.#texts.get(this.#names[leaf] ?? -1) ?? '', stacks }))
      .sort((a, b) => b.stacks - a.stacks);
  }
}
