import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, addressInWords, isMappable } from '../memory/remote-address.ts';
import { CallInstructions } from './call-instructions.ts';
import type { ChainMemory } from './chain-memory.ts';
import { FunctionCodes } from './function-codes.ts';
import type { CopiedChunks } from './known-chain.ts';
import { NO_CALL } from './known-chain.ts';
import type { DataStackLayout, FrameLayout } from './layouts/struct-layout.ts';

/** Slots of a caller that are searched for what it called: the call's arguments lie above it. Python calls pass few. */
export const MAX_SEARCHED_SLOTS = 128;
/** Ends the check of a chain that runs in a circle; the walk then says what is wrong with it. */
export const MAX_CHECKED_FRAMES = 20_000;
/** Low bits of references that are no part of the address. */
const REFERENCE_MASK = ~7;

/** Whether the caller's evaluation stack shows the call: it does; it shows the function, as an earlier call may have left it; it does not. */
type Testimony = 'sure' | 'doubtful' | 'none';

/** The copies of one stack, as far as they bear witness. Positions are in `words`, -1 where there is no copy. */
export interface ChainCopies extends CopiedChunks {
  readonly words: Uint32Array;
  /** What the samples before have shown. */
  readonly chains: ChainMemory;
  readonly currentFrame: RemoteAddress;
  readonly baseFrame: RemoteAddress;
  /** Position of the current frame if it is in the data stack. */
  readonly topAt: number;
  findInStack(address: RemoteAddress): number;
  /** The chunk that {@link findInStack} found the frame in, counted from the root. */
  readonly foundInChunk: number;
  /** Position behind the chunk's copy that holds this frame. */
  endOfChunk(address: RemoteAddress): number;
  findOutside(address: RemoteAddress, nth: number): number;
  /** Whether a frame was the same in all copies around the moment, or lies deeper than they reach and deeper than the thread returned. */
  hasStayed(address: RemoteAddress): boolean;
  /**
   * Whether a copy made a moment before or after shows another caller in a frame, with the same in a slot of it, and none shows both the same. Words of one copy may be of
   * different moments, in any order.
   *
   * @param at where the frame's copy is
   * @param slot distance from the frame's start in 32-bit words
   */
  hasChangedCaller(address: RemoteAddress, at: number, slot: number): boolean;
}

const CODE_UNIT_BYTES = 2;
/** An instruction and the longest inline cache. */
const SEARCHED_UNITS = 16;
const RUNNING_STACK_TOP = 0xffff_ffff;

/**
 * Whether a chain of frames, copied while the thread ran, was a stack at one moment. A thread that calls and returns all the time is never twice at the same place, and to
 * ask for that would lose just the code that calls. Frames that returned stay in memory until others take their place, so a
 * chain may lead from old frames to new ones.
 *
 * The witness of a call is in the caller: to call a function it puts it on its evaluation stack, where it stays while the function runs, and
 * the callee's frame names the same function. Three kinds of calls have no such witness:
 * - through C, told by a frame outside the data stack or a mark: both frames must be the same in the copies before, at and after the moment;
 * - generators, which are no frames of the data stack: the same;
 * - properties, subscripts and the start of `__init__`, which the interpreter calls itself: the caller must stand at such an instruction, and the same.
 */
export class ChainWitness {
  readonly #layout: FrameLayout;

  readonly #memory: ProcessMemory;
  readonly #bytes = Buffer.alloc(SEARCHED_UNITS * CODE_UNIT_BYTES);

  readonly #instructionsInCode: number;
  readonly #functionCodes: FunctionCodes;
  readonly #calls: CallInstructions | undefined;
  /** Where the caller looked at last shows its call surely, in words from its start. */
  #callSlot = NO_CALL;
  #passedAt = 0;

  constructor(memory: ProcessMemory, layout: DataStackLayout) {
    this.#memory = memory;
    this.#layout = layout.frame;
    this.#instructionsInCode = layout.code.instructions;
    this.#functionCodes = new FunctionCodes(memory);
    const { callInstructions } = layout.frame;
    this.#calls = callInstructions && new CallInstructions(memory, callInstructions);
  }

  isOneStack(copies: ChainCopies): boolean {
    const { words, baseFrame, topAt, chains } = copies;
    const { previous, executable } = this.#layout;
    chains.begin(copies);
    let address = copies.currentFrame;
    let callee = NULL_ADDRESS;
    let calleeAt = -1;
    let isCalledFromOutside = false;
    let outsideCount = 0;
    for (let depth = 0; depth < MAX_CHECKED_FRAMES && address !== NULL_ADDRESS && address !== baseFrame; depth++) {
      const isCurrent = depth === 0;
      let at = isCurrent && topAt >= 0 ? topAt : copies.findInStack(address);
      if (at < 0) {
        at = copies.findOutside(address, outsideCount++);
        // Not copied ahead: the walk finds it, and has all copied once more.
        if (at < 0) return true;
        isCalledFromOutside = true;
      } else {
        const isTop = callee === NULL_ADDRESS;
        this.#callSlot = NO_CALL;
        if (!isTop || isCalledFromOutside) {
          const isThroughC = isCalledFromOutside || this.#isEntry(words, calleeAt);
          // A frame that was just entered lies on what others left behind, their calls included: it has to be in a call itself.
          if (!isThroughC && !this.#isInCall(words, at)) return false;
          const testimony =
            isThroughC || !this.#mayCall(words, at) ? 'none' : this.#findCall(copies, at, address, callee, calleeAt);
          if (testimony !== 'sure') {
            if (!copies.hasStayed(address) || !(isTop || copies.hasStayed(callee))) return false;
            if (!isThroughC && testimony === 'none' && !this.#callsWithoutWitness(words, at)) return false;
          }
        }
        // A frame without code is being popped: it is left out, and its caller is on top.
        if (isMappable(addressInWords(words, at + (executable >> 2)))) {
          if (!this.#isWhole(words, at)) {
            if (!copies.hasStayed(address)) return false;
            this.#callSlot = NO_CALL;
          }
          callee = address;
          calleeAt = at;
        } else if (!isCurrent) return false;
        isCalledFromOutside = false;
        if (!isCurrent) {
          const level = chains.note(address, copies.foundInChunk, this.#callSlot);
          const passed = this.#passKnown(copies, level, at);
          if (passed < level) {
            depth += level - passed;
            callee = (chains.known.addresses[passed] ?? 0) as RemoteAddress;
            at = calleeAt = this.#passedAt;
          }
        }
      }
      address = addressInWords(words, at + (previous >> 2));
    }
    chains.finish();
    return true;
  }

  /**
   * Goes on from a known frame to its callers, for as long as each shows its call as it did before; what copies of other moments show of that has to be looked at each time. Gives
   * the level that it came to.
   */
  #passKnown(copies: ChainCopies, level: number, at: number): number {
    const { addresses, callSlots } = copies.chains.known;
    let passed = level;
    this.#passedAt = at;
    for (; passed > 0; passed--) {
      const slot = callSlots[passed - 1] ?? NO_CALL;
      if (slot === NO_CALL) break;
      const caller = (addresses[passed - 1] ?? 0) as RemoteAddress;
      const callerAt = this.#passedAt - ((addresses[passed] ?? 0) - caller) / 4;
      if (copies.hasChangedCaller(caller, callerAt, slot)) break;
      this.#passedAt = callerAt;
    }
    return passed;
  }

  /** Whether the frame was entered from C, where the version marks that in the frame. */
  #isEntry(words: Uint32Array, at: number): boolean {
    const { isEntry } = this.#layout;
    return isEntry !== undefined && (((words[at + (isEntry >> 2)] ?? 0) >>> ((isEntry & 3) * 8)) & 0xff) !== 0;
  }

  /**
   * Whether function and code object of a frame belong together. A frame that is being pushed has its new function first, and for a few nanoseconds with it what the frame
   * before it left behind: its code, its place in a call, and what it called. (A program may give a function other code while it runs.)
   */
  #isWhole(words: Uint32Array, at: number): boolean {
    const { callable, executable, executableTagMask } = this.#layout;
    const codeAt = at + (executable >> 2);
    return this.#functionCodes.runs(
      ((words[at + (callable >> 2)] ?? 0) & REFERENCE_MASK) >>> 0,
      words[at + (callable >> 2) + 1] ?? 0,
      ((words[codeAt] ?? 0) & ~executableTagMask) >>> 0,
      words[codeAt + 1] ?? 0,
    );
  }

  /** While a frame runs, the height of its evaluation stack is kept elsewhere and -1 here. */
  #isInCall(words: Uint32Array, at: number): boolean {
    const { stackTop } = this.#layout;
    return stackTop === undefined || words[at + (stackTop >> 2)] !== RUNNING_STACK_TOP;
  }

  /**
   * Whether the frame stands at a call, as far as the version needs it: it is past its first instruction, which is never one, and where nothing else tells a frame that runs, its
   * instruction is a call. Else what the frame before it called may still be in the place of its own evaluation stack.
   */
  #mayCall(words: Uint32Array, at: number): boolean {
    const { instruction, executable, executableTagMask } = this.#layout;
    const instructionAt = at + (instruction >> 2);
    const instructionLow = words[instructionAt] ?? 0;
    const instructionHigh = words[instructionAt + 1] ?? 0;
    const codeLow = (words[at + (executable >> 2)] ?? 0) & ~executableTagMask;
    const low = instructionLow - (codeLow >>> 0);
    const high = instructionHigh - (words[at + (executable >> 2) + 1] ?? 0);
    if (high * 2 ** 32 + low - this.#instructionsInCode < CODE_UNIT_BYTES) return false;
    return this.#calls === undefined || this.#calls.has(instructionLow, instructionHigh);
  }

  /** Whether the caller stands at an instruction that calls without putting a function on the stack, or at the end of its inline cache. */
  #callsWithoutWitness(words: Uint32Array, at: number): boolean {
    const instruction = addressInWords(words, at + (this.#layout.instruction >> 2));
    const bytes = this.#bytes;
    const start = (instruction + CODE_UNIT_BYTES - bytes.length) as RemoteAddress;
    if (this.#memory.read(start, bytes.length, bytes, 0) !== bytes.length) return false;
    return this.#layout.callsWithoutWitness.some(
      ({ opcode, cacheUnits }) =>
        bytes[(SEARCHED_UNITS - 1) * CODE_UNIT_BYTES] === opcode ||
        bytes[(SEARCHED_UNITS - 1 - cacheUnits) * CODE_UNIT_BYTES] === opcode,
    );
  }

  /** Looks for the function of the callee's frame in the slots of the caller's, from its top down. */
  #findCall(
    copies: ChainCopies,
    at: number,
    address: RemoteAddress,
    callee: RemoteAddress,
    calleeAt: number,
  ): Testimony {
    const { words } = copies;
    const { size, callable } = this.#layout;
    const low = (words[calleeAt + (callable >> 2)] ?? 0) & REFERENCE_MASK;
    const high = words[calleeAt + (callable >> 2) + 1] ?? 0;
    if (high === 0 && low === 0) return 'none';
    const slots = at + (size >> 2);
    const chunkEnd = copies.endOfChunk(address);
    const distance = (callee - address) / 4;
    const end = distance > 0 && at + distance <= chunkEnd ? at + distance : chunkEnd;
    const last = Math.max(slots, end - 2 * MAX_SEARCHED_SLOTS);
    let testimony: Testimony = 'none';
    for (let slot = end - 2; slot >= last; slot -= 2) {
      if (((words[slot] ?? 0) & REFERENCE_MASK) !== low || words[slot + 1] !== high) continue;
      const isSure =
        this.#isCallGoingOn(words, slot, slots, calleeAt + (size >> 2)) &&
        !copies.hasChangedCaller(address, at, slot - at);
      if (isSure) {
        // From the end of one chunk to another, a call is looked at each time.
        if (distance > 0 && at + distance < chunkEnd) this.#callSlot = slot - at;
        return 'sure';
      }
      testimony = 'doubtful';
    }
    return testimony;
  }

  /**
   * Whether a function on the caller's evaluation stack is being called, where one may have been left behind by an earlier call: either the null below it is still there, or it was called with
   * an object, its method's, which lies above it and is the callee's first local variable.
   */
  #isCallGoingOn(words: Uint32Array, functionAt: number, firstSlot: number, firstLocalAt: number): boolean {
    if (!this.#layout.isNullBelowFunction) return true;
    if (functionAt > firstSlot && words[functionAt - 2] === 0 && words[functionAt - 1] === 0) return true;
    const self = functionAt + 2;
    return words[self + 1] !== 0 && words[self] === words[firstLocalAt] && words[self + 1] === words[firstLocalAt + 1];
  }
}
