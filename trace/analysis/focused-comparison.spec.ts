import { describe, expect, it } from 'vitest';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { computeComparedSide } from './compared-side.ts';
import { computeComparison, type Comparison } from './comparison.ts';
import { focusComparison } from './focused-comparison.ts';
import { findFunction, type FunctionIdentity } from './function-identity.ts';

const BEFORE = modelFromText(`
  main
    2 running run > store > parse > split
    3 running serve > parse > walk > parse > split
    5 running run > store`);
const AFTER = modelFromText(`
  main
    4 running run > parse > split
    4 running serve > parse > join
    2 running serve`);
const COMPARISON = computeComparison(
  computeComparedSide(BEFORE, { weight: 'wall' }),
  computeComparedSide(AFTER, { weight: 'wall' }),
);
const identify = (name: string): FunctionIdentity => COMPARISON.functions.find((one) => one.name === name)!.identity;
const draw = ({ nodeCount, called, depths, totalBefore, totalAfter, functions }: Comparison): string[] =>
  Array.from({ length: nodeCount }, (_, node) => {
    const name = functions[called[node]!]?.name ?? 'all';
    const [before, after] = [totalBefore, totalAfter].map((total) => Math.round(total[node]! * 100));
    return `${'  '.repeat(depths[node]!)}${name} ${before} ${after}`;
  });

describe('a comparison of one function alone', () => {
  it('has what is below its outermost calls, from wherever, as shares of the whole sides', () => {
    expect(draw(focusComparison(COMPARISON, identify('parse')))).toEqual([
      'all 50 80',
      '  parse 50 80',
      '    join 0 40',
      '    split 20 40',
      '    walk 30 0',
      '      parse 30 0',
      '        split 30 0',
    ]);
  });

  it('takes for every function what the trees of both traces take with the same focus', () => {
    for (const { name, identity } of COMPARISON.functions) {
      const focused = focusComparison(COMPARISON, identity);
      const [before, after] = [BEFORE, AFTER].map((model) => {
        const focus = findFunction(model, identity);
        if (focus === undefined) return 0;
        return computeCallTree(model, { weight: 'wall', mergeThreads: true, focus }).total[0]! / 100_000;
      });
      expect([name, focused.totalBefore[0], focused.totalAfter[0]]).toEqual([
        name,
        expect.closeTo(before!),
        expect.closeTo(after!),
      ]);
    }
  });

  it('has nothing where neither side has the function', () => {
    expect(draw(focusComparison(COMPARISON, { ...identify('parse'), name: 'gone' }))).toEqual(['all 0 0']);
  });
});
