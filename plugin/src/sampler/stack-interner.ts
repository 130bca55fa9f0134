import { NO_STACK, stackIndex, type StackIndex } from '#trace/contract/units.ts';
import type { FrameColumns, FunctionColumns, StackColumns } from '#trace/contract/trace-lines.ts';
import type { CodeObject } from '../cpython/code-object.ts';
import type { StackBuffer } from '../cpython/stack-buffer.ts';

/**
 * Most stacks one trace may hold: far beyond what real programs show in a day (tens of thousands), and a bound on the
 * sampler's memory (about 100 bytes each) for one that makes up new code for ever.
 */
export const MAX_STACKS = 1 << 22;
/** Frames per stack in a combined map key; keys stay below 2^53 for {@link MAX_STACKS} stacks. */
const MAX_FRAMES = 2 ** 28;

/** The rows of all tables that were added since they were last taken. */
export interface NewRows {
  readonly strings: string[];
  readonly functions: { [Column in keyof FunctionColumns]: number[] };
  readonly frames: { [Column in keyof FrameColumns]: number[] };
  readonly stacks: { [Column in keyof StackColumns]: number[] };
}

const noRows = (): NewRows => ({
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
});

interface KnownCode {
  readonly functionIndex: number;
  readonly frames: Map<number, number>;
}

const FIRST_LEVELS = 64;
/** A stack that leaves a longer path for so many levels does not take its place. */
export const MAX_LEAVING_LEVELS = 2;

/**
 * A stack that was interned lately, outermost frame first: of one thread, so that from sample to sample only the frames above the first
 * one that changed have to be looked up.
 */
export class InternedPath {
  length = 0;
  readonly codes: CodeObject[] = [];
  instructions = new Int32Array(FIRST_LEVELS);
  /** Index of the stack that ends at each level. */
  stacks = new Int32Array(FIRST_LEVELS);

  /** Levels, from the outermost in, that a stack shares with this one. */
  countShared(stack: StackBuffer): number {
    const { codes, instructions } = this;
    const most = Math.min(this.length, stack.length);
    let level = 0;
    for (let depth = stack.length - 1; level < most; level++, depth--) {
      if (codes[level] !== stack.codes[depth] || instructions[level] !== stack.instructions[depth]) break;
    }
    return level;
  }

  /** Makes `level` the last one. */
  set(level: number, code: CodeObject, instruction: number, stack: StackIndex): void {
    if (level === this.stacks.length) {
      this.instructions = grown(this.instructions);
      this.stacks = grown(this.stacks);
    }
    this.codes[level] = code;
    this.instructions[level] = instruction;
    this.stacks[level] = stack;
    this.length = level + 1;
  }
}

function grown(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(column.length * 2);
  wider.set(column);
  return wider;
}

/**
 * Gives each distinct string, function, frame and stack of a trace its index, and keeps the rows that the next chunk has to bring.
 * A frame whose code object and instruction were seen before costs one map look-up.
 */
export class StackInterner {
  readonly #maxStacks: number;
  readonly #strings = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  readonly #frames = new Map<number, number>();
  readonly #stacks = new Map<number, StackIndex>();
  /**
   * By code object: its function's index, and the frame of each instruction met so far. Weak, because a program that makes up code for ever makes the same functions again and
   * again: they are in the tables once, and their code objects are nobody's once the reader has forgotten them.
   */
  readonly #codes = new WeakMap<CodeObject, KnownCode>();
  #newRows = noRows();

  /** @param maxStacks stacks that are given an index */
  constructor(maxStacks = MAX_STACKS) {
    this.#maxStacks = maxStacks;
  }

  /** Index of a stack, or undefined when the trace is full. `path` is of stacks before, and may become that of this one. */
  intern(stack: StackBuffer, path: InternedPath): StackIndex | undefined {
    const shared = path.countShared(stack);
    // A path that goes further is worth more than the few levels that leave it.
    const isKept = stack.length - shared <= MAX_LEAVING_LEVELS && path.length > stack.length;
    if (!isKept) path.length = shared;
    let parent = shared === 0 ? NO_STACK : stackIndex(path.stacks[shared - 1]!);
    for (let level = shared; level < stack.length; level++) {
      const depth = stack.length - 1 - level;
      const code = stack.codes[depth]!;
      const instruction = stack.instructions[depth]!;
      const child = this.#internChild(parent, this.#internInstruction(code, instruction));
      if (child === undefined) return undefined;
      if (!isKept) path.set(level, code, instruction, child);
      parent = child;
    }
    return parent;
  }

  /** The rows added since the last call. */
  takeNewRows(): NewRows {
    const rows = this.#newRows;
    this.#newRows = noRows();
    return rows;
  }

  #internChild(parent: StackIndex, frame: number): StackIndex | undefined {
    const key = (parent + 1) * MAX_FRAMES + frame;
    let child = this.#stacks.get(key);
    if (child === undefined) {
      if (this.#stacks.size >= this.#maxStacks || frame >= MAX_FRAMES) return undefined;
      child = stackIndex(this.#stacks.size);
      this.#stacks.set(key, child);
      this.#newRows.stacks.parents.push(parent);
      this.#newRows.stacks.frames.push(frame);
    }
    return child;
  }

  /** Index of the function of a code object. */
  internCode(code: CodeObject): number {
    return this.#known(code).functionIndex;
  }

  #internInstruction(code: CodeObject, instruction: number): number {
    const known = this.#known(code);
    let frame = known.frames.get(instruction);
    if (frame === undefined) {
      frame = this.#internFrame(known.functionIndex, code.lineAt(instruction));
      known.frames.set(instruction, frame);
    }
    return frame;
  }

  #known(code: CodeObject): KnownCode {
    let known = this.#codes.get(code);
    if (known === undefined) {
      known = { functionIndex: this.#internFunction(code), frames: new Map() };
      this.#codes.set(code, known);
    }
    return known;
  }

  #internFrame(functionIndex: number, line: number): number {
    const key = functionIndex * MAX_FRAMES + line;
    let frame = this.#frames.get(key);
    if (frame === undefined) {
      frame = this.#frames.size;
      this.#frames.set(key, frame);
      this.#newRows.frames.functions.push(functionIndex);
      this.#newRows.frames.lines.push(line);
    }
    return frame;
  }

  #internFunction(code: CodeObject): number {
    const key = `${code.firstLine}\0${code.file}\0${code.functionName}`;
    let index = this.#functions.get(key);
    if (index === undefined) {
      index = this.#functions.size;
      this.#functions.set(key, index);
      this.#newRows.functions.names.push(this.#internString(code.functionName));
      this.#newRows.functions.files.push(this.#internString(code.file));
      this.#newRows.functions.firstLines.push(code.firstLine);
    }
    return index;
  }

  #internString(text: string): number {
    let index = this.#strings.get(text);
    if (index === undefined) {
      index = this.#strings.size;
      this.#strings.set(text, index);
      this.#newRows.strings.push(text);
    }
    return index;
  }
}
