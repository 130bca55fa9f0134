import type { ProcessMemory } from '../memory/process-memory.ts';
import { MAX_RANGES } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, isMappable, parseAddress, parseUint64 } from '../memory/remote-address.ts';
import { ChainMemory } from './chain-memory.ts';
import type { ChunkForecast, ChunkList } from './chunk-lists.ts';
import { ChunkLists } from './chunk-lists.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';
import type { ThreadPosition } from './thread-position.ts';

/** Chunks are 16 KiB or more, about 150 frames: these hold the deepest stack we walk. */
export const MAX_STACK_CHUNKS = 256;
/** A chunk grows beyond 16 KiB only for one frame with that many locals. */
export const MAX_STACK_CHUNK_BYTES = 4 * 1024 * 1024;
/** All chunks of one stack: what is copied per sample has to have an end. */
export const MAX_DATA_STACK_BYTES = 8 * 1024 * 1024;
/** C frames remembered; each costs half a microsecond in every sample. */
export const MAX_C_FRAMES = 8;
/** Ranges of one copy beside these: thread state and compared part, before and after. */
const OTHER_RANGES = 4;
/**
 * Frames outside the data stack in one stack: one for each call from C and each running generator. Together with all else they have to fit in
 * one batch, or the copies are not of one moment.
 */
export const MAX_OUTSIDE_FRAMES = MAX_RANGES - MAX_STACK_CHUNKS - MAX_C_FRAMES - OTHER_RANGES;

/** How far a stack may grow between two samples before it has to be looked at anew: about ten frames. */
const SLACK_BYTES = 1024;
/** Share by which the expected length shrinks per sample, so that a stack that comes and goes is not looked at anew each time. */
const SHRINK_SHARE = 1 / 64;

export type LearnOutcome = 'learned' | 'torn' | 'unreadable';

/**
 * Where one thread's stack is expected to lie, from the sample before. It lets everything that a sample needs be asked for at once, instead of following pointer
 * after pointer while the stack changes. What is expected is never believed: the copies themselves tell whether it was right.
 */
export class StackForecast {
  /**
   * The C frames that the thread state pointed to lately, newest first: a program that goes back and forth between C and Python has a few. Empty in
   * versions without them.
   */
  readonly cFrames: RemoteAddress[] = [];
  readonly #lists = new ChunkLists();
  /** First unused byte of the current chunk in the sample before. */
  chunkTop: RemoteAddress = NULL_ADDRESS;
  /** Frames outside the data stack that the stack before had, leaf first. */
  outside = new Float64Array(16);
  outsideCount = 0;
  /** What its frames were found to be. */
  readonly chains: ChainMemory;
  #state: Buffer;
  #header = Buffer.alloc(STACK_CHUNK.data);

  /** @param frameBytes up to a frame's first local variable */
  constructor(position: ThreadPosition, frameBytes: number) {
    this.chains = new ChainMemory(frameBytes);
    this.#state = Buffer.from(new ArrayBuffer(position.length));
  }

  /** The lists of chunks that are expected, shortest first; each is the beginning, from the root, of the next one. */
  get lists(): readonly ChunkList[] {
    const { possible, expected } = this.#lists;
    return this.#countRanges(possible) <= MAX_RANGES ? possible : [expected];
  }

  /** Ranges of one copy. */
  get rangeCount(): number {
    return this.#countRanges(this.lists);
  }

  #countRanges(lists: readonly ChunkList[]): number {
    return (lists.at(-1)?.length ?? 0) + lists.length * (this.outsideCount + this.cFrames.length + OTHER_RANGES);
  }

  addOutside(address: RemoteAddress): void {
    if (this.outsideCount === this.outside.length) {
      const grown = new Float64Array(this.outside.length * 2);
      grown.set(this.outside);
      this.outside = grown;
    }
    this.outside[this.outsideCount++] = address;
  }

  /** Keeps what is expected in step with the current chunk of a stack that was found, and with what was used of it. */
  adjust(current: RemoteAddress, chunkTop: RemoteAddress): void {
    this.#lists.confirm(current);
    const [chunk] = this.#lists.expected;
    if (chunk === undefined) return;
    this.chunkTop = chunkTop;
    const used = chunkTop - chunk.address;
    const shrunk = chunk.length - Math.floor((chunk.length * SHRINK_SHARE) / 8) * 8;
    chunk.length = Math.min(chunk.size, Math.max(used + SLACK_BYTES, shrunk));
  }

  /** Asks where the stack is now. Chunks that are not known are followed pointer by pointer. */
  learn(memory: ProcessMemory, thread: RemoteAddress, position: ThreadPosition): LearnOutcome {
    const state = this.#state;
    if (memory.read((thread + position.offset) as RemoteAddress, state.length, state, 0) !== state.length)
      return 'unreadable';
    const words = new Uint32Array(state.buffer);
    if (position.currentFrameInCFrame !== undefined) this.#addCFrame(position.current(words, 0));
    let chunk = position.chunk(words, 0);
    this.chunkTop = position.chunkTop(words, 0);
    if (this.#lists.expectKnown(chunk)) return 'learned';
    const [before] = this.#lists.expected;
    const lengthBefore = before?.address === chunk ? before.length : 0;
    const chunks: ChunkForecast[] = [];
    let used = this.chunkTop - chunk;
    for (let total = 0; chunk !== NULL_ADDRESS;) {
      const header = this.#header;
      if (chunks.length === MAX_STACK_CHUNKS) return 'unreadable';
      if (chunks.some(({ address }) => address === chunk) || !isMappable(chunk)) return 'torn';
      if (memory.read(chunk, header.length, header, 0) !== header.length) return 'unreadable';
      const size = parseUint64(header, STACK_CHUNK.size);
      if (chunks.length > 0) used = STACK_CHUNK.data + parseUint64(header, STACK_CHUNK.usedWords) * 8;
      if (size > MAX_STACK_CHUNK_BYTES) return 'unreadable';
      if (used < STACK_CHUNK.data || used > size || used % 8 !== 0 || size % 8 !== 0) return 'torn';
      total += size;
      if (total > MAX_DATA_STACK_BYTES) return 'unreadable';
      // What was used of the current chunk a moment ago may be in use again: a stack that runs up and down is never where it was last seen.
      const length = chunks.length === 0 ? Math.max(used + SLACK_BYTES, lengthBefore) : used;
      chunks.push({ address: chunk, size, length: Math.min(size, length) });
      chunk = parseAddress(header, STACK_CHUNK.previous);
    }
    this.#lists.expectNew(chunks);
    return 'learned';
  }

  #addCFrame(address: RemoteAddress): void {
    const known = this.cFrames.indexOf(address);
    if (known >= 0) this.cFrames.splice(known, 1);
    this.cFrames.unshift(address);
    this.cFrames.length = Math.min(this.cFrames.length, MAX_C_FRAMES);
  }
}
