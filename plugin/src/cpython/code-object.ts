import type { RemoteAddress } from '../memory/remote-address.ts';
import type { LoopFunction } from './event-loops.ts';
import type { LineTableFormat } from './layouts/struct-layout.ts';
import { parseLineChanges, parseLineRanges } from './line-table.ts';
import type { LocationTable } from './location-table.ts';
import { parseLocationTable } from './location-table.ts';

const PARSERS: Readonly<Record<LineTableFormat, (bytes: Uint8Array, firstLine: number) => LocationTable>> = {
  changes: parseLineChanges,
  ranges: parseLineRanges,
  locations: parseLocationTable,
};

/** The variables of an event loop's function by which its callbacks are told apart, as indexes of its local variables. Names that it does not have are left out. */
export interface LoopVariables {
  readonly loop: LoopFunction;
  readonly locals: readonly number[];
  readonly times: readonly number[];
}

export interface CodeObjectContent {
  readonly address: RemoteAddress;
  readonly functionName: string;
  readonly file: string;
  readonly firstLine: number;
  /** Number of code units (2 bytes each). */
  readonly codeUnits: number;
  /** The line table; undefined where it is longer than we are willing to read. */
  readonly locations: Uint8Array | undefined;
  /** Of the line table; `locations` where none is named. */
  readonly lineFormat?: LineTableFormat;
  /** Whether it is a piece of the interpreter, not of the program. */
  readonly isTrampoline: boolean;
  /** Only of a function of an event loop. */
  readonly loopVariables?: LoopVariables;
}

/**
 * A function (or module, class body, comprehension) of the target. One object stands for one content at one address: when the
 * target frees a code object and puts another in its place, the new one is another CodeObject with another `id`.
 */
export class CodeObject {
  /** Small, dense, never re-used within one reader: usable as index of a cache. */
  readonly id: number;
  readonly address: RemoteAddress;
  /** Qualified name, as in `Class.method` or `function.<locals>.inner`; before 3.11 the last part of it, which is all there is. */
  readonly functionName: string;
  /** `co_filename`: a full path in most programs, else what the program says, such as `<string>`. */
  readonly file: string;
  readonly firstLine: number;
  readonly codeUnits: number;
  readonly isTrampoline: boolean;
  /** Only of a function of an event loop. */
  readonly loopVariables: LoopVariables | undefined;
  readonly #locations: Uint8Array | undefined;
  readonly #lineFormat: LineTableFormat;
  #table: LocationTable | undefined;

  constructor(id: number, content: CodeObjectContent) {
    this.id = id;
    this.address = content.address;
    this.functionName = content.functionName;
    this.file = content.file;
    this.firstLine = content.firstLine;
    this.codeUnits = content.codeUnits;
    this.isTrampoline = content.isTrampoline;
    this.loopVariables = content.loopVariables;
    this.#locations = content.locations;
    this.#lineFormat = content.lineFormat ?? 'locations';
  }

  /** The source line of an instruction; the first line where the function has not begun; 0 where the program says there is none. */
  lineAt(instruction: number): number {
    if (instruction < 0) return this.firstLine;
    if (this.#locations === undefined) return 0;
    this.#table ??= PARSERS[this.#lineFormat](this.#locations, this.firstLine);
    return this.#table.lineAt(instruction);
  }
}
