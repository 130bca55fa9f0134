import { describe, expect, it } from 'vitest';
import { microseconds } from '../contract/units.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeThreadLanes } from './thread-lanes.ts';

const DRAWING = `
  main
    2 running   run > work
    2 waiting   run > sleep
    2 idle      run > poll
    2 runnable  run > work
  worker
    8 idle      run > get
  busy
    8 running   run > loop
`;
const range = (start: number, end: number) => ({
  start: microseconds(start * 1000),
  end: microseconds(end * 1000),
});
const lanesOf = (start: number, end: number, columns: number) =>
  computeThreadLanes(modelFromText(DRAWING), range(start, end), columns).map(
    ({ thread, running, runnable, waiting }) => [thread, [...running], [...runnable], [...waiting]],
  );

describe('the lanes of threads', () => {
  it('show the share of each column that the thread ran, wanted to run or waited; the main thread first, then the busiest', () => {
    expect(lanesOf(0, 80, 4)).toEqual([
      [0, [255, 0, 0, 0], [0, 0, 0, 255], [0, 255, 0, 0]],
      [2, [255, 255, 255, 255], [0, 0, 0, 0], [0, 0, 0, 0]],
      [1, [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]],
    ]);
  });

  it('split a tick over the columns that its period reaches into', () => {
    expect(lanesOf(15, 25, 1)[0]).toEqual([0, [128], [0], [128]]);
    expect(lanesOf(10, 30, 8)[0]?.[1]).toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
  });

  it('are none where there was no thread', () => {
    expect(lanesOf(500, 600, 4)).toEqual([]);
  });
});
