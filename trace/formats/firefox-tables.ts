import { functionIndex, NO_STACK } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

const IDLE_CATEGORY = 1;

type Columns<Name extends string> = Readonly<Record<Name, (number | string | boolean | null)[]>>;

/**
 * The tables that a Firefox profile's threads share: the trace's rows first, under their own numbers, then those that threads come to need.
 * Columns that mean nothing for Python are filled with what the format has for that.
 */
export class FirefoxTables {
  readonly strings: string[];
  readonly #model: TraceModel;
  readonly #numbers = new Map<string, number>();
  readonly #frames: { func: number; line: number | null; category: number }[] = [];
  readonly #stacks: { prefix: number | null; frame: number }[] = [];
  readonly #idleStacks = new Map<number, number>();
  #unknownStack: number | undefined;

  constructor(model: TraceModel) {
    this.#model = model;
    this.strings = [...model.strings];
  }

  string(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = this.strings.length;
    this.strings.push(text);
    this.#numbers.set(text, number);
    return number;
  }

  /** The same stack with its innermost frame in the category Idle: the format knows categories of frames, not of samples. */
  idleStack(stack: number): number {
    const known = this.#idleStacks.get(stack);
    if (known !== undefined) {
      return known;
    }
    const { stacks, functions } = this.#model;
    const parent = stacks.parents.values[stack]!;
    const frame = stacks.frames.values[stack]!;
    const idle = this.#addStack(parent === NO_STACK ? null : parent, {
      func: functions.frameFunctions.values[frame]!,
      line: functions.frameLines.values[frame]! || null,
      category: IDLE_CATEGORY,
    });
    this.#idleStacks.set(stack, idle);
    return idle;
  }

  /** Stands for the stack of ticks that have a weight and none. */
  unknownStack(): number {
    this.#unknownStack ??= this.#addStack(null, { func: this.#model.functions.count, line: null, category: 0 });
    return this.#unknownStack;
  }

  #addStack(prefix: number | null, frame: { func: number; line: number | null; category: number }): number {
    this.#stacks.push({ prefix, frame: this.#model.functions.frameCount + this.#frames.length });
    this.#frames.push(frame);
    return this.#model.stacks.count + this.#stacks.length - 1;
  }

  /** All that {@link string} has to number is numbered by then. */
  columns(): Readonly<Record<string, Columns<string>>> {
    const { sources, funcTable } = this.#functionColumns();
    return {
      stackTable: this.#stackColumns(),
      frameTable: this.#frameColumns(),
      funcTable,
      sources,
      resourceTable: { lib: [], name: [], host: [], type: [] },
      nativeSymbols: { libIndex: [], address: [], name: [], functionSize: [] },
    };
  }

  #stackColumns(): Columns<'frame' | 'prefix'> {
    const { stacks } = this.#model;
    const rows = Array.from({ length: stacks.count }, (_, stack) => stack);
    return {
      frame: [...rows.map((stack) => stacks.frames.values[stack]!), ...this.#stacks.map(({ frame }) => frame)],
      prefix: [
        ...rows.map((stack) => {
          const parent = stacks.parents.values[stack]!;
          return parent === NO_STACK ? null : parent;
        }),
        ...this.#stacks.map(({ prefix }) => prefix),
      ],
    };
  }

  #frameColumns(): Columns<string> {
    const { functions } = this.#model;
    const rows = [
      ...Array.from({ length: functions.frameCount }, (_, frame) => ({
        func: functions.frameFunctions.values[frame]!,
        line: functions.frameLines.values[frame]! || null,
        category: 0,
      })),
      ...this.#frames,
    ];
    return {
      address: rows.map(() => -1),
      inlineDepth: rows.map(() => 0),
      category: rows.map(({ category }) => category),
      subcategory: rows.map(() => 0),
      func: rows.map(({ func }) => func),
      nativeSymbol: rows.map(() => null),
      innerWindowID: rows.map(() => 0),
      line: rows.map(({ line }) => line),
      column: rows.map(() => null),
    };
  }

  #functionColumns(): { sources: Columns<string>; funcTable: Columns<string> } {
    const { functions } = this.#model;
    const sourceOf = new Map<number, number>();
    const sources: number[] = [];
    const sourceOfFile = (file: number): number => {
      const known = sourceOf.get(file) ?? sources.length;
      if (known === sources.length) {
        sources.push(file);
        sourceOf.set(file, known);
      }
      return known;
    };
    const rows = Array.from({ length: functions.count }, (_, index) => ({
      name: functions.names.values[index]!,
      source: sourceOfFile(functions.files.values[index]!) as number | null,
      line: this.#model.functionFirstLine(functionIndex(index)) || null,
    }));
    rows.push({ name: this.string(NO_STACK_LABEL), source: null, line: null });
    return {
      sources: { uuid: sources.map(() => null), filename: sources },
      funcTable: {
        name: rows.map(({ name }) => name),
        isJS: rows.map(() => false),
        relevantForJS: rows.map(() => false),
        resource: rows.map(() => -1),
        source: rows.map(({ source }) => source),
        lineNumber: rows.map(({ line }) => line),
        columnNumber: rows.map(() => null),
      },
    };
  }
}
