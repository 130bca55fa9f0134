import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microseconds, threadIndex } from '../contract/units.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { formatTree } from '../testing/format-tree.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { computeCallTree, ROOT_NODE } from './call-tree.ts';
import type { Selection } from './selection.ts';

const DRAWING = `
  main cpu=18ms
    2 running+gil  run > work:12 > burn
    1 running      run > work:99
    1 runnable     run > accept
    2 idle         run > poll
    1 waiting?gil  run > work:12
    1 lostTorn
  pool cpu=30ms
    3 waiting      loop > get
    2 running+gil  loop > work
    3 idle         loop > get
`;
const treeOf = (drawing: string, selection: Selection): string[] => {
  const model = modelFromText(drawing);
  return formatTree(model, computeCallTree(model, selection));
};
const milliseconds = (value: number) => microseconds(value * 1000);

describe('a call tree', () => {
  it('weighs, by wall clock, the ticks in which a thread ran, wanted to run or waited', () => {
    expect(treeOf(DRAWING, { weight: 'wall' })).toEqual([
      'all 100',
      '  main 50',
      '    run 50',
      '      accept 10 self 10',
      '      work 40 self 20',
      '        burn 20 self 20',
      '  pool 50',
      '    loop 50',
      '      get 30 self 30',
      '      work 20 self 20',
    ]);
  });

  it('weighs idle ticks too where that is asked for', () => {
    expect(treeOf(DRAWING, { weight: 'wall', includeIdle: true }).slice(0, 5)).toEqual([
      'all 150',
      '  main 70',
      '    run 70',
      '      accept 10 self 10',
      '      poll 20 self 20',
    ]);
  });

  it('shares the CPU time of a thread out to the ticks that caught it running', () => {
    expect(treeOf(DRAWING, { weight: 'cpu' })).toEqual([
      'all 48',
      '  main 18',
      '    run 18',
      '      work 18 self 6',
      '        burn 12 self 12',
      '  pool 30',
      '    loop 30',
      '      work 30 self 30',
    ]);
  });

  it('weighs the ticks in which a thread held the GIL', () => {
    expect(treeOf(DRAWING, { weight: 'gil' })).toEqual([
      'all 40',
      '  main 20',
      '    run 20',
      '      work 20',
      '        burn 20 self 20',
      '  pool 20',
      '    loop 20',
      '      work 20 self 20',
    ]);
  });

  it('has no thread level where threads are merged', () => {
    const drawing = `
      main
        2 running  run > work
      pool
        1 running  run > work > burn
        1 waiting
    `;
    expect(treeOf(drawing, { weight: 'wall', mergeThreads: true })).toEqual([
      'all 40 self 10',
      '  run 30',
      '    work 30 self 20',
      '      burn 10 self 10',
    ]);
  });

  it('has the selected threads alone', () => {
    expect(treeOf(DRAWING, { weight: 'gil', threads: [threadIndex(1)] })).toEqual([
      'all 20',
      '  pool 20',
      '    loop 20',
      '      work 20 self 20',
    ]);
    expect(treeOf(DRAWING, { weight: 'wall', threads: [] })).toEqual(['all 0']);
  });

  it('counts a run that the range cuts by its ticks within', () => {
    const drawing = `
      main cpu=40ms
        4 running  run > a
      ---
      main cpu=20ms
        2 idle     run > poll
        2 running  run > b
    `;
    const range = { start: milliseconds(10), end: milliseconds(70) };
    expect(treeOf(drawing, { weight: 'cpu', range })).toEqual([
      'all 40',
      '  main 40',
      '    run 40',
      '      a 30 self 30',
      '      b 10 self 10',
    ]);
    const empty = { start: milliseconds(41), end: milliseconds(49) };
    expect(treeOf(drawing, { weight: 'wall', range: empty })).toEqual(['all 0']);
  });

  it('has siblings by name, and keeps functions of one name in different files apart', () => {
    const drawing = `
      main
        1 running  b
        1 running  Z
        1 running  a@z.py
        1 running  é
        1 running  a@b.py
    `;
    expect(treeOf(drawing, { weight: 'wall' }).slice(2)).toEqual([
      '    Z 10 self 10',
      '    a 10 self 10',
      '    a 10 self 10',
      '    b 10 self 10',
      '    é 10 self 10',
    ]);
  });

  it('keeps its order when the trace grows', () => {
    const lines = traceFromText(`
      main
        1 running  run > b
      ---
      main
        1 running  run > a > c
        1 running  first
    `);
    const model = modelOf(lines.slice(0, 2));
    expect(formatTree(model, computeCallTree(model, { weight: 'wall' })).length).toBe(4);
    model.append(lines[2]!);
    expect(formatTree(model, computeCallTree(model, { weight: 'wall' }))).toEqual([
      'all 30',
      '  main 30',
      '    first 10 self 10',
      '    run 20',
      '      a 10',
      '        c 10 self 10',
      '      b 10 self 10',
    ]);
  });

  it('adds up: each total is the self weights at and below it, and two halves of a range are the whole', () => {
    fc.assert(
      fc.property(
        arbitraryTrace(),
        fc.constantFrom('wall', 'cpu', 'gil'),
        fc.boolean(),
        (trace, weight, mergeThreads) => {
          const model = modelOf(trace);
          const selection = { weight, mergeThreads } as const;
          const tree = computeCallTree(model, selection);
          for (let node = 0; node < tree.nodeCount; node++) {
            let below = tree.self[node]!;
            for (let next = node + 1; next < tree.nodeCount && tree.depths[next]! > tree.depths[node]!; next++) {
              below += tree.self[next]!;
            }
            expect(tree.total[node]).toBeCloseTo(below, 4);
          }
          const middle = microseconds(model.duration / 2);
          const halves = [
            { start: microseconds(0), end: middle },
            { start: middle, end: microseconds(model.duration + 1) },
          ].map((range) => computeCallTree(model, { ...selection, range }).total[ROOT_NODE]!);
          expect(halves[0]! + halves[1]!).toBeCloseTo(tree.total[ROOT_NODE]!, 4);
        },
      ),
    );
  });
});
