import type { ProcessMemory } from '../memory/process-memory.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { BAD_ADDRESS, NULL_ADDRESS, addressInWords, isMappable } from '../memory/remote-address.ts';
import type { ChainCopies } from './chain-witness.ts';
import { ChainWitness } from './chain-witness.ts';
import type { DataStackLayout, FrameLayout } from './layouts/struct-layout.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, STACK_CHUNK } from './layouts/struct-layout.ts';
import type { ChunkForecast, StackForecast } from './stack-forecast.ts';
import { MAX_OUTSIDE_FRAMES, MAX_STACK_CHUNKS } from './stack-forecast.ts';
import { ThreadPosition } from './thread-position.ts';

/** Outside frames closer than this are copied as one range: shims on the C stack are some hundred bytes apart. */
export const MAX_GAP_BYTES = 2048;
export const MAX_WINDOW_BYTES = 16 * 1024;
/** How much of the data stack is copied three times: all of a usual stack, the top forty frames of a deep one. */
const COMPARED_BYTES = 4096;
/** What of it lies above the top of the sample before. */
const COMPARED_ABOVE_BYTES = 1024;
/**
 * `moved`: the stack is not where it was expected; learn and try again. `changed`: the thread went on while it was copied.
 */
export type CopyOutcome = 'copied' | 'idle' | 'moved' | 'changed' | 'unreadable' | 'other-thread';

/**
 * One thread's stack, copied while the thread runs. Everything is asked for at once and in this order: the lower chunks of the data stack, its top, where the
 * thread is, the current chunk, the top again, where the thread is again. The stack shown is that of the moment at which the thread was first asked
 * where it is; {@link ChainWitness} tells whether the copies are of that moment.
 */
export class StackCopy implements ChainCopies {
  readonly #memory: ProcessMemory;
  readonly #frame: FrameLayout;
  readonly position: ThreadPosition;
  readonly #batch = new RangeBatch();
  currentFrame: RemoteAddress = NULL_ADDRESS;
  baseFrame: RemoteAddress = NULL_ADDRESS;
  /** Word position of the current frame's copy if it is in the current chunk, else -1. */
  topAt = -1;
  #chunkTop: RemoteAddress = NULL_ADDRESS;
  readonly #witness: ChainWitness;
  #beforeAt = 0;
  #afterAt = 0;
  #isStillDeep = false;
  #comparedStart = 0;
  #comparedEnd = 0;
  #chunkCount = 0;
  readonly #chunkAddresses = new Float64Array(MAX_STACK_CHUNKS);
  readonly #chunkUsed = new Int32Array(MAX_STACK_CHUNKS);
  readonly #chunkRanges = new Int32Array(MAX_STACK_CHUNKS);
  readonly #aheadAddresses = new Float64Array(MAX_OUTSIDE_FRAMES);
  readonly #aheadPositions = new Int32Array(MAX_OUTSIDE_FRAMES);
  #aheadCount = 0;
  #forecast: StackForecast | undefined;

  constructor(memory: ProcessMemory, layout: DataStackLayout) {
    this.#memory = memory;
    this.#frame = layout.frame;
    this.#witness = new ChainWitness(memory, layout);
    this.position = new ThreadPosition(layout.thread);
  }

  get words(): Uint32Array {
    return this.#batch.words;
  }

  copy(thread: RemoteAddress, pythonId: number, forecast: StackForecast): CopyOutcome {
    const batch = this.#batch;
    const { position } = this;
    const cFrameOffset = position.currentFrameInCFrame;
    const state = (thread + position.offset) as RemoteAddress;
    this.#forecast = forecast;
    batch.clear();
    this.#setCompared(forecast);
    this.#addLowerChunks(forecast);
    const comparedBefore = this.#addCompared();
    const stateRange = batch.add(state, position.length);
    const cFrameRange = this.#addCFrames(forecast);
    this.#addCurrentChunk(forecast);
    this.#addOutsideFrames(forecast);
    const comparedAfter = this.#addCompared();
    const stateAfter = batch.add(state, position.length);
    const copied = this.#memory.readRanges(batch);
    // The first range may be a chunk that is gone, and what a frame outside lay in as well.
    if (copied < batch.count) {
      forecast.outsideCount = 0;
      return 'moved';
    }

    const { words } = batch;
    const at = batch.positions[stateRange] ?? 0;
    const afterAt = batch.positions[stateAfter] ?? 0;
    if (position.pythonId(words, at) !== pythonId) return 'other-thread';
    const current = position.current(words, at);
    this.baseFrame = position.baseFrame(words, at);
    this.currentFrame = current;
    if (cFrameOffset !== undefined) this.currentFrame = this.#inCFrame(forecast, current, cFrameRange);
    if (this.currentFrame === BAD_ADDRESS) return 'moved';
    if (this.currentFrame === NULL_ADDRESS || this.currentFrame === this.baseFrame) return 'idle';
    if (!this.#isWhereExpected(forecast, at)) return 'moved';
    forecast.adjust(this.#chunkTop);
    this.#beforeAt = batch.positions[comparedBefore] ?? 0;
    this.#afterAt = batch.positions[comparedAfter] ?? 0;
    // Of a deep stack only the top is compared: what lies below it stayed only if the thread did not return that far.
    this.#isStillDeep =
      position.chunk(words, afterAt) === position.chunk(words, at) &&
      position.chunkTop(words, afterAt) > this.#comparedStart;
    this.topAt = this.#findTop();
    if (this.#witness.isOneStack(this)) return 'copied';
    // What a thread called was copied after it was asked; what it returned from may be gone by then, and was copied before.
    if (!this.#exchangeCompared()) return 'changed';
    this.topAt = this.#findTop();
    return this.#witness.isOneStack(this) ? 'copied' : 'changed';
  }

  /** Word position of a frame's copy; -1 if the frame is not in this chunk. */
  findInChunk(address: RemoteAddress, chunk: number): number {
    const offset = address - (this.#chunkAddresses[chunk] ?? 0);
    const isInside = offset >= STACK_CHUNK.data && offset + this.#frame.size <= (this.#chunkUsed[chunk] ?? 0);
    return isInside ? this.#chunkPosition(chunk) + offset / 4 : -1;
  }

  findInStack(address: RemoteAddress): number {
    for (let chunk = 0; chunk < this.#chunkCount; chunk++) {
      const at = this.findInChunk(address, chunk);
      if (at >= 0) return at;
    }
    return -1;
  }

  endOfChunk(address: RemoteAddress): number {
    for (let chunk = 0; chunk < this.#chunkCount; chunk++)
      if (this.findInChunk(address, chunk) >= 0) return this.#chunkPosition(chunk) + (this.#chunkUsed[chunk] ?? 0) / 4;
    return 0;
  }

  hasStayed(address: RemoteAddress): boolean {
    if (!this.#isCompared(address)) {
      const isAbove = address >= this.#comparedEnd - this.#frame.size && address < this.#comparedEnd + COMPARED_BYTES;
      return this.#isStillDeep && !isAbove;
    }
    const offset = (address - this.#comparedStart) / 4;
    const at = this.findInChunk(address, 0);
    return this.#isSameFrame(at, this.#beforeAt + offset) && this.#isSameFrame(at, this.#afterAt + offset);
  }

  hasChangedCaller(address: RemoteAddress, slot: number): boolean {
    const slotAddress = (address + slot * 4) as RemoteAddress;
    if (address < this.#comparedStart || slotAddress + 8 > this.#comparedEnd) return false;
    const at = this.findInChunk(address, 0);
    const offset = (address - this.#comparedStart) / 4;
    const { words } = this;
    const { callable } = this.#frame;
    let isDoubtful = false;
    for (const other of [this.#beforeAt + offset, this.#afterAt + offset]) {
      if (!isSamePointer(words, at, other, slot * 4)) continue;
      if (isSamePointer(words, at, other, callable)) return false;
      isDoubtful = true;
    }
    return isDoubtful;
  }

  get chunkCount(): number {
    return this.#chunkCount;
  }

  /**
   * Word position of the copy of a frame that is not in the data stack, made ahead.
   *
   * @param nth how many such frames the walk met before: those expected are met in the same order
   */
  findOutside(address: RemoteAddress, nth: number): number {
    if (nth < this.#aheadCount && this.#aheadAddresses[nth] === address) return this.#aheadPositions[nth] ?? -1;
    for (let index = 0; index < this.#aheadCount; index++)
      if (this.#aheadAddresses[index] === address) return this.#aheadPositions[index] ?? -1;
    return -1;
  }

  /** Copies a frame that was not expected. Its word position; -1 if it cannot be read. */
  copyLate(address: RemoteAddress): number {
    const batch = this.#batch;
    const { size } = this.#frame;
    batch.reserve(size);
    if (this.#memory.read(address, size, batch.bytes, batch.byteLength) !== size) return -1;
    const at = batch.byteLength / 4;
    batch.byteLength += size;
    return at;
  }

  /** Remembers a frame outside the data stack for the next sample; false if there are too many. */
  expectOutside(address: RemoteAddress, nth: number): boolean {
    if (nth >= MAX_OUTSIDE_FRAMES || this.#forecast === undefined) return false;
    if (nth === 0) this.#forecast.outsideCount = 0;
    this.#forecast.addOutside(address);
    return true;
  }

  /** Where the outermost frame of the data stack lies; null where there is no data stack, or nothing in it. */
  rootFrameAddress(): RemoteAddress {
    const root = this.#chunkCount - 1;
    if (root < 0) return NULL_ADDRESS;
    const first = (this.#chunkAddresses[root] ?? 0) + FIRST_FRAME_IN_ROOT_CHUNK;
    return (root > 0 || this.#chunkTop > first ? first : NULL_ADDRESS) as RemoteAddress;
  }

  /** All but the current one, the root first: what is not about to change is copied ahead. */
  #addLowerChunks({ chunks }: StackForecast): void {
    this.#chunkCount = chunks.length;
    for (let index = chunks.length - 1; index > 0; index--) this.#addChunk(chunks, index);
  }

  #addCurrentChunk({ chunks }: StackForecast): void {
    if (chunks.length > 0) this.#addChunk(chunks, 0);
  }

  #addChunk(chunks: readonly ChunkForecast[], index: number): void {
    const chunk = chunks[index];
    if (chunk === undefined) return;
    this.#chunkAddresses[index] = chunk.address;
    this.#chunkRanges[index] = this.#batch.add(chunk.address, chunk.length);
  }

  #addOutsideFrames({ outside, outsideCount: count }: StackForecast): void {
    const { size } = this.#frame;
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
      const range = this.#batch.add(start as RemoteAddress, end - start);
      for (let index = first; index < next; index++) {
        const address = outside[index] ?? 0;
        this.#aheadAddresses[index] = address;
        this.#aheadPositions[index] = (this.#batch.positions[range] ?? 0) + (address - start) / 4;
      }
      first = next;
    }
  }

  /** One range for each C frame that is expected; the index of the first, -1 if there is none. */
  #addCFrames({ cFrames }: StackForecast): number {
    const offset = this.position.currentFrameInCFrame;
    if (offset === undefined) return -1;
    const first = this.#batch.count;
    for (const address of cFrames) this.#batch.add((address + offset) as RemoteAddress, 8);
    return first;
  }

  /** What the C frame says is the current frame; bad if that C frame was not expected. */
  #inCFrame({ cFrames }: StackForecast, cFrame: RemoteAddress, firstRange: number): RemoteAddress {
    const index = cFrames.indexOf(cFrame);
    if (index < 0) return BAD_ADDRESS;
    return addressInWords(this.words, this.#batch.positions[firstRange + index] ?? 0);
  }

  /** The part of the data stack that is compared: around the top of the sample before. */
  #setCompared({ chunks, chunkTop }: StackForecast): void {
    const chunk = chunks[0];
    this.#comparedStart = this.#comparedEnd = 0;
    if (chunk === undefined) return;
    const copiedEnd = chunk.address + chunk.length;
    // Chunk and top are two words of the thread state: the top may be that of another chunk.
    const isTopInside = chunkTop > chunk.address && chunkTop <= copiedEnd;
    const end =
      isTopInside && chunk.length > COMPARED_BYTES ? Math.min(copiedEnd, chunkTop + COMPARED_ABOVE_BYTES) : copiedEnd;
    this.#comparedEnd = end;
    this.#comparedStart = Math.max(chunk.address + STACK_CHUNK.data, end - COMPARED_BYTES);
  }

  #addCompared(): number {
    if (this.#comparedEnd === 0) return -1;
    return this.#batch.add(this.#comparedStart as RemoteAddress, this.#comparedEnd - this.#comparedStart);
  }

  /**
   * Puts the top of the stack that was copied before the thread was asked in the place of that copied after, and the other way round. Where it is but a part of the stack, that joins two moments: only
   * where popped frames lose their code, so that there is no other way, is that worth it.
   */
  #exchangeCompared(): boolean {
    const start = this.#comparedStart - (this.#chunkAddresses[0] ?? 0);
    const isAll = this.#chunkCount === 1 && start === STACK_CHUNK.data;
    if (this.#comparedEnd === 0 || !(isAll || this.#frame.isClearedWhenPopped)) return false;
    const { words } = this;
    const at = this.#chunkPosition(0) + start / 4;
    const end = at + (this.#comparedEnd - this.#comparedStart) / 4;
    const later = words.slice(at, end);
    words.copyWithin(at, this.#beforeAt, this.#beforeAt + end - at);
    words.set(later, this.#beforeAt);
    return true;
  }

  /** Whether the chunks are those that were expected, and no longer. */
  #isWhereExpected({ chunks }: StackForecast, stateAt: number): boolean {
    const { position, words } = this;
    const top = position.chunkTop(words, stateAt);
    let expected = position.chunk(words, stateAt);
    this.#chunkTop = top;
    for (let index = 0; index < chunks.length; index++) {
      const chunk = chunks[index];
      if (chunk === undefined || chunk.address !== expected) return false;
      const at = this.#chunkPosition(index);
      const used =
        index === 0 ? top - chunk.address : STACK_CHUNK.data + (words[at + STACK_CHUNK.usedWords / 4] ?? 0) * 8;
      if (used < STACK_CHUNK.data || used > chunk.length || used % 8 !== 0) return false;
      // The top was read a moment before the current frame, which may already lie above it.
      this.#chunkUsed[index] = index === 0 ? chunk.length : used;
      expected = addressInWords(words, at + STACK_CHUNK.previous / 4);
    }
    return expected === NULL_ADDRESS;
  }

  /** A frame that was popped since has lost its code in some versions; a copy made a moment earlier or later may still have it. */
  #findTop(): number {
    const { executable, isClearedWhenPopped } = this.#frame;
    const { words, currentFrame } = this;
    const at = this.findInStack(currentFrame);
    if (at < 0 || !isClearedWhenPopped || !this.#isCompared(currentFrame)) return at;
    const offset = (currentFrame - this.#comparedStart) / 4;
    const copies = [at, this.#beforeAt + offset, this.#afterAt + offset];
    return copies.find((copy) => isMappable(addressInWords(words, copy + (executable >> 2)))) ?? at;
  }

  #isCompared(address: RemoteAddress): boolean {
    return address >= this.#comparedStart && address + this.#frame.size <= this.#comparedEnd;
  }

  #isSameFrame(first: number, second: number): boolean {
    const { previous, executable, callable } = this.#frame;
    const { words } = this;
    return (
      isSamePointer(words, first, second, executable) &&
      isSamePointer(words, first, second, previous) &&
      isSamePointer(words, first, second, callable)
    );
  }

  #chunkPosition(chunk: number): number {
    return this.#batch.positions[this.#chunkRanges[chunk] ?? 0] ?? 0;
  }
}

const isSamePointer = (words: Uint32Array, first: number, second: number, offset: number): boolean => {
  const word = offset >> 2;
  return words[first + word] === words[second + word] && words[first + word + 1] === words[second + word + 1];
};
