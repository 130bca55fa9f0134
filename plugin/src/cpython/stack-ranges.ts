import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';
import type { ChunkForecast, StackForecast } from './stack-forecast.ts';
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

/**
 * The ranges of memory that make the copy of one thread's stack, where a forecast says that they lie, and where the copies are. They are asked for at once and in this order: the
 * lower chunks of the data stack, its top, where the thread is, the current chunk, the top again, where the thread is again.
 */
export class StackRanges {
  readonly batch = new RangeBatch();
  readonly #position: ThreadPosition;
  readonly #frameBytes: number;
  chunkCount = 0;
  readonly chunkAddresses = new Float64Array(MAX_STACK_CHUNKS);
  readonly #chunkRanges = new Int32Array(MAX_STACK_CHUNKS);
  /** The part of the data stack that is compared: around the top of the sample before. */
  comparedStart = 0;
  comparedEnd = 0;
  #comparedBefore = NO_RANGE;
  #comparedAfter = NO_RANGE;
  #stateBefore = NO_RANGE;
  #stateAfter = NO_RANGE;
  #firstCFrame = NO_RANGE;
  readonly #aheadAddresses = new Float64Array(MAX_OUTSIDE_FRAMES);
  readonly #aheadPositions = new Int32Array(MAX_OUTSIDE_FRAMES);
  #aheadCount = 0;

  constructor(position: ThreadPosition, frameBytes: number) {
    this.#position = position;
    this.#frameBytes = frameBytes;
  }

  get words(): Uint32Array {
    return this.batch.words;
  }

  /** Adds all ranges to the batch, behind what it holds already. */
  add(thread: RemoteAddress, forecast: StackForecast): void {
    const { batch } = this;
    const position = this.#position;
    const state = (thread + position.offset) as RemoteAddress;
    this.#setCompared(forecast);
    this.#addLowerChunks(forecast);
    this.#comparedBefore = this.#addCompared();
    this.#stateBefore = batch.add(state, position.length);
    this.#addCFrames(forecast);
    this.#addChunk(forecast.chunks, 0);
    this.#addOutsideFrames(forecast);
    this.#comparedAfter = this.#addCompared();
    this.#stateAfter = batch.add(state, position.length);
  }

  /** Word positions of the copies of the thread's state: that which counts, and the later one. */
  get stateAt(): number {
    return this.#at(this.#stateBefore);
  }

  get stateAfterAt(): number {
    return this.#at(this.#stateAfter);
  }

  /** Word positions of the copies of the compared part made before and after. */
  get comparedBeforeAt(): number {
    return this.#at(this.#comparedBefore);
  }

  get comparedAfterAt(): number {
    return this.#at(this.#comparedAfter);
  }

  chunkAt(chunk: number): number {
    return this.#at(this.#chunkRanges[chunk] ?? NO_RANGE);
  }

  /** Word position of what the nth expected C frame says is the current frame. */
  cFrameAt(nth: number): number {
    return this.#at(this.#firstCFrame + nth);
  }

  /**
   * Word position of the copy of a frame that is not in the data stack.
   *
   * @param nth how many such frames the walk met before: those expected are met in the same order
   */
  findOutside(address: RemoteAddress, nth: number): number {
    if (nth < this.#aheadCount && this.#aheadAddresses[nth] === address) return this.#aheadPositions[nth] ?? NO_RANGE;
    for (let index = 0; index < this.#aheadCount; index++)
      if (this.#aheadAddresses[index] === address) return this.#aheadPositions[index] ?? NO_RANGE;
    return NO_RANGE;
  }

  #at(range: number): number {
    return this.batch.positions[range] ?? 0;
  }

  /** All but the current one, the root first: what is not about to change is copied ahead. */
  #addLowerChunks({ chunks }: StackForecast): void {
    this.chunkCount = chunks.length;
    for (let index = chunks.length - 1; index > 0; index--) this.#addChunk(chunks, index);
  }

  #addChunk(chunks: readonly ChunkForecast[], index: number): void {
    const chunk = chunks[index];
    if (chunk === undefined) return;
    this.chunkAddresses[index] = chunk.address;
    this.#chunkRanges[index] = this.batch.add(chunk.address, chunk.length);
  }

  #addOutsideFrames({ outside, outsideCount: count }: StackForecast): void {
    const size = this.#frameBytes;
    this.#aheadCount = count;
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
      for (let index = first; index < next; index++) {
        const address = outside[index] ?? 0;
        this.#aheadAddresses[index] = address;
        this.#aheadPositions[index] = this.#at(range) + (address - start) / 4;
      }
      first = next;
    }
  }

  /** One range for each C frame that is expected. */
  #addCFrames({ cFrames }: StackForecast): void {
    const offset = this.#position.currentFrameInCFrame;
    if (offset === undefined) return;
    this.#firstCFrame = this.batch.count;
    for (const address of cFrames) this.batch.add((address + offset) as RemoteAddress, 8);
  }

  #setCompared({ chunks, chunkTop }: StackForecast): void {
    const chunk = chunks[0];
    this.comparedStart = this.comparedEnd = 0;
    if (chunk === undefined) return;
    const copiedEnd = chunk.address + chunk.length;
    // Chunk and top are two words of the thread state: the top may be that of another chunk.
    const isTopInside = chunkTop > chunk.address && chunkTop <= copiedEnd;
    const end =
      isTopInside && chunk.length > COMPARED_BYTES ? Math.min(copiedEnd, chunkTop + COMPARED_ABOVE_BYTES) : copiedEnd;
    this.comparedEnd = end;
    this.comparedStart = Math.max(chunk.address + STACK_CHUNK.data, end - COMPARED_BYTES);
  }

  #addCompared(): number {
    if (this.comparedEnd === 0) return NO_RANGE;
    return this.batch.add(this.comparedStart as RemoteAddress, this.comparedEnd - this.comparedStart);
  }
}
