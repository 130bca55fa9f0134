/**
 * Sums of what the call paths weigh, over blocks of time, so that a range that a hand drags over hours is not added up run by run at each move: most of it is a few
 * large blocks, and only its ends are looked at closely.
 */
import { type Column, float64Column, int32Column } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { CallPathOrder } from './call-path-order.ts';
import { PathWeights } from './path-weights.ts';
import type { TickRange } from './selection.ts';
import { groupStretches } from './visit-runs.ts';
import { RunWeigher, type Weighing } from './weigh-runs.ts';

/** Chunks of the smallest blocks: 16 seconds of a recording. What they would save in smaller ones is not worth their memory. */
export const CHUNKS_PER_BLOCK = 32;
/** Blocks of one level in one of the next. */
export const BLOCKS_PER_BLOCK = 8;

/** Stands for the ticks whose stack is not known. */
const NO_STACK = -1;

export class WeightIndex {
  /** Chunks from the first on that it knows. */
  readonly chunkCount: number;
  readonly #levels: BlockLevel[] = [];

  constructor(model: TraceModel, weighing: Weighing, order: CallPathOrder) {
    const blockCount = Math.floor(model.runs.chunkCount / CHUNKS_PER_BLOCK);
    this.chunkCount = blockCount * CHUNKS_PER_BLOCK;
    const scratch = new PathWeights(order.count);
    let level = buildFirstLevel(model, new RunWeigher(model, weighing, order.ofStacks), blockCount, scratch);
    this.#levels.push(level);
    while (level.blockCount >= BLOCKS_PER_BLOCK) {
      level = buildNextLevel(level, scratch);
      this.#levels.push(level);
    }
  }

  /** Adds what the thread weighs in the chunks: `first` and `end` are multiples of {@link CHUNKS_PER_BLOCK}. @returns the amount without a stack. */
  add(thread: number, first: number, end: number, into: PathWeights): number {
    let withoutStack = 0;
    let [low, high] = [first / CHUNKS_PER_BLOCK, end / CHUNKS_PER_BLOCK];
    for (const [depth, level] of this.#levels.entries()) {
      const hasNext = depth + 1 < this.#levels.length;
      while (low < high && (low % BLOCKS_PER_BLOCK !== 0 || !hasNext)) withoutStack += level.add(low++, thread, into);
      while (low < high && (high % BLOCKS_PER_BLOCK !== 0 || !hasNext)) withoutStack += level.add(--high, thread, into);
      low /= BLOCKS_PER_BLOCK;
      high /= BLOCKS_PER_BLOCK;
    }
    return withoutStack;
  }
}

/** Blocks of one length, each with a group of entries per thread. */
class BlockLevel {
  /** Of each block, the group of each thread. */
  readonly #groups: ReadonlyMap<number, number>[] = [];
  /** First entry of each group, which ends where the next begins. */
  readonly #starts = int32Column();
  readonly #positions = int32Column();
  readonly #amounts = float64Column();

  get blockCount(): number {
    return this.#groups.length;
  }

  threadsOf(block: number): Iterable<number> {
    return this.#groups[block]!.keys();
  }

  /** @returns the amount without a stack. */
  add(block: number, thread: number, into: PathWeights): number {
    const group = this.#groups[block]!.get(thread);
    if (group === undefined) return 0;
    const positions = this.#positions.values;
    const amounts = this.#amounts.values;
    const end = group + 1 < this.#starts.length ? this.#starts.values[group + 1]! : this.#positions.length;
    let withoutStack = 0;
    for (let entry = this.#starts.values[group]!; entry < end; entry++) {
      const position = positions[entry]!;
      if (position === NO_STACK) withoutStack = amounts[entry]!;
      else into.add(position, amounts[entry]!);
    }
    return withoutStack;
  }

  /** `weigh` fills the weights with those of a thread, and tells its amount without a stack. */
  addBlock(threads: Iterable<number>, weights: PathWeights, weigh: (thread: number) => number): void {
    const groups = new Map<number, number>();
    for (const thread of threads) {
      const withoutStack = weigh(thread);
      groups.set(thread, this.#starts.length);
      this.#addGroup(weights, withoutStack);
      weights.clear();
    }
    this.#groups.push(groups);
  }

  /** In the order of the paths: whoever adds up blocks then goes through memory in one direction. */
  #addGroup({ present, presentCount, amounts }: PathWeights, withoutStack: number): void {
    reserveAndPush(this.#starts, this.#positions.length);
    this.#positions.reserve(presentCount + 1);
    this.#amounts.reserve(presentCount + 1);
    for (const position of present.subarray(0, presentCount).sort()) {
      this.#positions.push(position);
      this.#amounts.push(amounts[position]!);
    }
    if (withoutStack > 0) {
      this.#positions.push(NO_STACK);
      this.#amounts.push(withoutStack);
    }
  }
}

const reserveAndPush = (column: Column<Int32Array>, value: number): void => {
  column.reserve(1);
  column.push(value);
};

const buildFirstLevel = (
  model: TraceModel,
  weigher: RunWeigher,
  blockCount: number,
  scratch: PathWeights,
): BlockLevel => {
  const level = new BlockLevel();
  for (let block = 0; block < blockCount; block++) {
    const range: TickRange = {
      first: firstTickOf(model, block * CHUNKS_PER_BLOCK),
      end: firstTickOf(model, (block + 1) * CHUNKS_PER_BLOCK),
    };
    const stretches = groupStretches(model, range);
    level.addBlock(stretches.keys(), scratch, (thread) => weigher.weigh(stretches.get(thread)!, range, scratch));
  }
  return level;
};

const buildNextLevel = (level: BlockLevel, scratch: PathWeights): BlockLevel => {
  const next = new BlockLevel();
  for (let first = 0; first + BLOCKS_PER_BLOCK <= level.blockCount; first += BLOCKS_PER_BLOCK) {
    const blocks = Array.from({ length: BLOCKS_PER_BLOCK }, (_, nth) => first + nth);
    const threads = new Set(blocks.flatMap((block) => [...level.threadsOf(block)]));
    next.addBlock(threads, scratch, (thread) =>
      blocks.reduce((withoutStack, block) => withoutStack + level.add(block, thread, scratch), 0),
    );
  }
  return next;
};

/** Of a chunk, or of what would follow the last one. */
export const firstTickOf = ({ runs, tickCount }: TraceModel, chunk: number): number =>
  chunk < runs.chunkCount ? runs.chunkFirstTicks.values[chunk]! : tickCount;
