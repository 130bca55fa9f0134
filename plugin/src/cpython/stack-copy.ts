import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { BAD_ADDRESS, NULL_ADDRESS, addressInWords, isMappable } from '../memory/remote-address.ts';
import { ChainMemory } from './chain-memory.ts';
import type { ChainCopies } from './chain-witness.ts';
import { ChainWitness } from './chain-witness.ts';
import type { DataStackLayout, FrameLayout } from './layouts/struct-layout.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, STACK_CHUNK } from './layouts/struct-layout.ts';
import type { StackForecast } from './stack-forecast.ts';
import { MAX_OUTSIDE_FRAMES, MAX_STACK_CHUNKS } from './stack-forecast.ts';
import { StackRanges } from './stack-ranges.ts';
import { ThreadPosition } from './thread-position.ts';

/** A frame this far above the compared part may have been pushed since. */
const UNKNOWN_ABOVE_BYTES = 4096;
const POINTER_BYTES = 8;

/**
 * `moved`: the stack is not where it was expected; learn and try again. `changed`: the thread went on while it was copied.
 */
export type CopyOutcome = 'copied' | 'idle' | 'moved' | 'changed' | 'unreadable' | 'other-thread';

/**
 * One thread's stack, copied while the thread runs. The stack shown is that of the moment at which the thread was first asked where it is; {@link ChainWitness} tells
 * whether the copies are of that moment.
 */
export class StackCopy implements ChainCopies {
  readonly #memory: ProcessMemory;
  readonly #frame: FrameLayout;
  readonly position: ThreadPosition;
  readonly #ranges: StackRanges;
  currentFrame: RemoteAddress = NULL_ADDRESS;
  baseFrame: RemoteAddress = NULL_ADDRESS;
  /** Word position of the current frame's copy if it is in the current chunk, else -1. */
  topAt = -1;
  foundInChunk = 0;
  chains: ChainMemory;
  #chunkTop: RemoteAddress = NULL_ADDRESS;
  readonly #witness: ChainWitness;
  #isStillDeep = false;
  #isExchanged = false;
  readonly #chunkUsed = new Int32Array(MAX_STACK_CHUNKS);
  #forecast: StackForecast | undefined;

  constructor(memory: ProcessMemory, layout: DataStackLayout) {
    this.#memory = memory;
    this.#frame = layout.frame;
    this.#witness = new ChainWitness(memory, layout);
    this.position = new ThreadPosition(layout.thread);
    this.#ranges = new StackRanges(this.position, layout.frame.size);
    this.chains = new ChainMemory(layout.frame.size);
  }

  get words(): Uint32Array {
    return this.#ranges.words;
  }

  get copied(): RangeBatch {
    return this.#ranges.batch;
  }

  /** An empty batch, which the next {@link plan} adds to: what has to be of the same moment may be put in front. */
  begin(): RangeBatch {
    const { batch } = this.#ranges;
    batch.clear();
    return batch;
  }

  /** Adds what makes the copy of a thread's stack. */
  plan(thread: RemoteAddress, forecast: StackForecast): void {
    this.#forecast = forecast;
    this.chains = forecast.chains;
    this.#ranges.add(thread, forecast);
  }

  /** Plans and copies. */
  copy(thread: RemoteAddress, pythonId: number, forecast: StackForecast): CopyOutcome {
    const batch = this.begin();
    this.plan(thread, forecast);
    return this.take(pythonId, forecast, this.#memory.readRanges(batch));
  }

  /**
   * Looks at what was copied of the plan.
   *
   * @param copied ranges of the batch that could be copied
   */
  take(pythonId: number, forecast: StackForecast, copied: number): CopyOutcome {
    const ranges = this.#ranges;
    let outcome: CopyOutcome = 'moved';
    // The first range may be a chunk that is gone, and what a frame outside lay in as well.
    if (!ranges.select(0, copied)) forecast.outsideCount = 0;
    // The one with the most chunks first: it is the rarest to be whole.
    for (let moment = ranges.momentCount - 1; moment >= 0; moment--) {
      if (!ranges.select(moment, copied)) continue;
      const found = this.#look(pythonId, forecast);
      if (found !== 'moved') outcome = found;
      if (found !== 'moved' && found !== 'changed') break;
    }
    return outcome;
  }

  /** Looks at the copies around one moment. */
  #look(pythonId: number, forecast: StackForecast): CopyOutcome {
    const ranges = this.#ranges;
    const { position } = this;
    const { words, stateAt, stateAfterAt } = ranges;
    if (position.pythonId(words, stateAt) !== pythonId) return 'other-thread';
    const current = position.current(words, stateAt);
    this.baseFrame = position.baseFrame(words, stateAt);
    this.currentFrame = position.currentFrameInCFrame === undefined ? current : this.#inCFrame(forecast, current);
    if (this.currentFrame === BAD_ADDRESS) return 'moved';
    if (this.currentFrame === NULL_ADDRESS || this.currentFrame === this.baseFrame) return 'idle';
    if (!this.#isWhereExpected(stateAt)) return 'moved';
    forecast.adjust(position.chunk(words, stateAt), this.#chunkTop);
    // Of a deep stack only the top is compared: what lies below it stayed only if the thread did not return that far.
    this.#isStillDeep =
      position.chunk(words, stateAfterAt) === position.chunk(words, stateAt) &&
      position.chunkTop(words, stateAfterAt) > ranges.comparedStart;
    this.#isExchanged = false;
    this.topAt = this.#findTop();
    if (this.#witness.isOneStack(this)) return 'copied';
    // What a thread called was copied after it was asked; what it returned from may be gone by then, and was copied before.
    if (!this.#exchangeCompared()) return 'changed';
    this.topAt = this.#findTop();
    return this.#witness.isOneStack(this) ? 'copied' : 'changed';
  }

  /** Remembers the stack, which has proved right, for the next sample of this thread. Gives the number of the chain that it is like. */
  keep(): number {
    return this.chains.keep(this);
  }

  /** Word position of a frame's copy; -1 if the frame is not in this chunk. */
  findInChunk(address: RemoteAddress, chunk: number): number {
    const offset = address - this.#ranges.chunkAddress(chunk);
    const isInside = offset >= STACK_CHUNK.data && offset + this.#frame.size <= (this.#chunkUsed[chunk] ?? 0);
    return isInside ? this.#ranges.chunkAt(chunk) + offset / 4 : -1;
  }

  findInStack(address: RemoteAddress): number {
    for (let chunk = 0; chunk < this.chunkCount; chunk++) {
      const at = this.findInChunk(address, chunk);
      if (at < 0) continue;
      this.foundInChunk = this.chunkCount - 1 - chunk;
      return at;
    }
    return -1;
  }

  endOfChunk(address: RemoteAddress): number {
    for (let chunk = 0; chunk < this.chunkCount; chunk++)
      if (this.findInChunk(address, chunk) >= 0) return this.#ranges.chunkAt(chunk) + (this.#chunkUsed[chunk] ?? 0) / 4;
    return 0;
  }

  hasStayed(address: RemoteAddress): boolean {
    const { comparedStart, comparedEnd, comparedBeforeAt, comparedAfterAt } = this.#ranges;
    if (!this.#isCompared(address)) {
      const isAbove = address >= comparedEnd - this.#frame.size && address < comparedEnd + UNKNOWN_ABOVE_BYTES;
      return this.#isStillDeep && !isAbove;
    }
    const offset = (address - comparedStart) / 4;
    const at = this.findInChunk(address, 0);
    return this.#isSameFrame(at, comparedBeforeAt + offset) && this.#isSameFrame(at, comparedAfterAt + offset);
  }

  hasChangedCaller(address: RemoteAddress, at: number, slot: number): boolean {
    const { comparedStart, comparedEnd, comparedBeforeAt, comparedAfterAt, words } = this.#ranges;
    const slotEnd = address + slot * 4 + POINTER_BYTES;
    // Across an end of what was exchanged, one part of a frame is of the earlier moment, the other of the later one.
    if (slotEnd > comparedEnd) return this.#isExchanged && address < comparedEnd;
    const offset = (address - comparedStart) / 4;
    if (address < comparedStart)
      return (
        this.#isExchanged && slotEnd > comparedStart && !isSamePointer(words, at, comparedBeforeAt + offset, slot * 4)
      );
    const before = this.#showsCall(words, at, comparedBeforeAt + offset, slot);
    if (before === 'same') return false;
    const after = this.#showsCall(words, at, comparedAfterAt + offset, slot);
    return after !== 'same' && (before === 'other-caller' || after === 'other-caller');
  }

  #showsCall(words: Uint32Array, at: number, other: number, slot: number): 'same' | 'other-caller' | 'other-call' {
    if (!isSamePointer(words, at, other, slot * 4)) return 'other-call';
    return isSamePointer(words, at, other, this.#frame.callable) ? 'same' : 'other-caller';
  }

  chunkAddress(chunk: number): RemoteAddress {
    return this.#ranges.chunkAddress(chunk) as RemoteAddress;
  }

  chunkAt(chunk: number): number {
    return this.#ranges.chunkAt(chunk);
  }

  usedOfChunk(chunk: number): number {
    return this.#chunkUsed[chunk] ?? 0;
  }

  get chunkCount(): number {
    return this.#ranges.chunkCount;
  }

  /** Word position of the copy of a frame that is not in the data stack, made ahead; -1 if there is none. */
  findOutside(address: RemoteAddress, nth: number): number {
    return this.#ranges.findOutside(address, nth);
  }

  /** Copies a frame that was not expected. Its word position; -1 if it cannot be read. */
  copyLate(address: RemoteAddress): number {
    const { batch } = this.#ranges;
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
    const root = this.chunkCount - 1;
    if (root < 0) return NULL_ADDRESS;
    const first = this.#ranges.chunkAddress(root) + FIRST_FRAME_IN_ROOT_CHUNK;
    return (root > 0 || this.#chunkTop > first ? first : NULL_ADDRESS) as RemoteAddress;
  }

  /** What the C frame says is the current frame; bad if that C frame was not expected. */
  #inCFrame({ cFrames }: StackForecast, cFrame: RemoteAddress): RemoteAddress {
    const nth = cFrames.indexOf(cFrame);
    return nth < 0 ? BAD_ADDRESS : addressInWords(this.words, this.#ranges.cFrameAt(nth));
  }

  /**
   * Puts the top of the stack that was copied before the thread was asked in the place of that copied after, and the other way round. Where it is but a part of the stack, that joins two moments: only
   * where popped frames lose their code, so that there is no other way, is that worth it.
   */
  #exchangeCompared(): boolean {
    const ranges = this.#ranges;
    const { words, comparedBeforeAt } = ranges;
    const start = ranges.comparedStart - ranges.chunkAddress(0);
    const isAll = this.chunkCount === 1 && start === STACK_CHUNK.data;
    if (ranges.comparedEnd === 0 || !(isAll || this.#frame.isClearedWhenPopped)) return false;
    const at = ranges.chunkAt(0) + start / 4;
    const end = at + (ranges.comparedEnd - ranges.comparedStart) / 4;
    const later = words.slice(at, end);
    words.copyWithin(at, comparedBeforeAt, comparedBeforeAt + end - at);
    words.set(later, comparedBeforeAt);
    this.#isExchanged = true;
    return true;
  }

  /** Whether the chunks are those that were expected, and no longer. */
  #isWhereExpected(stateAt: number): boolean {
    const { position, words } = this;
    const ranges = this.#ranges;
    const top = position.chunkTop(words, stateAt);
    let expected = position.chunk(words, stateAt);
    this.#chunkTop = top;
    for (let index = 0; index < ranges.chunkCount; index++) {
      const address = ranges.chunkAddress(index);
      if (address !== expected) return false;
      const length = ranges.chunkLength(index);
      const at = ranges.chunkAt(index);
      const used = index === 0 ? top - address : STACK_CHUNK.data + (words[at + STACK_CHUNK.usedWords / 4] ?? 0) * 8;
      if (used < STACK_CHUNK.data || used > length || used % 8 !== 0) return false;
      // The top was read a moment before the current frame, which may already lie above it.
      this.#chunkUsed[index] = index === 0 ? length : used;
      expected = addressInWords(words, at + STACK_CHUNK.previous / 4);
    }
    return expected === NULL_ADDRESS;
  }

  /** A frame that was popped since has lost its code in some versions; a copy made a moment earlier or later may still have it. */
  #findTop(): number {
    const { executable, isClearedWhenPopped } = this.#frame;
    const { currentFrame } = this;
    const at = this.findInStack(currentFrame);
    if (at < 0 || !isClearedWhenPopped || !this.#isCompared(currentFrame)) return at;
    const { words, comparedStart, comparedBeforeAt, comparedAfterAt } = this.#ranges;
    const offset = (currentFrame - comparedStart) / 4;
    const copies = [at, comparedBeforeAt + offset, comparedAfterAt + offset];
    return copies.find((copy) => isMappable(addressInWords(words, copy + (executable >> 2)))) ?? at;
  }

  #isCompared(address: RemoteAddress): boolean {
    const { comparedStart, comparedEnd } = this.#ranges;
    return address >= comparedStart && address + this.#frame.size <= comparedEnd;
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
}

const isSamePointer = (words: Uint32Array, first: number, second: number, offset: number): boolean => {
  const word = offset >> 2;
  return words[first + word] === words[second + word] && words[first + word + 1] === words[second + word + 1];
};
