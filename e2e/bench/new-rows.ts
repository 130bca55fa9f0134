import type { FrameColumns, FunctionColumns, StackColumns, TraceChunk } from '#trace/contract/trace-lines.ts';
import { frameIndex, functionIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';

type Writable<Columns> = { [Column in keyof Columns]: number[] };
export type NewRowsOfChunk = Pick<TraceChunk, 'strings' | 'functions' | 'frames' | 'stacks'>;

/** The tables of a generated trace: what a chunk is the first to use goes with it. */
export class NewRows {
  readonly #source: TraceModel;
  readonly #strings = new Map<string, number>();
  readonly #functions = new Map<number, number>();
  readonly #frames = new Map<number, number>();
  /** `parent frame` to stack. */
  readonly #stacks = new Map<string, number>();
  readonly #stackOfChain = new Map<readonly number[], number>();
  #newStrings: string[] = [];
  #newFunctions: Writable<FunctionColumns> = { names: [], files: [], firstLines: [] };
  #newFrames: Writable<FrameColumns> = { functions: [], lines: [] };
  #newStacks: Writable<StackColumns> = { parents: [], frames: [] };

  /** @param source whose frames the chains are made of */
  constructor(source: TraceModel) {
    this.#source = source;
  }

  take(): NewRowsOfChunk {
    const rows = {
      strings: this.#newStrings,
      functions: this.#newFunctions,
      frames: this.#newFrames,
      stacks: this.#newStacks,
    };
    this.#newStrings = [];
    this.#newFunctions = { names: [], files: [], firstLines: [] };
    this.#newFrames = { functions: [], lines: [] };
    this.#newStacks = { parents: [], frames: [] };
    return rows;
  }

  /** Index of the chain's stack. */
  stack(chain: readonly number[]): number {
    const known = this.#stackOfChain.get(chain);
    if (known !== undefined) return known;
    const stack = chain.reduce((parent, frame) => this.#stack(parent, frame), -1);
    this.#stackOfChain.set(chain, stack);
    return stack;
  }

  #stack(parent: number, sourceFrame: number): number {
    return intern(this.#stacks, `${parent} ${sourceFrame}`, () => {
      this.#newStacks.frames.push(this.#frame(sourceFrame));
      this.#newStacks.parents.push(parent);
    });
  }

  #frame(sourceFrame: number): number {
    return intern(this.#frames, sourceFrame, () => {
      const frame = frameIndex(sourceFrame);
      this.#newFrames.functions.push(this.#function(this.#source.frameFunction(frame)));
      this.#newFrames.lines.push(this.#source.frameLine(frame));
    });
  }

  #function(sourceFunction: number): number {
    return intern(this.#functions, sourceFunction, () => {
      const index = functionIndex(sourceFunction);
      this.#newFunctions.names.push(this.#string(this.#source.functionName(index)));
      this.#newFunctions.files.push(this.#string(this.#source.functionFile(index)));
      this.#newFunctions.firstLines.push(this.#source.functionFirstLine(index));
    });
  }

  #string(text: string): number {
    return intern(this.#strings, text, () => this.#newStrings.push(text));
  }
}

const intern = <Key>(rows: Map<Key, number>, key: Key, add: () => void): number => {
  const known = rows.get(key);
  if (known !== undefined) return known;
  const row = rows.size;
  rows.set(key, row);
  add();
  return row;
};
