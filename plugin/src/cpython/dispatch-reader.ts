import type { ProcessMemory } from '../memory/process-memory.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES, addressInWords, isMappable } from '../memory/remote-address.ts';
import type { LoopVariables } from './code-object.ts';
import { matchesFunction } from './function-pattern.ts';
import { FLOAT_VALUE_OFFSET, OBJECT_TYPE_OFFSET } from './layouts/struct-layout.ts';
import type { StackBuffer } from './stack-buffer.ts';
import { DispatchKind } from './stack-buffer.ts';

/** Low bits of references that are no part of the address. */
const REFERENCE_STEP = 8;
const REFERENCE_MASK = ~(REFERENCE_STEP - 1);
const FLOAT_BYTES = FLOAT_VALUE_OFFSET + WORD_BYTES;
const LOW_BITS_OF_KEY = 2 ** 21;

/**
 * Tells what the event loop on a stack runs now: gives the callback a key, which stays the same for as long as the loop is in this callback, and is another for the next one. The key is
 * made of the loop's own variables and says nothing by itself.
 */
export class DispatchReader {
  readonly #memory: ProcessMemory;
  readonly #floatType: RemoteAddress;
  readonly #localsOffset: number;
  readonly #locals = new RangeBatch();
  readonly #times = new RangeBatch();
  #first = 0;
  #second = 0;

  /** @param localsOffset where a frame's local variables begin, bytes from its start */
  constructor(memory: ProcessMemory, floatType: RemoteAddress, localsOffset: number) {
    this.#memory = memory;
    this.#floatType = floatType;
    this.#localsOffset = localsOffset;
  }

  /** @param words the stack was copied into: its loop frames are at positions there */
  identifyCopied(stack: StackBuffer, words: Uint32Array): void {
    if (!this.#decideKind(stack)) return;
    this.#begin();
    for (let nth = 0; nth < stack.loopCount; nth++)
      this.#addVariables(stack, nth, words, (stack.loopPlaces[nth] ?? 0) + this.#localsOffset / 4);
    this.#finish(stack);
  }

  /** The same where only the addresses of the loop's frames are known. They are read now, a few microseconds after the stack. */
  identifyLate(stack: StackBuffer): void {
    if (!this.#decideKind(stack)) return;
    const batch = this.#locals;
    batch.clear();
    for (let nth = 0; nth < stack.loopCount; nth++)
      batch.add(
        ((stack.loopPlaces[nth] ?? 0) + this.#localsOffset) as RemoteAddress,
        localBytes(variablesOf(stack, nth)),
      );
    const copied = this.#memory.readRanges(batch);
    this.#begin();
    for (let nth = 0; nth < copied; nth++) this.#addVariables(stack, nth, batch.words, batch.positions[nth] ?? 0);
    this.#finish(stack);
  }

  /** Whether the loop is in a callback. */
  #decideKind(stack: StackBuffer): boolean {
    if (stack.loopCount === 0) {
      stack.dispatchKind = DispatchKind.none;
      return false;
    }
    const depth = stack.loopDepths[0] ?? 0;
    const loop = variablesOf(stack, 0)?.loop;
    const called = depth === 0 ? undefined : stack.codes[depth - 1];
    const isInLoop =
      called === undefined ||
      loop === undefined ||
      loop.isOuter ||
      loop.own.some((pattern) => matchesFunction(pattern, called));
    stack.dispatchKind = isInLoop ? DispatchKind.loop : DispatchKind.callback;
    return !isInLoop;
  }

  #begin(): void {
    this.#first = 0x2545f491;
    this.#second = 0x4f6cdd1d;
    this.#times.clear();
  }

  #addVariables(stack: StackBuffer, nth: number, words: Uint32Array, firstAt: number): void {
    const variables = variablesOf(stack, nth);
    if (variables === undefined) return;
    for (const index of variables.locals) this.#mixReference(words, firstAt + 2 * index);
    for (const index of variables.times) {
      this.#mixReference(words, firstAt + 2 * index);
      const reference = addressInWords(words, firstAt + 2 * index);
      const object = (reference - (reference % REFERENCE_STEP)) as RemoteAddress;
      if (isMappable(object) && !this.#times.isFull) this.#times.add(object, FLOAT_BYTES);
    }
  }

  #finish(stack: StackBuffer): void {
    const times = this.#times;
    const copied = times.count === 0 ? 0 : this.#memory.readRanges(times);
    for (let time = 0; time < copied; time++) {
      const at = times.positions[time] ?? 0;
      // None, or an int where there is nothing to wait for: its address is all there is to it.
      if (addressInWords(times.words, at + OBJECT_TYPE_OFFSET / 4) !== this.#floatType) continue;
      this.#mix(times.words[at + FLOAT_VALUE_OFFSET / 4] ?? 0);
      this.#mix(times.words[at + FLOAT_VALUE_OFFSET / 4 + 1] ?? 0);
    }
    stack.dispatchKey = (this.#first >>> 0) * LOW_BITS_OF_KEY + ((this.#second >>> 0) % LOW_BITS_OF_KEY);
  }

  #mixReference(words: Uint32Array, at: number): void {
    this.#mix((words[at] ?? 0) & REFERENCE_MASK);
    this.#mix(words[at + 1] ?? 0);
  }

  /** Two hashes of 32 bits in the manner of MurmurHash: a step that multiplies, one that brings high bits down. */
  #mix(word: number): void {
    const first = Math.imul(this.#first ^ word, 0x85ebca6b);
    this.#first = first ^ (first >>> 13);
    const second = Math.imul(this.#second ^ word, 0xc2b2ae35);
    this.#second = second ^ (second >>> 16);
  }
}

const variablesOf = (stack: StackBuffer, nth: number): LoopVariables | undefined =>
  stack.codes[stack.loopDepths[nth] ?? 0]?.loopVariables;

/** From the first local variable to the last that counts. */
const localBytes = (variables: LoopVariables | undefined): number =>
  WORD_BYTES * (1 + Math.max(0, ...(variables?.locals ?? []), ...(variables?.times ?? [])));
