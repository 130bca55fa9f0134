import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import type { ChunkForecast, ChunkList } from './chunk-lists.ts';
import { MAX_OTHER_LISTS } from './chunk-lists.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';
import type { StackForecast } from './stack-forecast.ts';
import { MAX_OUTSIDE_FRAMES, MAX_STACK_CHUNKS } from './stack-forecast.ts';
import type { ThreadPosition } from './thread-position.ts';

/** Outside frames closer than this are copied as one range: shims on the C stack are some hundred bytes apart. */
export const MAX_GAP_BYTES = 2048;
export const MAX_WINDOW_BYTES = 16 * 1024;
/** How much of the data stack is copied three times: all of a usual stack, the top forty frames of a deep one. */
const COMPARED_BYTES = 4096;
/** What of it lies above the top of the sample before. */
const COMPARED_ABOVE_BYTES = 1024;
const NO_RANGE = -1;

/** The ranges that are copied around one moment, for the case that a certain chunk is the current one then. */
class Moment {
  /** Chunks up to the current one. */
  chunkCount = 0;
  /** The part of the current chunk that is compared. */
  comparedStart = 0;
  comparedEnd = 0;
  comparedBefore = NO_RANGE;
  comparedAfter = NO_RANGE;
  stateBefore = NO_RANGE;
  stateAfter = NO_RANGE;
  firstCFrame = NO_RANGE;
  readonly outsidePositions = new Int32Array(MAX_OUTSIDE_FRAMES);
}

/**
 * The ranges of memory that make the copy of one thread's stack, where a forecast says that they lie, and where the copies are. They are asked for at once and in this order: the
 * lower chunks of the data stack, its top, where the thread is, the current chunk, the top again, where the thread is again. Where any of several chunks may be the current one, that is
 * done for each of them from the root up, within the same call: the copies are of several moments, and those of the chunks that are gone are missing at its end.
 */
export class StackRanges {
  readonly batch = new RangeBatch();
  readonly #position: ThreadPosition;
  readonly #frameBytes: number;
  readonly #moments = Array.from({ length: MAX_OTHER_LISTS + 1 }, () => new Moment());
  /** How many moments there are, the first the one with the fewest chunks. */
  momentCount = 0;
  #moment = this.#moments[0] as Moment;
  /** From the root up. */
  readonly #chunkAddresses = new Float64Array(MAX_STACK_CHUNKS);
  readonly #chunkLengths = new Int32Array(MAX_STACK_CHUNKS);
  readonly #chunkRanges = new Int32Array(MAX_STACK_CHUNKS);
  readonly #outsideAddresses = new Float64Array(MAX_OUTSIDE_FRAMES);
  #outsideCount = 0;

  constructor(position: ThreadPosition, frameBytes: number) {
    this.#position = position;
    this.#frameBytes = frameBytes;
  }

  get words(): Uint32Array {
    return this.batch.words;
  }

  /** Adds all ranges to the batch, behind what it holds already. */
  add(thread: RemoteAddress, forecast: StackForecast): void {
    const { lists, outside, outsideCount } = forecast;
    const state = (thread + this.#position.offset) as RemoteAddress;
    this.#outsideCount = outsideCount;
    for (let nth = 0; nth < outsideCount; nth++) this.#outsideAddresses[nth] = outside[nth] ?? 0;
    this.momentCount = 0;
    let added = 0;
    for (const list of lists) {
      for (; added < list.length; added++) {
        this.#noteChunk(list, added, lists);
        // All but the current one, the root first: what is not about to change is copied ahead.
        if (added < list.length - 1) this.#addChunk(added);
      }
      this.#addMoment(state, list, forecast);
    }
  }

  /**
   * What follows is about this moment.
   *
   * @param copied ranges of the batch that could be copied
   * @returns whether all of that moment was
   */
  select(nth: number, copied: number): boolean {
    const moment = this.#moments[nth];
    if (moment === undefined || moment.stateAfter >= copied) return false;
    this.#moment = moment;
    return true;
  }

  get chunkCount(): number {
    return this.#moment.chunkCount;
  }

  get comparedStart(): number {
    return this.#moment.comparedStart;
  }

  get comparedEnd(): number {
    return this.#moment.comparedEnd;
  }

  /** Word positions of the copies of the thread's state: that which counts, and the later one. */
  get stateAt(): number {
    return this.#at(this.#moment.stateBefore);
  }

  get stateAfterAt(): number {
    return this.#at(this.#moment.stateAfter);
  }

  /** Word positions of the copies of the compared part made before and after. */
  get comparedBeforeAt(): number {
    return this.#at(this.#moment.comparedBefore);
  }

  get comparedAfterAt(): number {
    return this.#at(this.#moment.comparedAfter);
  }

  /** Chunks are counted from the current one down. */
  chunkAddress(chunk: number): number {
    return this.#chunkAddresses[this.#moment.chunkCount - 1 - chunk] ?? 0;
  }

  /** How much of the chunk was asked for. */
  chunkLength(chunk: number): number {
    return this.#chunkLengths[this.#moment.chunkCount - 1 - chunk] ?? 0;
  }

  chunkAt(chunk: number): number {
    return this.#at(this.#chunkRanges[this.#moment.chunkCount - 1 - chunk] ?? NO_RANGE);
  }

  /** Word position of what the nth expected C frame says is the current frame. */
  cFrameAt(nth: number): number {
    return this.#at(this.#moment.firstCFrame + nth);
  }

  /**
   * Word position of the copy of a frame that is not in the data stack.
   *
   * @param nth how many such frames the walk met before: those expected are met in the same order
   */
  findOutside(address: RemoteAddress, nth: number): number {
    const { outsidePositions } = this.#moment;
    if (nth < this.#outsideCount && this.#outsideAddresses[nth] === address) return outsidePositions[nth] ?? NO_RANGE;
    for (let index = 0; index < this.#outsideCount; index++)
      if (this.#outsideAddresses[index] === address) return outsidePositions[index] ?? NO_RANGE;
    return NO_RANGE;
  }

  #at(range: number): number {
    return this.batch.positions[range] ?? 0;
  }

  #addMoment(state: RemoteAddress, list: ChunkList, forecast: StackForecast): void {
    const { batch } = this;
    const moment = this.#moments[this.momentCount++] as Moment;
    const { length } = this.#position;
    moment.chunkCount = list.length;
    this.#moment = moment;
    this.#setCompared(moment, forecast.chunkTop);
    moment.comparedBefore = this.#addCompared(moment);
    moment.stateBefore = batch.add(state, length);
    this.#addCFrames(moment, forecast);
    if (list.length > 0) this.#addChunk(list.length - 1);
    this.#addOutsideFrames(moment);
    moment.comparedAfter = this.#addCompared(moment);
    moment.stateAfter = batch.add(state, length);
  }

  /** @param nth from the root up */
  #noteChunk(list: ChunkList, nth: number, lists: readonly ChunkList[]): void {
    const chunk = list[list.length - 1 - nth] as ChunkForecast;
    this.#chunkAddresses[nth] = chunk.address;
    let length = chunk.length;
    // What one list says of the top of a chunk, another may say of the whole of it.
    for (const other of lists) length = Math.max(length, other[other.length - 1 - nth]?.length ?? 0);
    this.#chunkLengths[nth] = length;
  }

  #addChunk(nth: number): void {
    const address = (this.#chunkAddresses[nth] ?? 0) as RemoteAddress;
    this.#chunkRanges[nth] = this.batch.add(address, this.#chunkLengths[nth] ?? 0);
  }

  #addOutsideFrames(moment: Moment): void {
    const size = this.#frameBytes;
    const count = this.#outsideCount;
    const outside = this.#outsideAddresses;
    for (let first = 0; first < count;) {
      const start = outside[first] ?? 0;
      let end = start + size;
      let next = first + 1;
      for (; next < count; next++) {
        const address = outside[next] ?? 0;
        if (address < end || address - end > MAX_GAP_BYTES || address + size - start > MAX_WINDOW_BYTES) break;
        end = address + size;
      }
      const range = this.batch.add(start as RemoteAddress, end - start);
      for (let index = first; index < next; index++)
        moment.outsidePositions[index] = this.#at(range) + ((outside[index] ?? 0) - start) / 4;
      first = next;
    }
  }

  /** One range for each C frame that is expected. */
  #addCFrames(moment: Moment, { cFrames }: StackForecast): void {
    const offset = this.#position.currentFrameInCFrame;
    if (offset === undefined) return;
    moment.firstCFrame = this.batch.count;
    for (const address of cFrames) this.batch.add((address + offset) as RemoteAddress, 8);
  }

  #setCompared(moment: Moment, chunkTop: RemoteAddress): void {
    moment.comparedStart = moment.comparedEnd = 0;
    if (moment.chunkCount === 0) return;
    const start = this.chunkAddress(0);
    const length = this.chunkLength(0);
    const copiedEnd = start + length;
    // Chunk and top are two words of the thread state: the top may be that of another chunk.
    const isTopInside = chunkTop > start && chunkTop <= copiedEnd;
    const end =
      isTopInside && length > COMPARED_BYTES ? Math.min(copiedEnd, chunkTop + COMPARED_ABOVE_BYTES) : copiedEnd;
    moment.comparedEnd = end;
    moment.comparedStart = Math.max(start + STACK_CHUNK.data, end - COMPARED_BYTES);
  }

  #addCompared({ comparedStart, comparedEnd }: Moment): number {
    if (comparedEnd === 0) return NO_RANGE;
    return this.batch.add(comparedStart as RemoteAddress, comparedEnd - comparedStart);
  }
}
