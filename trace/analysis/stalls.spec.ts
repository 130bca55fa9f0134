import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../contract/trace-lines.ts';
import { microseconds } from '../contract/units.ts';
import type { Extent } from './dispatches.ts';
import { emptyChunk, modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { computeStallDistribution, computeStalls } from './stalls.ts';

const named = (drawing: string) => {
  const model = modelFromText(drawing);
  const { stalls, spells, hasDispatches } = computeStalls(model);
  const shown = stalls.map(({ functions, functionTicks, ticks }) => ({
    functions: functions.map((called) => model.functionName(called)).join(' > '),
    functionTicks,
    ticks,
  }));
  return { stalls: shown, spells, hasDispatches };
};

const PAUSE = '1 idle . run > poll';

describe('stalls', () => {
  it('are the dispatches of the threshold or longer, the longest first, with what the thread did in them', () => {
    const { stalls } = named(`
      main
        ${PAUSE}
        6 running+gil * run > work:3
        4 waiting?gil ~ run > work:4
        ${PAUSE}
        9 running+gil * run > short
        ${PAUSE}
        5 runnable    * run > slow
        9 waiting     ~ run > slow > sleep
        ${PAUSE}
    `);
    expect(stalls).toEqual([
      {
        functions: 'run > slow > sleep',
        functionTicks: 9,
        ticks: { all: 14, running: 0, runnable: 5, waiting: 9, wantsGil: 0 },
      },
      {
        functions: 'run > work',
        functionTicks: 10,
        ticks: { all: 10, running: 6, runnable: 0, waiting: 4, wantsGil: 4 },
      },
    ]);
  });

  it('name the function from which the time goes apart', () => {
    const { stalls } = named(`
      main
        4 running+gil * run > work > a
        4 running+gil ~ run > work > b
        4 running+gil ~ run > work > c
    `);
    expect(stalls.map(({ functions }) => functions)).toEqual(['run > work']);
  });

  it('are none of many short callbacks, which are one spell of saturation', () => {
    const callbacks = Array.from({ length: 120 }, () => '1 running+gil * run > work').join('\n        ');
    const { stalls, spells } = named(`
      main
        ${PAUSE}
        ${callbacks}
        ${PAUSE}
    `);
    expect(stalls).toEqual([]);
    expect(spells).toMatchObject([{ dispatchCount: 120, duration: 1_200_000, firstTick: 1, endTick: 121 }]);
  });

  it('name the builds that ran meanwhile', () => {
    const build = (id: number, start: number, end?: number): TraceEvent => ({
      kind: 'build',
      id,
      number: id,
      builder: 'b',
      worker: 'w',
      start: microseconds(start),
      ...(end === undefined ? {} : { end: microseconds(end) }),
    });
    const lines = traceFromText(`
      main
        10 idle        . run > poll
        20 running+gil * run > work
    `);
    const events = [build(1, 0, 50_000), build(2, 0, 150_000), build(3, 250_000), build(4, 400_000)];
    const model = modelOf([...lines, { ...emptyChunk(1), events }]);
    expect(computeStalls(model).stalls[0]?.builds.map(({ id }) => id)).toEqual([2, 3]);
  });

  it('are counted by their length, in steps of 1, 2, 5', () => {
    const lengths = [100_000, 150_000, 199_999, 200_000, 1_500_000];
    const stalls = lengths.map((duration) => ({ duration: microseconds(duration) }) as Extent);
    expect(computeStallDistribution(stalls, microseconds(100_000))).toEqual([
      { from: 100_000, to: 200_000, count: 3 },
      { from: 200_000, to: 500_000, count: 1 },
      { from: 500_000, to: 1_000_000, count: 0 },
      { from: 1_000_000, count: 1 },
    ]);
    expect(computeStallDistribution([], microseconds(100_000))).toEqual([{ from: 100_000, count: 0 }]);
  });

  it('are not known where the trace has no dispatches', () => {
    expect(named('main\n  300 running+gil run > work')).toEqual({ stalls: [], spells: [], hasDispatches: false });
  });
});
