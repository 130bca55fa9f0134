import { describe, expect, it } from 'vitest';
import { modelFromText } from '../testing/trace-from-text.ts';
import { microseconds } from '../contract/units.ts';
import { explainIncomparable } from './comparable.ts';
import { computeComparedSide, piecesAround, weightOfSide, type ComparedSide } from './compared-side.ts';
import { computeComparison, kindOfChange, type Comparison } from './comparison.ts';
import type { Weight } from './selection.ts';
import type { RecordingMode } from '../contract/trace-lines.ts';

const side = (drawing: string, weight: Weight = 'wall', mode: RecordingMode = 'real'): ComparedSide =>
  computeComparedSide(modelFromText(drawing, { mode }), { weight });
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

  it('is of a range with all that lies around it', () => {
    const model = modelFromText(`
      main
        2 running run > quiet
        4 running run > busy
        1 running run > busy
        3 running run > quiet`);
    const range = { start: microseconds(20_000), end: microseconds(60_000) };
    const [rest, selected] = [piecesAround(range), [range]].map((pieces) =>
      computeComparedSide(model, { weight: 'wall' }, pieces),
    );
    expect([weightOfSide(rest!), weightOfSide(selected!)]).toEqual([60_000, 40_000]);
    expect(rows(computeComparison(rest!, selected!))).toEqual({
      run: '0 0 100 100 same',
      quiet: '83 0 83 0 removed',
      busy: '17 100 17 100 grew',
    });
    expect(
      explainIncomparable(computeComparedSide(model, { weight: 'wall' }, piecesAround(undefined)), selected!),
    ).toMatch(/side before has no wall time/);
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
