import type { RemoteAddress } from '../memory/remote-address.ts';
import type { TrustedCode } from './code-object-cache.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';
import type { WordMemory } from './same-words.ts';
import { countSameWords } from './same-words.ts';

/** Of one stack: some five hundred frames. Those above are looked at anew in every sample. */
export const MAX_KNOWN_BYTES = 64 * 1024;
/** Instead of a slot, where a frame does not surely show by itself that it called the next one. */
export const NO_CALL = -1;

const FIRST_LEVELS = 64;
/** The null below a function on the evaluation stack; the function, and the object above it whose method it is: what bears witness of a call. */
const BELOW_CALL_BYTES = 8;
const CALL_BYTES = 16;
/** Frames whose other values may have changed: with each, the comparison begins anew. */
const MAX_OTHER_VALUES = 32;
/** The first local variable of a frame may bear witness of its call. */
const FIRST_LOCAL_BYTES = 8;

const allocate = (length: number): WordMemory => {
  const buffer = new ArrayBuffer(length);
  return { bytes: Buffer.from(buffer), words: new Uint32Array(buffer) };
};

/** The copy of a data stack. Its chunks are numbered from the current one to the root. */
export interface CopiedChunks {
  readonly copied: WordMemory;
  readonly chunkCount: number;
  readonly currentFrame: RemoteAddress;
  chunkAddress(chunk: number): RemoteAddress;
  /** Word position of the chunk's copy. */
  chunkAt(chunk: number): number;
  /** Bytes of the chunk that are in use and were copied. */
  usedOfChunk(chunk: number): number;
}

/**
 * What was found out about the frames in the data stack of one sample, with the bytes that it was found in: for as far as these are the same in another sample, so is all that follows from them.
 * Level 0 is the outermost frame. The innermost one is left out, for it never stays the same.
 */
export class KnownChain {
  readonly #frameBytes: number;
  length = 0;
  addresses = new Float64Array(FIRST_LEVELS);
  /** Number of the chunk that holds the frame, counted from the root. */
  chunks = new Uint16Array(FIRST_LEVELS);
  /** Where a frame shows that it called the frame one level up, in 32-bit words from its start, or {@link NO_CALL}. */
  callSlots = new Int32Array(FIRST_LEVELS);
  instructions = new Int32Array(FIRST_LEVELS);
  readonly codes: (TrustedCode | undefined)[] = [];

  #memory = allocate(0);
  #chunkCount = 0;
  /** The chunks up to the last with a frame of the chain, the root first. */
  readonly #chunkAddresses: number[] = [];
  /** Where the bytes of a chunk begin in the words, and how many words there are. */
  readonly #chunkStarts: number[] = [];
  readonly #chunkWords: number[] = [];

  /** @param frameBytes up to a frame's first local variable */
  constructor(frameBytes: number) {
    this.#frameBytes = frameBytes + FIRST_LOCAL_BYTES;
  }

  /** How many levels, from the outermost up, the copy of another sample shows as they were. */
  countSame(copies: CopiedChunks): number {
    let level = 0;
    let others = 0;
    for (let chunk = 0; chunk < this.#chunkCount; chunk++) {
      const chunkFromTop = copies.chunkCount - 1 - chunk;
      const start = (this.#chunkAddresses[chunk] ?? 0) + STACK_CHUNK.data;
      if (chunkFromTop < 0 || copies.chunkAddress(chunkFromTop) + STACK_CHUNK.data !== start) break;
      const known = this.#chunkWords[chunk] ?? 0;
      const length = Math.min(known, (copies.usedOfChunk(chunkFromTop) - STACK_CHUNK.data) / 4);
      const at = copies.chunkAt(chunkFromTop) + STACK_CHUNK.data / 4;
      const knownAt = this.#chunkStarts[chunk] ?? 0;
      let same = 0;
      for (;;) {
        same += countSameWords(this.#memory, knownAt + same, copies.copied, at + same, length - same);
        level = this.#countBelow(level, chunk, start + 4 * same);
        if (same >= length || others === MAX_OTHER_VALUES) break;
        const next = this.#endOfValues(level, chunk, start + 4 * same);
        if (next < 0) break;
        others++;
        same = Math.min(length, (next - start) / 4);
      }
      if (same < known) break;
    }
    return level;
  }

  /** Whether so many of its levels are all there are below a frame. */
  leadsTo(frame: RemoteAddress, levels: number): boolean {
    const top = this.addresses[levels - 1] ?? 0;
    const isBelow = levels > 0 && top < frame;
    return isBelow && (levels === this.length || (this.addresses[levels] ?? 0) >= frame);
  }

  /** Where the values end that an address is among, if nothing was concluded from them: those that a frame has beside the call of the next one; -1 if something was. */
  #endOfValues(levelsBelow: number, chunk: number, address: number): number {
    const holder = levelsBelow - 1;
    const next = this.addresses[levelsBelow] ?? 0;
    if (holder < 0 || this.chunks[holder] !== chunk || levelsBelow >= this.length) return -1;
    if (this.chunks[levelsBelow] !== chunk || next <= address) return -1;
    const slot = this.callSlots[holder] ?? NO_CALL;
    if (slot === NO_CALL) return -1;
    const callAt = (this.addresses[holder] ?? 0) + 4 * slot;
    if (address < callAt - BELOW_CALL_BYTES) return callAt - BELOW_CALL_BYTES;
    return address < callAt + CALL_BYTES ? -1 : next;
  }

  /** Forgets the levels from this one on. */
  cut(level: number): void {
    this.length = level;
    this.codes.length = level;
  }

  add(address: RemoteAddress, chunk: number, callSlot: number): void {
    const level = this.length++;
    if (level === this.addresses.length) this.#grow();
    this.addresses[level] = address;
    this.chunks[level] = chunk;
    this.callSlots[level] = callSlot;
  }

  setCode(level: number, code: TrustedCode | undefined, instruction: number): void {
    this.codes[level] = code;
    this.instructions[level] = instruction;
  }

  /** Adds a level of another chain. */
  takeLevel(other: KnownChain, level: number): void {
    const top = this.length;
    this.add(
      (other.addresses[level] ?? 0) as RemoteAddress,
      other.chunks[level] ?? 0,
      other.callSlots[level] ?? NO_CALL,
    );
    this.setCode(top, other.codes[level], other.instructions[level] ?? 0);
  }

  /** Has the lowest levels of another chain, and nothing else. */
  takeLevels(other: KnownChain, count: number): void {
    this.cut(0);
    for (let level = 0; level < count; level++) this.takeLevel(other, level);
  }

  /** Takes the bytes of all levels from the copy that shows them. Levels that do not find room are forgotten. */
  takeBytes(copies: CopiedChunks): void {
    this.#chunkCount = 0;
    let used = 0;
    for (let level = 0; level < this.length;) {
      const chunk = this.chunks[level] ?? 0;
      const copied = copies.chunkCount - 1 - chunk;
      const start = copies.chunkAddress(copied) + STACK_CHUNK.data;
      let next = level;
      let length = 0;
      for (; next < this.length && this.chunks[next] === chunk; next++) {
        const end = (this.addresses[next] ?? 0) + this.#frameBytes - start;
        if (used + end > MAX_KNOWN_BYTES) break;
        length = end;
      }
      this.#reserve(used + length);
      const at = copies.chunkAt(copied) + STACK_CHUNK.data / 4;
      copies.copied.bytes.copy(this.#memory.bytes, used, 4 * at, 4 * at + length);
      // A chunk without a frame of the chain bears no witness.
      for (let between = this.#chunkCount; between < chunk; between++) {
        this.#chunkAddresses[between] = copies.chunkAddress(copies.chunkCount - 1 - between);
        this.#chunkStarts[between] = 0;
        this.#chunkWords[between] = 0;
      }
      this.#chunkAddresses[chunk] = start - STACK_CHUNK.data;
      this.#chunkStarts[chunk] = used / 4;
      this.#chunkWords[chunk] = length / 4;
      this.#chunkCount = chunk + 1;
      used += length;
      if (next < this.length && this.chunks[next] === chunk) {
        this.cut(next);
        break;
      }
      level = next;
    }
  }

  /** Levels up to the last that lies in this chunk or a lower one, and in this chunk below an address. */
  #countBelow(first: number, chunk: number, end: number): number {
    let low = first;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const place = this.chunks[middle] ?? 0;
      const isBelow = place < chunk || (place === chunk && (this.addresses[middle] ?? 0) + this.#frameBytes <= end);
      if (isBelow) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reserve(bytes: number): void {
    const { bytes: before } = this.#memory;
    if (bytes <= before.length) return;
    this.#memory = allocate(2 ** Math.ceil(Math.log2(bytes)));
    before.copy(this.#memory.bytes);
  }

  #grow(): void {
    const levels = 2 * this.addresses.length;
    const { addresses, chunks, callSlots, instructions } = this;
    this.addresses = new Float64Array(levels);
    this.addresses.set(addresses);
    this.chunks = new Uint16Array(levels);
    this.chunks.set(chunks);
    this.callSlots = new Int32Array(levels);
    this.callSlots.set(callSlots);
    this.instructions = new Int32Array(levels);
    this.instructions.set(instructions);
  }
}
