import { badTrace, type FieldDecoder } from '../contract/field-decoder.ts';
import { MAX_FRAMES, MAX_FUNCTIONS, MAX_STACKS, MAX_STRINGS } from '../contract/trace-limits.ts';
import { NO_STACK } from '../contract/units.ts';
import type { ImportedTables } from './imported-tables.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

type Column = readonly unknown[];

/** Stacks of a Firefox profile, of all threads or of one, taken into a trace's tables as samples name them. */
export class FirefoxStacks {
  readonly #path: string;
  readonly #tables: ImportedTables;
  readonly #frames: Column;
  readonly #parents: readonly number[];
  readonly #frameOf: readonly number[];
  readonly #isIdle: readonly boolean[];
  readonly #numbers = new Map<number, number>();

  /** @param fields what has the tables @param texts what has the texts; before version 56 the thread, else shared by all */
  constructor(fields: FieldDecoder, texts: FieldDecoder, idleCategories: readonly boolean[], tables: ImportedTables) {
    this.#path = fields.path;
    this.#tables = tables;
    const strings = texts.texts('stringArray', MAX_STRINGS);
    const functionOf = internFunctions(fields, texts, strings, tables);
    const frameTable = fields.object('frameTable');
    const lines = frameTable.values('line', MAX_FRAMES);
    const categories = frameTable.values('category', MAX_FRAMES);
    this.#frameOf = frameTable.wholeNumbers('func', MAX_FRAMES).map((called, frame) => {
      const number = functionOf[called];
      if (number === undefined) {
        throw badTrace(`${frameTable.path}.func names row ${called} of ${functionOf.length}`, { index: called });
      }
      return number === UNKNOWN ? UNKNOWN : tables.internFrame(number, toNumber(lines[frame]));
    });
    this.#isIdle = this.#frameOf.map((_, frame) => idleCategories[toNumber(categories[frame])] === true);
    const stackTable = fields.object('stackTable');
    this.#frames = stackTable.wholeNumbers('frame', MAX_STACKS, 0, this.#frameOf.length - 1);
    this.#parents = readParents(stackTable, this.#frames.length);
  }

  /** @returns the trace's stack; undefined where there is none, or its innermost frame says idle */
  find(number: unknown): number | undefined {
    if (number === null || number === undefined) {
      return undefined;
    }
    if (!Number.isInteger(number) || (number as number) < 0 || (number as number) >= this.#frames.length) {
      throw badTrace(`${this.#path} has a sample of a stack that the file does not have`);
    }
    const stack = number as number;
    return this.#isIdle[this.#frames[stack] as number] === true ? undefined : this.#intern(stack);
  }

  #intern(innermost: number): number {
    const pending: number[] = [];
    // Ends, since every parent comes before its child.
    for (let stack = innermost; stack !== NO_STACK && !this.#numbers.has(stack); stack = this.#parents[stack]!) {
      pending.push(stack);
    }
    for (const stack of pending.reverse()) {
      const parent = this.#numbers.get(this.#parents[stack]!) ?? NO_STACK;
      const frame = this.#frameOf[this.#frames[stack] as number]!;
      this.#numbers.set(stack, frame === UNKNOWN ? parent : this.#tables.internStack(parent, frame));
    }
    return this.#numbers.get(innermost)!;
  }
}

/** The function that stands for no stack. */
const UNKNOWN = -1;

const toNumber = (cell: unknown): number => (typeof cell === 'number' ? cell : 0);

const internFunctions = (
  fields: FieldDecoder,
  texts: FieldDecoder,
  strings: readonly string[],
  tables: ImportedTables,
): readonly number[] => {
  const table = fields.object('funcTable');
  const names = table.wholeNumbers('name', MAX_FUNCTIONS, 0, strings.length - 1);
  const lines = table.values('lineNumber', MAX_FUNCTIONS);
  const fileOf = fileReader(table, texts, strings);
  return names.map((name, row) => {
    const file = fileOf(row);
    return strings[name] === NO_STACK_LABEL && file === ''
      ? UNKNOWN
      : tables.internFunction({ name: strings[name]!, file, firstLine: toNumber(lines[row]) });
  });
};

/** Version 58 moved the files' names into a table of sources. */
const fileReader = (
  table: FieldDecoder,
  texts: FieldDecoder,
  strings: readonly string[],
): ((row: number) => string) => {
  if (!table.has('source')) {
    const files = table.values('fileName', MAX_FUNCTIONS);
    return (row) => (typeof files[row] === 'number' ? (strings[files[row]] ?? '') : '');
  }
  const sources = table.values('source', MAX_FUNCTIONS);
  const files = texts.object('sources').wholeNumbers('filename', MAX_FUNCTIONS, 0, strings.length - 1);
  return (row) => {
    const source = sources[row];
    return typeof source === 'number' && files[source] !== undefined ? strings[files[source]]! : '';
  };
};

const readParents = (table: FieldDecoder, count: number): readonly number[] => {
  const isByDistance = table.has('prefixOffset');
  const cells = table.values(isByDistance ? 'prefixOffset' : 'prefix', MAX_STACKS);
  if (cells.length !== count) {
    throw badTrace(`The columns of ${table.path} have different lengths`);
  }
  return cells.map((cell, stack) => {
    const parent = isByDistance ? (cell === 0 ? null : stack - Number(cell)) : cell;
    if (parent === null) {
      return NO_STACK;
    }
    if (!Number.isInteger(parent) || (parent as number) < 0 || (parent as number) >= stack) {
      throw badTrace(`${table.path} has a stack ${stack} whose parent does not come before it`, { stack });
    }
    return parent as number;
  });
};
