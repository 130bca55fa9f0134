import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseLineChanges, parseLineRanges } from './line-table.ts';

const linesOf = (parse: typeof parseLineChanges, pairs: readonly (readonly [number, number])[], units: number) => {
  const table = parse(Uint8Array.from(pairs.flatMap(([bytes, lines]) => [bytes, lines & 0xff])), 10);
  return Array.from({ length: units }, (_, unit) => table.lineAt(unit));
};

describe('a table of changes (up to 3.9)', () => {
  it('begins at the first line, and goes on with the last to the end of the code', () => {
    const pairs = [
      [4, 1],
      [2, 5],
    ] as const;
    expect(linesOf(parseLineChanges, pairs, 5)).toEqual([10, 10, 11, 16, 16]);
    expect(linesOf(parseLineChanges, [], 2)).toEqual([10, 10]);
  });

  it('goes back where a change is negative, and far in several steps', () => {
    const pairs = [
      [2, 127],
      [0, 73],
      [255, 0],
      [1, -128],
      [0, -70],
    ] as const;
    expect(linesOf(parseLineChanges, pairs, 131)).toEqual([10, ...Array.from({ length: 128 }, () => 210), 12, 12]);
  });
});

describe('a table of ranges (3.10)', () => {
  it('has the line of a range up to its end, and none beyond the last', () => {
    const pairs = [
      [2, 0],
      [4, 2],
      [2, -1],
    ] as const;
    expect(linesOf(parseLineRanges, pairs, 5)).toEqual([10, 12, 12, 11, 0]);
  });

  it('has no line for a range that belongs to none, and goes on counting after it', () => {
    const pairs = [
      [2, 3],
      [2, -128],
      [0, 100],
      [2, 1],
    ] as const;
    expect(linesOf(parseLineRanges, pairs, 3)).toEqual([13, 0, 114]);
  });
});

describe.each([parseLineChanges, parseLineRanges])('%o', (parse) => {
  it('is harmless whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer(), fc.nat(50_000), (bytes, firstLine, unit) => {
        expect(Number.isInteger(parse(bytes, firstLine).lineAt(unit))).toBe(true);
      }),
    );
  });
});
