import { describe, expect, it } from 'vitest';
import { NO_STACK } from '../contract/units.ts';
import { modelOf } from '../testing/trace-from-text.ts';
import { choosePeriod } from './imported-period.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread } from './imported-thread.ts';
import { buildImportedTrace, IMPORT_CAPS } from './imported-trace.ts';

const facts = { name: 'main', isMain: true, nativeId: 0 };
const threadOf = (...spans: [number, number, number][]): ImportedThread => {
  const thread = new ImportedThread(facts);
  for (const [start, end, stack] of spans) thread.addSpan(start, end, stack);
  return thread;
};
const profileOf = (...threads: ImportedThread[]) => {
  const tables = new ImportedTables();
  const frame = tables.internFrame(tables.internFunction({ name: 'f', file: 'a.py', firstLine: 1 }), 2);
  tables.internStack(NO_STACK, frame);
  return { origin: 'test', startedAt: 0, tables, threads };
};

describe('the period of made-up ticks', () => {
  it('is what all times are multiples of, so that nothing is rounded', () => {
    expect(choosePeriod([0, 3000, 9000], 9000)).toBe(3000);
    expect(choosePeriod([1.5, 4.5], 4.5)).toBe(1.5);
  });

  it('is a part of that where it is too coarse to select a range with', () => {
    expect(choosePeriod([0, 1_000_000], 1_000_000)).toBe(10_000);
    expect(choosePeriod([25_000, 75_000], 75_000)).toBeCloseTo(25_000 / 3);
  });

  it('is longer where that takes more ticks than there may be', () => {
    expect(choosePeriod([7, 1_000_000], 1_000_000, 1000)).toBe(1000);
    expect(choosePeriod([1_000_000], 1_000_000, 10)).toBe(100_000);
  });

  it('is never shorter than our format can say', () => {
    expect(choosePeriod([0.001, 0.003], 0.003)).toBe(1);
  });
});

describe('an imported trace', () => {
  it('has a thread run in its spans, idle between them and absent around them', () => {
    const late = threadOf([20_000, 30_000, 0]);
    const lines = [...buildImportedTrace(profileOf(threadOf([0, 10_000, 0], [30_000, 40_000, 0]), late))];
    const [, chunk] = lines;
    expect(chunk).toMatchObject({
      runs: [
        { ticks: [1, 2, 1], states: [1, 4, 1], stacks: [0, -1, 0] },
        { ticks: [2, 1, 1], states: [0, 1, 0], stacks: [-1, 0, -1] },
      ],
    });
    expect(modelOf(lines).duration).toBe(40_000);
  });

  it('goes on from chunk to chunk', () => {
    const long = threadOf([0, 5000, 0], [25_000, 40_001, -1]);
    const model = modelOf(buildImportedTrace(profileOf(long)));
    expect([model.runs.chunkCount, model.tickCount]).toEqual([5, 40_001]);
    expect(Array.from(model.runs.ticks.values.subarray(0, model.runs.count))).toEqual([
      5000, 5000, 10_000, 5000, 5000, 10_000, 1,
    ]);
  });

  it('has no time for two things at once: what begins too early begins later', () => {
    const thread = threadOf([0, 10, 0], [5, 20, 1], [15, 18, 2], [20, 20, 3]);
    expect([thread.starts, thread.ends, thread.stacks]).toEqual([
      [0, 10],
      [10, 20],
      [0, 1],
    ]);
  });

  it('is refused beyond its caps', () => {
    const two = profileOf(threadOf([0, 1, 0], [1, 2, -1]), threadOf([0, 1, 0]));
    expect(() => [...buildImportedTrace(two, { ...IMPORT_CAPS, threads: 1 })]).toThrow('more than 1 threads');
    expect(() => [...buildImportedTrace(two, { ...IMPORT_CAPS, samples: 2 })]).toThrow('more than 2 samples');
    expect(() => threadOf([0, 2e15, 0])).toThrow('a time or a weight that is too large');
    expect(() => threadOf([0, Number.NaN, 0])).toThrow('a time or a weight that is too large');
  });
});

describe('the tables of an import', () => {
  it('have each row once, and lines that are none as unknown', () => {
    const tables = new ImportedTables();
    const called = tables.internFunction({ name: 'f', file: 'a.py', firstLine: -1 });
    expect(tables.internFunction({ name: 'f', file: 'a.py', firstLine: 0 })).toBe(called);
    expect(tables.internFrame(called, 0.5)).toBe(tables.internFrame(called, 0));
    expect(tables.rows()).toMatchObject({
      strings: ['f', 'a.py'],
      functions: { firstLines: [0] },
      frames: { lines: [0] },
    });
  });

  it.each(['functions', 'frames', 'stacks'] as const)('are refused beyond their cap of %s', (table) => {
    const tables = new ImportedTables({ functions: 9, frames: 9, stacks: 9, [table]: 1 });
    const add = (name: string): void => {
      const called = tables.internFunction({ name, file: '', firstLine: 0 });
      tables.internStack(NO_STACK, tables.internFrame(called, 0));
    };
    add('f');
    add('f');
    expect(() => add('g')).toThrow(`The file has more than 1 ${table}`);
  });
});
