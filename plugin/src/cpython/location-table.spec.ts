import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { MAX_VARINT_BITS, parseLocationTable } from './location-table.ts';

/** First byte of an entry: its code, and its length in code units. */
const head = (code: number, units: number): number => 0x80 | (code << 3) | (units - 1);
const lines = (table: number[], firstLine: number, units: number): number[] => {
  const parsed = parseLocationTable(Uint8Array.from(table), firstLine);
  return Array.from({ length: units }, (_, unit) => parsed.lineAt(unit));
};

describe('a location table', () => {
  it('starts at the first line and moves on by one or two lines in short entries', () => {
    expect(lines([head(0, 2), 0, head(11, 1), 0, 0, head(12, 2), 0, 0], 5, 5)).toEqual([5, 5, 6, 8, 8]);
  });

  it('goes back where a delta is negative', () => {
    // Code 13 with a signed varint: 7 is -3, 10 is +5.
    expect(lines([head(13, 1), 10, head(13, 2), 7], 100, 3)).toEqual([105, 102, 102]);
  });

  it('reads deltas of more than six bits', () => {
    // 2 * 1000 = 2000 = 0b11111_010000: low six bits first, with the continuation bit.
    expect(lines([head(14, 1), 0x40 | (2000 & 0x3f), 2000 >> 6, 0, 1, 1], 1, 1)).toEqual([1001]);
  });

  it('ignores what lies beyond the largest delta', () => {
    const sixes = Math.ceil(MAX_VARINT_BITS / 6);
    const beyond = Array.from({ length: 1000 }, () => 0x7f);
    expect(
      lines([head(14, 1), 0x40 | 6, ...Array.from({ length: sixes - 1 }, () => 0x40), ...beyond, 0x3f], 1, 1),
    ).toEqual([4]);
  });

  it('has no line for code that belongs to none, and goes on counting after it', () => {
    expect(lines([head(0, 1), 0, head(15, 1), head(11, 1), 0, 0], 5, 3)).toEqual([5, 0, 6]);
  });

  it('has no line beyond its end', () => {
    expect(lines([head(0, 1), 0], 5, 2)).toEqual([5, 0]);
  });

  it('is harmless whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer(), fc.nat(5000), (bytes, firstLine, unit) => {
        expect(Number.isInteger(parseLocationTable(bytes, firstLine).lineAt(unit))).toBe(true);
      }),
    );
  });
});
