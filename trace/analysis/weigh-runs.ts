import type { TraceModel } from '../model/trace-model.ts';
import type { PathWeights } from './path-weights.ts';
import { tickCategory, weighedCategories, type Selection, type TickRange } from './selection.ts';

const NONE = -1;

/** What of a selection says how much a tick weighs. */
export type Weighing = Pick<Selection, 'weight' | 'includeIdle'>;

/** Whether amounts are counts of ticks, each of which weighs a period: sums of them are exact in any order. */
export const isCountedInTicks = ({ weight }: Weighing): boolean => weight !== 'cpu';

/** Adds up what the runs of stretches weigh. */
export class RunWeigher {
  readonly #model: TraceModel;
  readonly #ofStacks: Int32Array;
  readonly #weighed: Uint8Array;
  readonly #isInTicks: boolean;

  /** @param ofStacks where what each stack weighs is added, by stack */
  constructor(model: TraceModel, weighing: Weighing, ofStacks: Int32Array) {
    this.#model = model;
    this.#ofStacks = ofStacks;
    this.#weighed = weighedCategories(weighing);
    this.#isInTicks = isCountedInTicks(weighing);
  }

  /** @returns the amount of the ticks whose stack is not known. */
  weigh(stretches: readonly number[], { first, end }: TickRange, into: PathWeights): number {
    const { runs } = this.#model;
    // Looked up once: a field of an object costs as much as all that is done with it.
    const ticks = runs.ticks.values;
    const stacks = runs.stacks.values;
    const states = runs.states.values;
    const gil = runs.gil.values;
    const ofStacks = this.#ofStacks;
    const weighed = this.#weighed;
    let withoutStack = 0;
    for (const stretch of stretches) {
      const tickAmount = this.#isInTicks ? 1 : runs.stretchCpuPerTick.values[stretch]!;
      const runEnd = runs.stretchRunEnd(stretch);
      let tick = runs.stretchFirstTicks.values[stretch]!;
      for (let run = runs.stretchFirstRuns.values[stretch]!; run < runEnd; run++) {
        const next = tick + ticks[run]!;
        const within = (next < end ? next : end) - (tick > first ? tick : first);
        tick = next;
        if (within <= 0 || weighed[tickCategory(states[run]!, gil[run]!)] === 0) continue;
        const amount = within * tickAmount;
        const stack = stacks[run]!;
        if (stack === NONE) {
          withoutStack += amount;
        } else if (amount > 0) {
          into.add(ofStacks[stack]!, amount);
        }
      }
    }
    return withoutStack;
  }
}
