import type { RemoteAddress } from '../memory/remote-address.ts';
import type { TrustedCode } from './code-object-cache.ts';
import type { CopiedChunks } from './known-chain.ts';
import { KnownChain } from './known-chain.ts';

/** Chains remembered of one thread: a program that goes back and forth between two things has both. */
export const KNOWN_CHAINS = 2;
/** So many frames are looked at again faster than they are remembered. */
export const MAX_NEW_LEVELS = 2;

/**
 * The chains of frames that one thread was seen in lately. While a stack is looked at, it holds those frames that are not known, leaf first, up to and with the first that is.
 */
export class ChainMemory {
  readonly #chains: readonly KnownChain[];
  /** The known chain that the stack shares most with, its number, and how many levels it shares. */
  known: KnownChain;
  #number = 0;
  #same = 0;
  /** Where the frame that was asked for last would be. */
  #cursor = 0;
  readonly #draft: KnownChain;
  /** The level of the known frame that the stack led to; -1 before. */
  #joinedAt = -1;
  #isWhole = false;
  #lastUsed = 0;

  /** @param frameBytes up to a frame's first local variable */
  constructor(frameBytes: number) {
    this.#chains = Array.from({ length: KNOWN_CHAINS }, () => new KnownChain(frameBytes));
    this.#draft = new KnownChain(frameBytes);
    this.known = this.#draft;
  }

  /** To be called before a stack is looked at. */
  begin(copies: CopiedChunks): void {
    const first = this.#lastUsed;
    this.#take(first, this.#chains[first]!.countSame(copies));
    // Where it is the chain of the sample before up to the frame that runs, there is nothing to be found in another one.
    if (!this.known.leadsTo(copies.currentFrame, this.#same))
      for (let number = 0; number < KNOWN_CHAINS; number++) {
        const same = number === first ? 0 : this.#chains[number]!.countSame(copies);
        if (same > this.#same) this.#take(number, same);
      }
    this.#draft.cut(0);
    this.#isWhole = false;
    this.#joinedAt = -1;
    this.rewind();
  }

  #take(number: number, same: number): void {
    this.#number = number;
    this.known = this.#chains[number]!;
    this.#same = same;
  }

  /** To be called before the frames of a stack are gone through, leaf first. */
  rewind(): void {
    this.#cursor = this.#same - 1;
  }

  /**
   * The level of a frame of {@link known}; -1 if it is none, or not as it was.
   *
   * @param chunk counted from the root
   */
  levelOf(address: RemoteAddress, chunk: number): number {
    const { addresses, chunks } = this.known;
    let level = this.#cursor;
    for (; level >= 0; level--) {
      const place = chunks[level] ?? 0;
      if (place < chunk || (place === chunk && (addresses[level] ?? 0) <= address)) break;
    }
    this.#cursor = level;
    return level >= 0 && addresses[level] === address ? level : -1;
  }

  /**
   * Notes a frame of the stack that was looked at, and gives its level as {@link levelOf} does.
   *
   * @param callSlot where it shows that it called the frame noted before
   */
  note(address: RemoteAddress, chunk: number, callSlot: number): number {
    const level = this.levelOf(address, chunk);
    if (this.#joinedAt >= 0) return level;
    this.#joinedAt = level;
    this.#draft.add(address, chunk, callSlot);
    return level;
  }

  /** Notes the code of the frames noted, in the same order. */
  noteCode(index: number, code: TrustedCode | undefined, instruction: number): void {
    this.#draft.setCode(index, code, instruction);
  }

  /** The stack was looked at to its end. */
  finish(): void {
    this.#isWhole = true;
  }

  /**
   * Remembers what was noted, where that is worth it, of a stack that has proved right. Gives the number of the chain that it shares most with.
   *
   * @param copies those that were looked at
   */
  keep(copies: CopiedChunks): number {
    const draft = this.#draft;
    const isJoined = this.#joinedAt >= 0;
    if (isJoined) this.#lastUsed = this.#number;
    if (!this.#isWhole || draft.length - (isJoined ? 1 : 0) <= MAX_NEW_LEVELS) return this.#number;
    const shared = Math.max(0, this.#joinedAt);
    const isSameChain = isJoined && 2 * (shared + 1) >= this.known.length;
    // The other one of two.
    if (!isSameChain) this.#number = KNOWN_CHAINS - 1 - this.#lastUsed;
    const chain = this.#chains[this.#number]!;
    if (isSameChain) chain.cut(shared);
    else chain.takeLevels(this.known, shared);
    for (let index = draft.length - 1; index >= 0; index--) chain.takeLevel(draft, index);
    chain.takeBytes(copies);
    this.#lastUsed = this.#number;
    return this.#number;
  }
}
