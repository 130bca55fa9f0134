import type { CodeObject } from './code-object.ts';

/** What the event loop of a stack is doing: there is none that we know; it waits, or works for itself; it runs a callback. */
export const DispatchKind = { none: 0, loop: 1, callback: 2 } as const;
export type DispatchKind = (typeof DispatchKind)[keyof typeof DispatchKind];

/** Loops run in loops, each of up to three functions of which one calls the other: asyncio's below Twisted's. */
export const MAX_LOOP_FRAMES = 8;

/** Room for most stacks; grows by doubling. */
const INITIAL_FRAMES = 256;

/**
 * One call stack, leaf first. Filled again and again, so that reading a stack allocates nothing: only the first `length`
 * entries of `codes` and `instructions` mean anything, and only until the next read.
 */
export class StackBuffer {
  length = 0;
  readonly codes: CodeObject[] = [];
  /** Position in the code object's instructions, in code units of 2 bytes; negative before the first instruction. */
  instructions = new Int32Array(INITIAL_FRAMES);

  /** Frames of event loops' functions, innermost first, as far as there is room: their depth, and their place as the stack's reader counts. */
  loopCount = 0;
  readonly loopDepths = new Int32Array(MAX_LOOP_FRAMES);
  readonly loopPlaces = new Float64Array(MAX_LOOP_FRAMES);
  dispatchKind: DispatchKind = DispatchKind.none;
  /** While {@link dispatchKind} is `callback`: the same for as long as the loop is in one callback, another for the next. */
  dispatchKey = 0;

  /** Of two stacks of a thread, read one after the other, with the same number here most frames are likely to be the same: 0 or a small number. */
  likeness = 0;

  /** The innermost function at the last attempt, where a stack was given up as torn and that could be told. */
  lostLeaf: CodeObject | undefined;

  clear(): void {
    this.length = 0;
    this.lostLeaf = undefined;
    this.loopCount = 0;
    this.dispatchKind = DispatchKind.none;
  }

  /** Notes that the frame pushed last is one of an event loop. */
  addLoopFrame(place: number): void {
    if (this.loopCount === MAX_LOOP_FRAMES) return;
    this.loopDepths[this.loopCount] = this.length - 1;
    this.loopPlaces[this.loopCount++] = place;
  }

  /** Puts another stack below this one. What is told of event loops is of the outermost. */
  append({ codes, instructions, length, dispatchKind, dispatchKey }: StackBuffer): void {
    for (let depth = 0; depth < length; depth++) this.push(codes[depth]!, instructions[depth]!);
    this.dispatchKind = dispatchKind;
    this.dispatchKey = dispatchKey;
  }

  push(code: CodeObject, instruction: number): void {
    const index = this.length++;
    if (index === this.instructions.length) {
      const grown = new Int32Array(this.instructions.length * 2);
      grown.set(this.instructions);
      this.instructions = grown;
    }
    this.codes[index] = code;
    this.instructions[index] = instruction;
  }
}
