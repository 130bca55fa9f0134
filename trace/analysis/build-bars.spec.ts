import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../contract/trace-lines.ts';
import { microseconds } from '../contract/units.ts';
import { emptyChunk, modelOf, testHeader } from '../testing/trace-from-text.ts';
import { computeBuildBars } from './build-bars.ts';

const build = (id: number, start: number, end?: number): TraceEvent => ({
  kind: 'build',
  id,
  number: id,
  builder: 'linux',
  worker: 'w',
  start: microseconds(start),
  ...(end === undefined ? {} : { end: microseconds(end), result: 'success' }),
});
const barsOf = (events: readonly TraceEvent[], start: number, end: number) => {
  const model = modelOf([
    testHeader(),
    { ...emptyChunk(0), events },
    { kind: 'end', at: microseconds(900), reason: 'stopped' },
  ]);
  return computeBuildBars(model, { start: microseconds(start), end: microseconds(end) }).map(
    ({ id, row, end: barEnd }) => [id, row, barEnd],
  );
};

describe('the bars of builds', () => {
  const events = [build(3, 250, 400), build(1, -50, 200), build(2, 100, 300), build(4, 350)];

  it('are in different rows where builds overlap, and use a row again once it is free', () => {
    expect(barsOf(events, 0, 1000)).toEqual([
      [1, 0, 200],
      [2, 1, 300],
      [3, 0, 400],
      [4, 1, 900],
    ]);
  });

  it('keep their rows in whatever range they are seen', () => {
    expect(barsOf(events, 310, 340)).toEqual([[3, 0, 400]]);
  });
});
