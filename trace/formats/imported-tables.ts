import { badTrace } from '../contract/field-decoder.ts';
import { MAX_FRAMES, MAX_FUNCTIONS, MAX_STACK_DEPTH, MAX_STACKS, MAX_STRING_LENGTH } from '../contract/trace-limits.ts';
import type { TraceChunk } from '../contract/trace-lines.ts';
import { NO_STACK } from '../contract/units.ts';

type TableRows = Pick<TraceChunk, 'strings' | 'functions' | 'frames' | 'stacks'>;

export interface ImportedFunction {
  readonly name: string;
  readonly file: string;
  /** 0 where unknown. */
  readonly firstLine: number;
}

/** The caps of what one file may bring, so that tests can reach them with small files. */
export const IMPORT_TABLE_CAPS = { functions: MAX_FUNCTIONS, frames: MAX_FRAMES, stacks: MAX_STACKS } as const;
export type ImportTableCaps = Readonly<Record<keyof typeof IMPORT_TABLE_CAPS, number>>;

const MAX_LINE_NUMBER = 2 ** 31 - 1;

/** Builds a trace's tables as an import meets functions, frames and stacks: each is one row, however often it is met. */
export class ImportedTables {
  readonly #caps: ImportTableCaps;
  readonly #strings = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  readonly #frames = new Map<number, number>();
  readonly #stacks = new Map<number, number>();
  readonly #depths: number[] = [];
  readonly #functionColumns = { names: [] as number[], files: [] as number[], firstLines: [] as number[] };
  readonly #frameColumns = { functions: [] as number[], lines: [] as number[] };
  readonly #stackColumns = { parents: [] as number[], frames: [] as number[] };

  constructor(caps: ImportTableCaps = IMPORT_TABLE_CAPS) {
    this.#caps = caps;
  }

  /** @returns the function's number */
  internFunction({ name, file, firstLine }: ImportedFunction): number {
    const start = toLine(firstLine);
    const key = `${name}\n${file}\n${start}`;
    return this.#intern('functions', this.#functions, key, () => {
      this.#functionColumns.names.push(this.#internString(name));
      this.#functionColumns.files.push(this.#internString(file));
      this.#functionColumns.firstLines.push(start);
    });
  }

  /** @param line 0 where unknown @returns the frame's number */
  internFrame(called: number, line: number): number {
    const at = toLine(line);
    // Below 2^53 within the caps.
    return this.#intern('frames', this.#frames, called * (MAX_LINE_NUMBER + 1) + at, () => {
      this.#frameColumns.functions.push(called);
      this.#frameColumns.lines.push(at);
    });
  }

  /** @param parent the caller's stack, or {@link NO_STACK} @returns the stack's number */
  internStack(parent: number, frame: number): number {
    return this.#intern('stacks', this.#stacks, (parent + 1) * MAX_FRAMES + frame, () => {
      const depth = parent === NO_STACK ? 1 : this.#depths[parent]! + 1;
      if (depth > MAX_STACK_DEPTH) {
        throw badTrace(`The file has a stack deeper than ${MAX_STACK_DEPTH} frames`, { cap: MAX_STACK_DEPTH });
      }
      this.#depths.push(depth);
      this.#stackColumns.parents.push(parent);
      this.#stackColumns.frames.push(frame);
    });
  }

  rows(): TableRows {
    return {
      strings: Array.from(this.#strings.keys()),
      functions: this.#functionColumns,
      frames: this.#frameColumns,
      stacks: this.#stackColumns,
    };
  }

  #internString(text: string): number {
    if (text.length > MAX_STRING_LENGTH) {
      throw badTrace(`The file has a name of more than ${MAX_STRING_LENGTH} characters`, { cap: MAX_STRING_LENGTH });
    }
    const number = this.#strings.get(text) ?? this.#strings.size;
    this.#strings.set(text, number);
    return number;
  }

  #intern<Key>(table: keyof ImportTableCaps, numbers: Map<Key, number>, key: Key, onNew: () => void): number {
    const known = numbers.get(key);
    if (known !== undefined) {
      return known;
    }
    const number = numbers.size;
    if (number >= this.#caps[table]) {
      throw badTrace(`The file has more than ${this.#caps[table]} ${table}`, { table, cap: this.#caps[table] });
    }
    numbers.set(key, number);
    onNew();
    return number;
  }
}

/** Lines that are none (other formats have -1, and fractions in damaged files) are unknown. */
const toLine = (line: number): number => (Number.isInteger(line) && line > 0 && line <= MAX_LINE_NUMBER ? line : 0);
