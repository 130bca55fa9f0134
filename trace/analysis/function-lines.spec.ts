import { describe, expect, it } from 'vitest';
import { functionIndex, microseconds } from '../contract/units.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeFunctionLines } from './function-lines.ts';
import type { Selection } from './selection.ts';

const lines = (drawing: string, selection: Partial<Selection> = {}): string[] =>
  computeFunctionLines(modelFromText(drawing), { weight: 'wall', ...selection }, functionIndex(0)).map(
    ({ line, self, total }) => `${line}: ${self / 10_000} ${total / 10_000}`,
  );

describe('the lines of a function', () => {
  it('have what they took themselves, and with what they called', () => {
    expect(
      lines('main\n  2 running work:3\n  3 running work:5 > help:9\n  1 running work:5\n  4 running other'),
    ).toEqual(['3: 2 2', '5: 1 4']);
  });

  it('add up to the total of a function that recurs: total by the outermost call, self by the innermost', () => {
    expect(lines('main\n  2 running work:3 > work:5\n  1 running work:3 > work:5 > help')).toEqual([
      '3: 0 3',
      '5: 2 0',
    ]);
  });

  it('are of the range, the threads and the weight', () => {
    const drawing = 'main cpu=30ms\n  2 running work:3\n  2 waiting work:4\npool\n  4 idle wait';
    const range = { start: microseconds(10_000), end: microseconds(30_000) };
    expect(lines(drawing, { range })).toEqual(['3: 1 1', '4: 1 1']);
    expect(lines(drawing, { weight: 'cpu' })).toEqual(['3: 3 3']);
    expect(lines(drawing, { threads: [] })).toEqual([]);
  });
});
