import type { TraceModel } from '#trace/model/trace-model.ts';

/** Caller of the outermost frame. */
const OUTSIDE = -2;
const END = -1;
/** Frames of a chain, counted from its end, that others branch off from, and how far these go on at most: so a chain brings about as many frames of its own as a real one does. */
const BRANCHING_FRAMES = 10;
const MAX_OWN_FRAMES = 12;
const MAX_ATTEMPTS_PER_CHAIN = 100;

/**
 * Call chains like those of a real recording, as many different ones as are asked for. The first ones are the real ones, the most frequent
 * first. Each other branches off from one before it, near its end, and goes on as real ones do: each frame calls what it called there.
 */
export class CallChains {
  readonly #model: TraceModel;
  readonly #random: () => number;
  /** Of each frame, what it called: once for each real chain in which it did. END where a chain ended there. */
  readonly #calls = new Map<number, number[]>();
  readonly #real: readonly (readonly number[])[];

  constructor(model: TraceModel, random: () => number) {
    this.#model = model;
    this.#random = random;
    this.#real = this.#readStacks();
  }

  /** Stacks of the recording as frames from the outermost in, each once, the most frequent first. */
  get real(): readonly (readonly number[])[] {
    return this.#real;
  }

  /** @throws Error if the recording does not yield as many. */
  take(count: number): readonly (readonly number[])[] {
    const chains = this.#real.slice(0, count);
    const known = new Set(chains.map((frames) => frames.join()));
    for (let attempts = count * MAX_ATTEMPTS_PER_CHAIN; chains.length < count; attempts--) {
      if (attempts === 0) throw new Error(`Only ${chains.length} of ${count} different call chains were found`);
      const chain = this.#branch(chains[Math.floor(this.#random() * chains.length)]!);
      const key = chain?.join() ?? '';
      if (chain === undefined || known.has(key)) continue;
      known.add(key);
      chains.push(chain);
    }
    return chains;
  }

  /** Absent where the way on is too long. */
  #branch(chain: readonly number[]): number[] | undefined {
    const kept = Math.max(1, chain.length - Math.floor(this.#random() * BRANCHING_FRAMES));
    const frames = chain.slice(0, kept);
    for (let next = this.#choose(frames.at(-1)!); next !== END; next = this.#choose(next)) {
      if (frames.length === kept + MAX_OWN_FRAMES) return undefined;
      frames.push(next);
    }
    return frames;
  }

  #choose(caller: number): number {
    const calls = this.#calls.get(caller) ?? [];
    return calls[Math.floor(this.#random() * calls.length)] ?? END;
  }

  #readStacks(): number[][] {
    const { runs, stacks } = this.#model;
    const ticksOf = new Map<number, number>();
    for (let run = 0; run < runs.count; run++) {
      const stack = runs.stacks.values[run]!;
      if (stack >= 0) ticksOf.set(stack, (ticksOf.get(stack) ?? 0) + runs.ticks.values[run]!);
    }
    return Array.from(ticksOf)
      .sort(([a, ticksOfA], [b, ticksOfB]) => ticksOfB - ticksOfA || a - b)
      .map(([stack]) => {
        const frames: number[] = [];
        for (let step = stack; step >= 0; step = stacks.parents.values[step]!)
          frames.unshift(stacks.frames.values[step]!);
        [OUTSIDE, ...frames].forEach((caller, depth) => this.#addCall(caller, frames[depth] ?? END));
        return frames;
      });
  }

  #addCall(caller: number, called: number): void {
    const calls = this.#calls.get(caller);
    if (calls === undefined) this.#calls.set(caller, [called]);
    else calls.push(called);
  }
}
