import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { modelFromText, modelOf } from '../testing/trace-from-text.ts';
import { computeCallTree, ROOT_NODE } from './call-tree.ts';
import { computeCallees, computeCallers, type CallRow } from './callers-callees.ts';
import { countPaths } from './counted-paths.ts';
import { findFunction } from './function-identity.ts';
import { computeFunctions } from './function-weights.ts';

const DRAWING = `
  main
    3 running  run > parse > eval > eval > add
    2 running  run > eval
    1 running  run > eval > parse > eval
  pool
    2 waiting  eval > add
    3 idle     get
    1 waiting  run
`;

const format = (model: TraceModel, rows: readonly CallRow[]): string[] =>
  rows.map(({ functionIndex: index, weight, share, samples }) => {
    const name = index === undefined ? '(thread)' : model.functionName(index);
    return `${name} ${weight / 1000} ${(share * 100).toFixed(1)}% ${samples}`;
  });

const named = (model: TraceModel, name: string) => findFunction(model, { name, file: 'app.py', firstLine: 0 })!;

describe('functions', () => {
  it('count a stack once for the total, however often they recur in it, and the top of it for self', () => {
    const model = modelFromText(DRAWING);
    const rows = computeFunctions(computeCallTree(model, { weight: 'wall' }));
    expect(
      rows.map(({ functionIndex: index, self, total, selfShare }) => [
        model.functionName(index),
        self / 1000,
        total / 1000,
        Number(selfShare.toFixed(3)),
      ]),
    ).toEqual([
      ['add', 50, 50, 0.556],
      ['eval', 30, 80, 0.333],
      ['run', 10, 70, 0.111],
      ['parse', 0, 40, 0],
    ]);
  });

  it('have no shares of nothing', () => {
    expect(computeFunctions(computeCallTree(modelFromText('main\n  1 idle f'), { weight: 'wall' }))).toEqual([]);
  });
});

describe('callers', () => {
  it('are those of the outermost call, and add up to the total of the function', () => {
    const model = modelFromText(DRAWING);
    const tree = computeCallTree(model, { weight: 'wall' });
    const counted = countPaths(model, { weight: 'wall' });
    expect(format(model, computeCallers(tree, counted, named(model, 'eval')))).toEqual([
      'run 30 37.5% 3',
      'parse 30 37.5% 3',
      '(thread) 20 25.0% 2',
    ]);
    expect(format(model, computeCallers(tree, counted, named(model, 'parse')))).toEqual([
      'run 30 75.0% 3',
      'eval 10 25.0% 1',
    ]);
  });

  it('are none of a function without weight', () => {
    const model = modelFromText(DRAWING);
    const tree = computeCallTree(model, { weight: 'wall' });
    const counted = countPaths(model, { weight: 'wall' });
    expect(computeCallers(tree, counted, named(model, 'get'))).toEqual([]);
  });
});

describe('callees', () => {
  it('are those of the innermost call, and add up to the total of the function with its self', () => {
    const model = modelFromText(DRAWING);
    const tree = computeCallTree(model, { weight: 'wall' });
    const counted = countPaths(model, { weight: 'wall' });
    expect(format(model, computeCallees(tree, counted, named(model, 'eval')))).toEqual(['add 50 62.5% 5']);
    expect(format(model, computeCallees(tree, counted, named(model, 'run')))).toEqual([
      'parse 30 42.9% 3',
      'eval 30 42.9% 3',
    ]);
    expect(computeCallees(tree, counted, named(model, 'add'))).toEqual([]);
  });

  it('agree with callers and totals on any trace', () => {
    fc.assert(
      fc.property(
        arbitraryTrace(),
        fc.constantFrom('wall', 'cpu', 'gil'),
        fc.boolean(),
        (trace, weight, mergeThreads) => {
          const model = modelOf(trace);
          const tree = computeCallTree(model, { weight, mergeThreads });
          const counted = countPaths(model, { weight });
          const sum = (rows: readonly CallRow[]): number => rows.reduce((total, row) => total + row.weight, 0);
          let withFunctions = 0;
          for (const { functionIndex: index, self, total } of computeFunctions(tree)) {
            const callers = computeCallers(tree, counted, index);
            const callees = computeCallees(tree, counted, index);
            expect(sum(callers)).toBeCloseTo(total, 4);
            expect(sum(callees) + self).toBeCloseTo(total, 4);
            expect([...callers, ...callees].every((row) => row.functionIndex !== index)).toBe(true);
            withFunctions += self;
          }
          expect(withFunctions).toBeLessThanOrEqual(tree.total[ROOT_NODE]! + 1e-4);
        },
      ),
    );
  });
});

describe('a function identity', () => {
  it('finds its function, or else the nearest of the same name and file', () => {
    const model = modelFromText('main\n  1 running f@a.py > f@b.py');
    expect(findFunction(model, { name: 'f', file: 'b.py', firstLine: 0 })).toBe(functionIndex(1));
    expect(findFunction(model, { name: 'f', file: 'b.py', firstLine: 12 })).toBe(functionIndex(1));
    expect(findFunction(model, { name: 'f', file: 'c.py', firstLine: 0 })).toBeUndefined();
  });
});
