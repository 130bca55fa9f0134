import type { PathLayout } from './path-layout.ts';
import type { PathWeights } from './path-weights.ts';

/** Positions of a block: a power of two. Larger ones take less to add up, and more to look into at both ends of a span. */
const BLOCK_BITS = 4;
const BLOCK_LENGTH = 1 << BLOCK_BITS;

/**
 * What each call path weighs with all below it, which follows it in the layout without gaps: sums before each block of positions tell that of any span, so that neither are
 * all paths gone over for a group that has few of them, nor are those climbed from that it has.
 */
export class PathSums {
  readonly #ends: Int32Array;
  /** Amounts before each block, and at the end of all. */
  readonly #before: Float64Array;
  #amounts: Float64Array = new Float64Array();

  constructor({ count, ends }: PathLayout) {
    this.#ends = ends;
    this.#before = new Float64Array((count >> BLOCK_BITS) + 2);
  }

  /** Of these from now on, until they change. */
  take({ present, presentCount, amounts }: PathWeights): void {
    const before = this.#before.fill(0);
    for (let index = 0; index < presentCount; index++) {
      const position = present[index]!;
      before[(position >> BLOCK_BITS) + 1]! += amounts[position]!;
    }
    for (let block = 1; block < before.length; block++) before[block]! += before[block - 1]!;
    this.#amounts = amounts;
  }

  /** Of all paths. */
  get whole(): number {
    return this.#before.at(-1)!;
  }

  totalOf(position: number): number {
    const end = this.#ends[position]!;
    const firstBlock = (position + BLOCK_LENGTH - 1) >> BLOCK_BITS;
    const endBlock = end >> BLOCK_BITS;
    if (firstBlock >= endBlock) return this.#sum(position, end);
    return (
      this.#sum(position, firstBlock << BLOCK_BITS) +
      (this.#before[endBlock]! - this.#before[firstBlock]!) +
      this.#sum(endBlock << BLOCK_BITS, end)
    );
  }

  #sum(first: number, end: number): number {
    const amounts = this.#amounts;
    let sum = 0;
    for (let position = first; position < end; position++) sum += amounts[position]!;
    return sum;
  }
}
