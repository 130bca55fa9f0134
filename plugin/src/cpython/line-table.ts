/**
 * The line tables of CPython up to 3.10: pairs of bytes, by how much the address of the code grows and by how much the line does, which is signed (CPython's
 * `Objects/lnotab_notes.txt`). Up to 3.9 a pair is a change: its line begins at its address. In 3.10 (PEP 626) a pair is a range, which ends at its address and may belong to no line.
 */
import type { LocationTable } from './location-table.ts';
import { LineRuns } from './location-table.ts';

const PAIR_BYTES = 2;
const CODE_UNIT_BYTES = 2;
/** Instead of a line: the range has none. */
const NO_LINE = -128;

const signedByte = (byte = 0): number => (byte << 24) >> 24;
const unitsOf = (codeBytes: number): number => Math.ceil(codeBytes / CODE_UNIT_BYTES);

/** `co_lnotab`. Any bytes give a table. */
export const parseLineChanges = (bytes: Uint8Array, firstLine: number): LocationTable => {
  const runs = new LineRuns();
  let end = 0;
  let line = firstLine;
  for (let at = 0; at + 1 < bytes.length; at += PAIR_BYTES) {
    end += bytes[at] ?? 0;
    runs.push(unitsOf(end), line);
    line += signedByte(bytes[at + 1]);
  }
  // The last line goes on to the end of the code, which the table does not say.
  runs.push(Infinity, line);
  return runs.table();
};

/** `co_linetable` of 3.10. Any bytes give a table. */
export const parseLineRanges = (bytes: Uint8Array, firstLine: number): LocationTable => {
  const runs = new LineRuns();
  let end = 0;
  let line = firstLine;
  for (let at = 0; at + 1 < bytes.length; at += PAIR_BYTES) {
    end += bytes[at] ?? 0;
    const delta = signedByte(bytes[at + 1]);
    if (delta !== NO_LINE) line += delta;
    runs.push(unitsOf(end), delta === NO_LINE ? 0 : line);
  }
  return runs.table();
};
