import type { RemoteAddress } from '../memory/remote-address.ts';

/** Lists of chunks remembered beside the one that is expected. */
export const MAX_OTHER_LISTS = 3;
/** After so many samples with the same list, no other is expected any more. */
export const RESTLESS_SAMPLES = 32;

export interface ChunkForecast {
  readonly address: RemoteAddress;
  /** Size of the whole chunk. */
  readonly size: number;
  /** How much of it to copy. */
  length: number;
}

/** The chunks of one stack: the current one first, the root last. */
export type ChunkList = readonly ChunkForecast[];

/**
 * The lists of chunks that one thread's stack had lately. A stack that grows and shrinks across the end of a chunk has a few by turns, each of them the beginning of a longer one: they are taken from
 * the system and given back each time, mostly at the same addresses.
 */
export class ChunkLists {
  #expected: ChunkList = [];
  /** By their current chunk, newest last. */
  readonly #others = new Map<RemoteAddress, ChunkList>();
  #restless = 0;
  #possible: readonly ChunkList[] | undefined;

  /** That of the sample before. */
  get expected(): ChunkList {
    return this.#expected;
  }

  /**
   * The lists of which one is likely to be that of the next moment, shortest first: the expected one, and where it changed lately those that are its
   * beginning, or go on from it. Each is the beginning, from the root, of the next one.
   */
  get possible(): readonly ChunkList[] {
    return (this.#possible ??= this.#restless === 0 ? [this.#expected] : this.#findPossible());
  }

  /** Expects again the list that ended with this chunk; false if it was not expected lately, or is now. */
  expectKnown(current: RemoteAddress): boolean {
    const list = this.#others.get(current);
    if (list === undefined) return false;
    this.#others.delete(current);
    this.#remember(this.#expected);
    this.#expected = list;
    this.#restless = RESTLESS_SAMPLES;
    this.#possible = undefined;
    return true;
  }

  /** Expects a list that was not known. What was expected of the very same chunk has proved wrong: it is not worth remembering. */
  expectNew(list: ChunkList): void {
    if (this.#expected[0]?.address !== list[0]?.address) this.#remember(this.#expected);
    this.#expected = list;
    this.#possible = undefined;
  }

  /** A stack was found in the list that ends with this chunk, one of the possible ones. */
  confirm(current: RemoteAddress): void {
    if (this.expectKnown(current) || this.#restless === 0) return;
    if (--this.#restless === 0) this.#possible = undefined;
  }

  #remember(list: ChunkList): void {
    const current = list[0]?.address;
    if (current === undefined) return;
    this.#others.delete(current);
    this.#others.set(current, list);
    const [oldest] = this.#others.keys();
    if (this.#others.size > MAX_OTHER_LISTS && oldest !== undefined) this.#others.delete(oldest);
  }

  #findPossible(): readonly ChunkList[] {
    const others = [...this.#others.values()];
    const longest = others
      .filter((list) => isBeginning(this.#expected, list))
      .reduce((longest, list) => (list.length > longest.length ? list : longest), this.#expected);
    return [this.#expected, ...others]
      .filter((list) => isBeginning(list, longest))
      .sort((first, second) => first.length - second.length);
  }
}

/** Whether a list is what another was before it grew, or after it shrank. */
const isBeginning = (list: ChunkList, whole: ChunkList): boolean => {
  const above = whole.length - list.length;
  return list.every(({ address }, index) => address === whole[above + index]?.address);
};
