/** Stacks by where they stand, with what they weigh: those from `first` up to, not including, `end`. */
export interface StackSlice {
  /** Function of each position. */
  readonly functions: Int32Array;
  readonly positions: Int32Array;
  readonly amounts: Float64Array;
  readonly first: number;
  readonly end: number;
}

/** The stacks of a slice that stand in the same function: a part of the slice. */
export interface CallerGroup {
  readonly called: number;
  readonly first: number;
  readonly end: number;
  readonly total: number;
}

/** Puts the stacks of a slice together by function, in linear time. */
export class CallerGroups {
  /** Rank of each function by name. */
  readonly #ranks: Int32Array;
  /** Of each function; 0 between slices. */
  readonly #counts: Int32Array;
  readonly #totals: Float64Array;

  constructor(ranks: Int32Array) {
    this.#ranks = ranks;
    this.#counts = new Int32Array(ranks.length);
    this.#totals = new Float64Array(ranks.length);
  }

  /** The groups to keep, by name of the function. They stand one after the other from the start of the slice; what else was in it is lost. */
  split(slice: StackSlice, isKept: (total: number) => boolean): CallerGroup[] {
    const { first, end } = slice;
    if (end - first === 1) return this.#keepOne(slice, isKept);
    const found = this.#sum(slice);
    const groups: CallerGroup[] = [];
    let next = first;
    for (const called of found.sort((a, b) => this.#ranks[a]! - this.#ranks[b]!)) {
      const [count, total] = [this.#counts[called]!, this.#totals[called]!];
      this.#counts[called] = 0;
      this.#totals[called] = 0;
      if (!isKept(total)) continue;
      groups.push({ called, first: next, end: next + count, total });
      next += count;
    }
    if (groups.length > 0) this.#gather(slice, groups);
    return groups;
  }

  /** Most ways from a leaf are alone from some caller on. */
  #keepOne(
    { functions, positions, amounts, first, end }: StackSlice,
    isKept: (total: number) => boolean,
  ): CallerGroup[] {
    const [called, total] = [functions[positions[first]!]!, amounts[first]!];
    return isKept(total) ? [{ called, first, end, total }] : [];
  }

  /** @returns the functions in which stacks stand. */
  #sum({ functions, positions, amounts, first, end }: StackSlice): number[] {
    const found: number[] = [];
    for (let index = first; index < end; index++) {
      const called = functions[positions[index]!]!;
      if (this.#counts[called]!++ === 0) found.push(called);
      this.#totals[called]! += amounts[index]!;
    }
    return found;
  }

  #gather({ functions, positions, amounts, first, end }: StackSlice, groups: readonly CallerGroup[]): void {
    const [stacks, weights] = [positions.slice(first, end), amounts.slice(first, end)];
    // One more than where the next stack of the function goes; 0 where none is kept.
    const next = this.#counts;
    for (const group of groups) next[group.called] = group.first + 1;
    for (let index = 0; index < stacks.length; index++) {
      const called = functions[stacks[index]!]!;
      const place = next[called]!;
      if (place === 0) continue;
      positions[place - 1] = stacks[index]!;
      amounts[place - 1] = weights[index]!;
      next[called] = place + 1;
    }
    for (const { called } of groups) next[called] = 0;
  }
}
