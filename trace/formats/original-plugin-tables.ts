import { badTrace } from '../contract/field-decoder.ts';
import { MAX_FRAMES, MAX_STACKS } from '../contract/trace-limits.ts';
import type { TraceChunk } from '../contract/trace-lines.ts';
import type { OriginalFile } from './original-plugin-file.ts';

type TableRows = Pick<TraceChunk, 'strings' | 'functions' | 'frames' | 'stacks'>;

/** Numbers what is new. */
class Interner<Key> {
  readonly #numbers = new Map<Key, number>();

  /** @param onNew called with nothing known of the key yet */
  intern(key: Key, onNew: () => void): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      return known;
    }
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    onNew();
    return number;
  }
}

const emptyRows = () => ({
  strings: [] as string[],
  functions: { names: [] as number[], files: [] as number[], firstLines: [] as number[] },
  frames: { functions: [] as number[], lines: [] as number[] },
  stacks: { parents: [] as number[], frames: [] as number[] },
});

/** Builds the trace's tables out of the file's frames, as stacks come to use them. */
export class OriginalTables {
  readonly #file: OriginalFile;
  readonly #maxStacks: number;
  readonly #strings = new Interner<string>();
  readonly #functions = new Interner<string>();
  readonly #frames = new Interner<number>();
  /** (parent, frame) as one number: below 2^53 within the caps. */
  readonly #stacks = new Interner<number>();
  #stackCount = 0;
  #rows = emptyRows();

  constructor(file: OriginalFile, maxStacks: number = MAX_STACKS) {
    this.#file = file;
    this.#maxStacks = maxStacks;
  }

  /** @param frames frame numbers of the file, innermost first @returns the trace's stack, -1 for an empty one */
  internStack(frames: readonly number[]): number {
    let stack = -1;
    for (let position = frames.length - 1; position >= 0; position--) {
      const frame = this.#internFrame(frames[position]!);
      const parent = stack;
      stack = this.#stacks.intern((parent + 1) * MAX_FRAMES + frame, () => {
        if (++this.#stackCount > this.#maxStacks) {
          throw badTrace(`The file has more than ${this.#maxStacks} stacks`, { cap: this.#maxStacks });
        }
        this.#rows.stacks.parents.push(parent);
        this.#rows.stacks.frames.push(frame);
      });
    }
    return stack;
  }

  /** The rows since the last call. */
  takeNewRows(): TableRows {
    const rows = this.#rows;
    this.#rows = emptyRows();
    return rows;
  }

  #internFrame(number: number): number {
    return this.#frames.intern(number, () => {
      const { file, line, name } = this.#file.frames[number]!;
      const functionIndex = this.#functions.intern(`${file}\n${name}`, () => {
        this.#rows.functions.names.push(this.#internString(name));
        this.#rows.functions.files.push(this.#internString(file));
        this.#rows.functions.firstLines.push(0);
      });
      this.#rows.frames.functions.push(functionIndex);
      this.#rows.frames.lines.push(line);
    });
  }

  #internString(text: string): number {
    return this.#strings.intern(text, () => this.#rows.strings.push(text));
  }
}
