import { describe, expect, it } from 'vitest';
import type { TraceChunk, TraceHeader } from '../contract/trace-lines.ts';
import { microseconds, threadIndex } from '../contract/units.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { computeDispatches, measureExtent } from './dispatches.ts';

const MAIN = threadIndex(0);
const MICROSECONDS_PER_MILLISECOND = 1000;

/** `first-end` of each dispatch, in ticks, and of each spell with its number of dispatches. */
const historyOf = (drawing: string) => {
  const { dispatches, spells } = computeDispatches(modelFromText(drawing), MAIN);
  return {
    dispatches: dispatches.map(({ firstTick, endTick }) => `${firstTick}-${endTick}`),
    spells: spells.map(({ firstTick, endTick, dispatchCount }) => `${firstTick}-${endTick} ${dispatchCount}`),
  };
};

describe('dispatches', () => {
  it('last from where they begin to where another begins or the loop waits', () => {
    const drawing = `
      main
        2 idle        . run > poll
        1 running+gil * run > work
        3 waiting     ~ run > work > sleep
        1 running+gil * run > other
        1 idle        . run > poll
        1 running+gil * run > work
    `;
    expect(historyOf(drawing)).toEqual({ dispatches: ['2-6', '6-7', '8-9'], spells: ['2-7 2', '8-9 1'] });
  });

  it('go on across chunks, and across ticks whose stack was lost', () => {
    const drawing = `
      main
        2 running+gil * run > work
        1 lostTorn
        1 running+gil ~ run > work
      ---
      main
        2 running+gil ~ run > work
        1 lostTorn
        1 running+gil * run > other
    `;
    expect(historyOf(drawing)).toEqual({ dispatches: ['0-6', '7-8'], spells: ['0-8 2'] });
  });

  it('are one spell where the loop asks for events and gets some at once', () => {
    const drawing = `
      main
        1 running+gil * run > work
        1 running+gil . run > poll
        1 running+gil * run > work
    `;
    expect(historyOf(drawing)).toEqual({ dispatches: ['0-1', '2-3'], spells: ['0-3 2'] });
  });

  it('begin where a trace begins that was cut at its start', () => {
    const drawing = `
      main
        2 running+gil ~ run > work
    `;
    expect(historyOf(drawing).dispatches).toEqual(['0-2']);
  });

  it('are none where the trace says nothing of them', () => {
    expect(historyOf('main\n  3 running+gil run > work')).toEqual({ dispatches: [], spells: [] });
  });
});

describe('the extent of a dispatch', () => {
  it('is a period more than from its first tick to its last, between the ticks in it and those beside it', () => {
    const model = modelFromText(`
      main
        2 idle        . run > poll
        4 running+gil * run > work
        1 idle        . run > poll
    `);
    const { start, duration, shortest, longest } = measureExtent(model, { firstTick: 2, endTick: 6 });
    expect([start, duration, shortest, longest].map((time) => time / MICROSECONDS_PER_MILLISECOND)).toEqual([
      20, 40, 30, 50,
    ]);
  });

  it('reaches over the time that slow ticks took', () => {
    const [header, chunk] = traceFromText(`
      main
        2 idle        . run > poll
        4 running+gil * run > work
        1 idle        . run > poll
    `) as [TraceHeader, TraceChunk];
    const spans = [3000, 4000, 5000, 6000].map(microseconds);
    const model = modelOf([header, { ...chunk, slowTicks: { ticks: [1, 2, 5, 6], spans } }]);
    const { start, duration, shortest, longest } = measureExtent(model, { firstTick: 2, endTick: 6 });
    expect([start, duration, shortest, longest].map((time) => time / MICROSECONDS_PER_MILLISECOND)).toEqual([
      20, 40, 26, 56,
    ]);
    expect(measureExtent(model, { firstTick: 2, endTick: 3 }).shortest).toBe(0);
  });
});
