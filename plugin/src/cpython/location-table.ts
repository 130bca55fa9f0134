/**
 * The location table of CPython 3.11 and newer (PEP 657, CPython's `InternalDocs/code_objects.md`): for each run of code units, the change
 * of line since the run before, then columns, which a profiler has no use for.
 *
 * An entry's first byte is `1cccclll`: code 0-15, length in code units - 1. All following bytes have the top bit clear.
 */

const ENTRY_START = 0x80;
const CODE_SHORT_LAST = 9;
const CODE_ONE_LINE_FIRST = 10;
const CODE_ONE_LINE_LAST = 12;
const CODE_NO_COLUMNS = 13;
const CODE_LONG = 14;
/** Lines of one function lie within a file: a delta beyond this is not a line number. */
export const MAX_VARINT_BITS = 32;

export interface LocationTable {
  /** The line of a code unit; 0 where the table has none for it. */
  lineAt(codeUnit: number): number;
}

interface Varint {
  readonly value: number;
  readonly next: number;
}

const parseVarint = (bytes: Uint8Array, start: number): Varint => {
  let value = 0;
  let shift = 0;
  let index = start;
  for (; index < bytes.length; index++) {
    const byte = bytes[index] ?? 0;
    if (shift < MAX_VARINT_BITS) value += (byte & 0x3f) * 2 ** shift;
    shift += 6;
    if ((byte & 0x40) === 0) {
      index++;
      break;
    }
  }
  return { value, next: index };
};

const signed = (value: number): number => (value % 2 === 1 ? -Math.floor(value / 2) : value / 2);

const lineDelta = (bytes: Uint8Array, entry: number, code: number): number | undefined => {
  if (code <= CODE_SHORT_LAST) return 0;
  if (code <= CODE_ONE_LINE_LAST) return code - CODE_ONE_LINE_FIRST;
  if (code === CODE_NO_COLUMNS || code === CODE_LONG) return signed(parseVarint(bytes, entry + 1).value);
  return undefined;
};

/** Collects lines of code units in their order, neighbours with the same line as one run. */
export class LineRuns {
  readonly #ends: number[] = [];
  readonly #lines: number[] = [];

  /** @param end first code unit behind the run; a run that is empty counts for nothing */
  push(end: number, line: number): void {
    const last = this.#ends.length - 1;
    if (end <= (this.#ends[last] ?? 0)) return;
    const shown = Math.max(line, 0);
    if (this.#lines[last] === shown) this.#ends[last] = end;
    else {
      this.#ends.push(end);
      this.#lines.push(shown);
    }
  }

  table(): LocationTable {
    return searchable(Float64Array.from(this.#ends), Int32Array.from(this.#lines));
  }
}

/** Any bytes give a table: a malformed one gives wrong lines, never an error, and at most one run per byte. */
export const parseLocationTable = (bytes: Uint8Array, firstLine: number): LocationTable => {
  const runs = new LineRuns();
  let end = 0;
  let line = firstLine;
  let index = 0;
  while (index < bytes.length) {
    const head = bytes[index] ?? 0;
    const delta = lineDelta(bytes, index, (head >> 3) & 0xf);
    line += delta ?? 0;
    end += (head & 7) + 1;
    runs.push(end, delta === undefined ? 0 : line);
    index++;
    while (index < bytes.length && ((bytes[index] ?? 0) & ENTRY_START) === 0) index++;
  }
  return runs.table();
};

const searchable = (ends: Float64Array, lines: Int32Array): LocationTable => ({
  lineAt(codeUnit: number): number {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) <= codeUnit) low = middle + 1;
      else high = middle;
    }
    return lines[low] ?? 0;
  },
});
