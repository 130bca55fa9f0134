import { expect, it } from 'vitest';
import { formatNumber, formatPercent, formatTable } from './markdown-table.ts';

it('aligns the columns of a table', () => {
  expect(formatTable(['sampler', 'x'], [['bbprofiler', '1,000'], ['austin']])).toBe(
    ['| sampler    | x     |', '| ---------- | ----- |', '| bbprofiler | 1,000 |', '| austin     |       |'].join('\n'),
  );
});

it('shows what was not measured as such', () => {
  expect(formatNumber(1234.5)).toBe('1,235');
  expect(formatNumber(NaN)).toBe('-');
  expect(formatPercent(0.25, 2)).toBe('0.25 %');
  expect(formatPercent(NaN, 2)).toBe('-');
});
