import { describe, expect, it } from 'vitest';
import { int32Column } from './column.ts';

const fill = (count: number, share?: number) => {
  const column = int32Column();
  const sizes = new Set<number>();
  for (let row = 0; row < count; row++) {
    if (share !== undefined) column.expectWhole(share);
    column.reserve(1);
    column.push(row);
    sizes.add(column.bytes);
  }
  return { column, growths: sizes.size - 1 };
};

describe('a column', () => {
  it('keeps all values however often it grows', () => {
    const { column } = fill(10_000);
    expect(Array.from(column.values.subarray(0, column.length))).toEqual(
      Array.from({ length: 10_000 }, (_, row) => row),
    );
  });

  it('grows at once to what the whole will take', () => {
    expect(fill(1000, 0.1).growths).toBeLessThan(fill(1000).growths);
  });

  it('does not trust a guess from next to nothing', () => {
    const { column } = fill(65, 1e-9);
    expect(column.bytes).toBeLessThan(10_000);
  });

  it('gives back much that is not used, and does not copy all for little', () => {
    const { column } = fill(65);
    const large = column.bytes;
    column.trim();
    expect(column.bytes).toBe(65 * Int32Array.BYTES_PER_ELEMENT);
    expect(large).toBeGreaterThan(column.bytes);
    const { column: full } = fill(95);
    const bytes = full.bytes;
    full.trim();
    expect(full.bytes).toBe(bytes);
  });
});
