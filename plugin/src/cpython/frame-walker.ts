import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, addressInWords, isMappable } from '../memory/remote-address.ts';
import type { CodeObject } from './code-object.ts';
import type { CodeObjectCache, TrustedCode } from './code-object-cache.ts';
import { NO_CALL } from './known-chain.ts';
import type { FrameLayout } from './layouts/struct-layout.ts';
import type { StackBuffer } from './stack-buffer.ts';
import type { StackCopy } from './stack-copy.ts';

/** Python's own limit is 1000 unless a program raises it; a deeper stack is not readable for us. */
export const MAX_FRAME_DEPTH = 16_384;

const CODE_UNIT_BYTES = 2;
/** Frames of the data stack; the same since 3.11. */
const OWNED_BY_THREAD = 0;
const HIGH_WORD = 2 ** 32;

export type WalkOutcome = 'complete' | 'torn' | 'unreadable';

/**
 * Follows the chain of frames (3.11 and newer) through the copy of a stack, leaf first, until its base. A chain that breaks before is torn: it is
 * never passed off as a shorter stack.
 */
export class FrameWalker {
  readonly #layout: FrameLayout;
  readonly #instructionsInCode: number;
  readonly #codes: CodeObjectCache;
  readonly #codeMask: number;
  /** Of the frame that was pushed last. */
  #code: TrustedCode | undefined;
  #instruction = 0;
  #passedAt = 0;
  /** Whether the last walk had to read memory itself, so that the copy is no longer all there is to the stack. */
  hasReadMore = false;

  constructor(layout: FrameLayout, instructionsInCode: number, codes: CodeObjectCache) {
    this.#layout = layout;
    this.#instructionsInCode = instructionsInCode;
    this.#codes = codes;
    this.#codeMask = ~layout.executableTagMask;
  }

  walk(copy: StackCopy, into: StackBuffer, now: number): WalkOutcome {
    const { previous, owner, firstShimOwner, isClearedWhenPopped } = this.#layout;
    const { baseFrame, chunkCount, chains } = copy;
    const loadsBefore = this.#codes.loads;
    this.hasReadMore = false;
    into.clear();
    chains.rewind();
    let noted = 0;
    let hasJoined = false;
    let address = copy.currentFrame;
    let lowest: RemoteAddress = NULL_ADDRESS;
    let chunk = 0;
    let outsideCount = 0;
    for (let depth = 0; address !== NULL_ADDRESS && address !== baseFrame; depth++) {
      if (depth >= MAX_FRAME_DEPTH) return 'unreadable';
      if (!isMappable(address) || address % 8 !== 0) return 'torn';
      let at = -1;
      for (let index = chunk; index < chunkCount && at < 0; index++) {
        at = copy.findInChunk(address, index);
        if (at < 0) continue;
        // Calls push upward: a frame's caller on the data stack lies below it. This is also what ends a cycle.
        if (index === chunk && lowest !== NULL_ADDRESS && address >= lowest) return 'torn';
        chunk = index;
        lowest = address;
        if (depth === 0 && copy.topAt >= 0) at = copy.topAt;
      }
      const isOutside = at < 0;
      if (isOutside) at = this.#findOutside(copy, address, outsideCount);
      if (at < 0) return 'unreadable';
      const { words } = copy;
      const ownerByte = ((words[at + (owner >> 2)] ?? 0) >>> ((owner & 3) * 8)) & 0xff;
      if (isOutside) {
        // In a chunk that the thread has taken, or let go, since it was asked for its chunks.
        if (ownerByte === OWNED_BY_THREAD) return 'torn';
        if (!copy.expectOutside(address, outsideCount++)) return 'unreadable';
      }
      this.#code = undefined;
      if (firstShimOwner === undefined || ownerByte < firstShimOwner) {
        const isPushed = this.#pushFrame(words, at, into, now, isOutside);
        const isBeingPopped = !isPushed && depth === 0 && isClearedWhenPopped && this.#hasNoCode(words, at);
        if (!isPushed && !isBeingPopped) return 'torn';
      }
      if (!isOutside && depth > 0) {
        if (!hasJoined) chains.noteCode(noted++, this.#code, this.#instruction);
        const level = chains.levelOf(address, chunkCount - 1 - chunk);
        if (level >= 0) {
          hasJoined = true;
          const passed = this.#passKnown(copy, level, at, into, now);
          if (passed < 0) return 'torn';
          depth += level - passed;
          at = this.#passedAt;
          lowest = (chains.known.addresses[passed] ?? 0) as RemoteAddress;
        }
      }
      address = addressInWords(words, at + (previous >> 2));
    }
    if (lowest !== copy.rootFrameAddress() || address !== baseFrame) return 'torn';
    if (this.#codes.loads !== loadsBefore) this.hasReadMore = true;
    return 'complete';
  }

  /**
   * Goes on from a known frame to the callers that are known to have called it, and gives the level that it came to; -1 if one of them is not what it was.
   */
  #passKnown(copy: StackCopy, level: number, at: number, into: StackBuffer, now: number): number {
    const { addresses, callSlots, codes, instructions } = copy.chains.known;
    let passed = level;
    this.#passedAt = at;
    while (passed > 0 && callSlots[passed - 1] !== NO_CALL) {
      const known = codes[passed - 1];
      if (known === undefined) break;
      passed--;
      this.#passedAt -= ((addresses[passed + 1] ?? 0) - (addresses[passed] ?? 0)) / 4;
      if (now < known.trustedUntil) this.#push(known.code, instructions[passed] ?? 0, this.#passedAt, into, false);
      else {
        if (!this.#pushFrame(copy.words, this.#passedAt, into, now, false)) return -1;
        codes[passed] = this.#code;
      }
    }
    return passed;
  }

  /** The code object of the current frame of a copy that is of no one moment; undefined where even that is not there. */
  readLeaf({ words, topAt }: StackCopy, now: number): CodeObject | undefined {
    if (topAt < 0) return undefined;
    const codeAt = topAt + (this.#layout.executable >> 2);
    const low = ((words[codeAt] ?? 0) & this.#codeMask) >>> 0;
    const high = words[codeAt + 1] ?? 0;
    const address = low + high * HIGH_WORD;
    return isMappable(address) ? this.#codes.get(address, low, high, now) : undefined;
  }

  #findOutside(copy: StackCopy, address: RemoteAddress, nth: number): number {
    const at = copy.findOutside(address, nth);
    if (at >= 0) return at;
    this.hasReadMore = true;
    return copy.copyLate(address);
  }

  /** Whether the frame has a code object and stands at an instruction of it. */
  #pushFrame(words: Uint32Array, at: number, into: StackBuffer, now: number, isOutside: boolean): boolean {
    const codeAt = at + (this.#layout.executable >> 2);
    const low = ((words[codeAt] ?? 0) & this.#codeMask) >>> 0;
    const high = words[codeAt + 1] ?? 0;
    const address = low + high * HIGH_WORD;
    if (!isMappable(address)) return false;
    const found = this.#codes.find(address, low, high, now);
    if (found === undefined) return false;
    const { code } = found;
    const instructionAt = at + (this.#layout.instruction >> 2);
    const bytes =
      ((words[instructionAt + 1] ?? 0) - high) * HIGH_WORD +
      ((words[instructionAt] ?? 0) - low) -
      this.#instructionsInCode;
    const instruction = bytes / CODE_UNIT_BYTES;
    if (instruction < -1 || instruction >= code.codeUnits) {
      // Torn, or another code object has taken the place of the one we know.
      this.#codes.distrust(low, high);
      return false;
    }
    this.#code = found;
    this.#instruction = instruction;
    this.#push(code, instruction, at, into, isOutside);
    return true;
  }

  #push(code: CodeObject, instruction: number, at: number, into: StackBuffer, isOutside: boolean): void {
    if (code.isTrampoline) return;
    into.push(code, instruction);
    // Of a frame outside the data stack the local variables are not copied; no loop's function is a generator.
    if (code.loopVariables !== undefined && !isOutside) into.addLoopFrame(at);
  }

  #hasNoCode(words: Uint32Array, at: number): boolean {
    const codeAt = at + (this.#layout.executable >> 2);
    return ((words[codeAt] ?? 0) & this.#codeMask) === 0 && (words[codeAt + 1] ?? 0) === 0;
  }
}
