import { lowerBound } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { orderCallPaths, type CallPathOrder } from './call-path-order.ts';
import type { PathWeights } from './path-weights.ts';
import type { TickRange } from './selection.ts';
import { groupStretches } from './visit-runs.ts';
import { RunWeigher, type Weighing } from './weigh-runs.ts';
import { CHUNKS_PER_BLOCK, firstTickOf, WeightIndex } from './weight-index.ts';

/** Where an index does not reach, runs are added up one by one: it is made anew once that is this much of what it knows. */
const REBUILD_SHARE = 0.5;

interface KnownIndex {
  readonly order: CallPathOrder;
  readonly weighing: Weighing;
  /** Absent until the same is asked a second time, or prepared: a trace that grows all the time would pay for it and never use it. */
  readonly index: WeightIndex | undefined;
}

const known = new WeakMap<TraceModel, KnownIndex>();

/**
 * Makes the index before any range is asked for: that takes 100 ms and more for a million samples, which who drags a range would wait for at the first move. For traces that grow no more.
 *
 * @returns absent where the trace is too short for one
 */
export const prepareRanges = (model: TraceModel, { weight, includeIdle }: Weighing): WeightIndex | undefined =>
  makeIndex(model, { weight, includeIdle }, orderCallPaths(model));

/** What each thread weighs in a range: out of an index where there is one, else run by run. */
export class ThreadWeights {
  readonly #weigher: RunWeigher;
  readonly #index: WeightIndex | undefined;
  /** Chunks that the index answers for. */
  readonly #firstChunk: number = 0;
  readonly #endChunk: number = 0;
  /** The rest of the range. */
  readonly #parts: readonly { readonly range: TickRange; readonly stretches: ReadonlyMap<number, readonly number[]> }[];

  constructor(model: TraceModel, weighing: Weighing, range: TickRange, order: CallPathOrder) {
    this.#weigher = new RunWeigher(model, weighing, order.ofStacks);
    const index = findIndex(model, weighing, order);
    const inner = index && chooseBlocks(model, range, index.chunkCount);
    let rest = [range];
    if (index !== undefined && inner !== undefined && inner.first < inner.end) {
      this.#index = index;
      this.#firstChunk = inner.first;
      this.#endChunk = inner.end;
      rest = [
        { first: range.first, end: firstTickOf(model, inner.first) },
        { first: firstTickOf(model, inner.end), end: range.end },
      ];
    }
    this.#parts = rest.map((part) => ({ range: part, stretches: groupStretches(model, part) }));
  }

  /** @returns the amount of the ticks whose stack is not known. */
  add(thread: number, into: PathWeights): number {
    let withoutStack = this.#index?.add(thread, this.#firstChunk, this.#endChunk, into) ?? 0;
    for (const { range, stretches } of this.#parts) {
      const own = stretches.get(thread);
      if (own !== undefined) withoutStack += this.#weigher.weigh(own, range, into);
    }
    return withoutStack;
  }
}

/** The blocks that lie wholly within the range, in chunks. */
const chooseBlocks = (model: TraceModel, { first, end }: TickRange, indexedChunks: number): TickRange => {
  const firstTicks = model.runs.chunkFirstTicks.values;
  const { chunkCount } = model.runs;
  const firstWhole = lowerBound(firstTicks, chunkCount, first);
  const endWhole = end >= model.tickCount ? chunkCount : Math.max(0, lowerBound(firstTicks, chunkCount, end + 1) - 1);
  return {
    first: Math.ceil(firstWhole / CHUNKS_PER_BLOCK) * CHUNKS_PER_BLOCK,
    end: Math.floor(Math.min(endWhole, indexedChunks) / CHUNKS_PER_BLOCK) * CHUNKS_PER_BLOCK,
  };
};

const findIndex = (model: TraceModel, weighing: Weighing, order: CallPathOrder): WeightIndex | undefined => {
  if (recall(model, weighing, order) !== undefined) return makeIndex(model, weighing, order);
  known.set(model, { order, weighing, index: undefined });
  return undefined;
};

const recall = (model: TraceModel, weighing: Weighing, order: CallPathOrder): KnownIndex | undefined => {
  const last = known.get(model);
  return last?.order === order && isSameWeighing(last.weighing, weighing) ? last : undefined;
};

/** Where there is none yet, or one that knows too little. */
const makeIndex = (model: TraceModel, weighing: Weighing, order: CallPathOrder): WeightIndex | undefined => {
  const { chunkCount } = model.runs;
  if (chunkCount < CHUNKS_PER_BLOCK) return undefined;
  const last = recall(model, weighing, order)?.index;
  const index = last === undefined || isOutgrown(last, chunkCount) ? new WeightIndex(model, weighing, order) : last;
  known.set(model, { order, weighing, index });
  return index;
};

const isOutgrown = ({ chunkCount }: WeightIndex, now: number): boolean =>
  now - chunkCount >= CHUNKS_PER_BLOCK && now - chunkCount > chunkCount * REBUILD_SHARE;

const isSameWeighing = (a: Weighing, b: Weighing): boolean =>
  a.weight === b.weight && (a.includeIdle ?? false) === (b.includeIdle ?? false);
