import { describe, expect, it } from 'vitest';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { explainIncomparable } from './comparable.ts';
import { computeComparison, kindOfChange, type ComparedSide, type Comparison } from './comparison.ts';
import type { Weight } from './selection.ts';
import type { RecordingMode } from '../contract/trace-lines.ts';

const side = (drawing: string, weight: Weight = 'wall', mode: RecordingMode = 'real'): ComparedSide => {
  const model = modelFromText(drawing, { mode });
  return { model, tree: computeCallTree(model, { weight, mergeThreads: true }) };
};
const percent = (share: number): number => Math.round(share * 100);
const draw = ({ nodeCount, called, depths, totalBefore, totalAfter, functions }: Comparison): string[] =>
  Array.from({ length: nodeCount }, (_, node) => {
    const name = functions[called[node]!]?.name ?? 'all';
    return `${'  '.repeat(depths[node]!)}${name} ${percent(totalBefore[node]!)} ${percent(totalAfter[node]!)}`;
  });
const rows = ({ functions }: Comparison): Record<string, string> =>
  Object.fromEntries(
    functions.map(({ name, self, total }) => [
      name,
      `${percent(self.before)} ${percent(self.after)} ${percent(total.before)} ${percent(total.after)} ${kindOfChange(total)}`,
    ]),
  );

describe('a comparison', () => {
  it('is of shares, whatever the lengths, with what came and what went', () => {
    const comparison = computeComparison(
      side('main\n  2 running run > old\n  8 running run > kept'),
      side('main\n  60 running run > kept\n  40 running run > fresh'),
    );
    expect(draw(comparison)).toEqual([
      'all 100 100',
      '  run 100 100',
      '    fresh 0 40',
      '    kept 80 60',
      '    old 20 0',
    ]);
    expect(rows(comparison)).toEqual({
      run: '0 0 100 100 same',
      old: '20 0 20 0 removed',
      kept: '80 60 80 60 shrank',
      fresh: '0 40 0 40 added',
    });
  });

  it('matches a function wherever it is installed, and tells those of different modules apart', () => {
    const { functions } = computeComparison(
      side('main\n  1 running get@/a/lib/python3.11/site-packages/twisted/web.py\n  1 running get@/srv/x/own.py'),
      side('main\n  1 running get@/b/lib/python3.13/site-packages/twisted/web.py\n  1 running get@/srv/x/own.py'),
    );
    expect(functions.map(({ module, self }) => [module, self])).toEqual([
      ['twisted.web', { before: 0.5, after: 0.5 }],
      ['x.own', { before: 0.5, after: 0.5 }],
    ]);
    expect(functions[0]!.identity.file).toBe('/b/lib/python3.13/site-packages/twisted/web.py');
  });

  it('counts a stack of a function that recurs once', () => {
    const recursive = side('main\n  10 running walk > step > walk');
    expect(rows(computeComparison(recursive, recursive))['walk']).toBe('100 100 100 100 same');
  });

  it('merges threads, whose names change from run to run', () => {
    const pool = (name: string) => side(`main\n  1 running run\n${name}\n  1 running work`);
    expect(draw(computeComparison(pool('pool-1'), pool('pool-7')))).toEqual([
      'all 100 100',
      '  run 50 50',
      '  work 50 50',
    ]);
  });

  it('is nothing for a side without weight', () => {
    expect(draw(computeComparison(side('main\n  1 idle poll'), side('main\n  1 running run')))).toEqual([
      'all 0 100',
      '  run 0 100',
    ]);
  });
});

describe('what cannot be compared', () => {
  const drawing = 'main cpu=10ms\n  1 running+gil run';

  it('is named with the reason', () => {
    const wall = side(drawing);
    expect(explainIncomparable(wall, wall)).toBeUndefined();
    expect(explainIncomparable(wall, side(drawing, 'cpu'))).toMatch(/wall time, the other CPU time/);
    expect(explainIncomparable(wall, side(drawing, 'wall', 'prof'))).toMatch(/mode real, the other in the mode prof/);
    expect(explainIncomparable(side('main\n  1 idle poll'), wall)).toMatch(/side before has no wall time/);
    expect(explainIncomparable(wall, side('main\n  1 idle poll'))).toMatch(/side after has no wall time/);
  });
});
