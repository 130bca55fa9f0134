import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionIndex } from '../contract/units.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { modelFromText, modelOf } from '../testing/trace-from-text.ts';
import { computeCallTree, ROOT_NODE } from './call-tree.ts';
import { computeFunctions } from './function-weights.ts';
import { computeGroupWeights, MAX_GROUPS } from './group-weights.ts';

describe('groups of functions', () => {
  it('have the self of all their functions, and each stack once in their total however often it goes through them', () => {
    const model = modelFromText(`
      main
        3 running  run@a.py > parse@b.py > eval@a.py > eval@a.py
        2 running  run@a.py > parse@b.py
      pool
        5 waiting  work@c.py`);
    const files = ['a.py', 'b.py', 'c.py', 'd.py'];
    const tree = computeCallTree(model, { weight: 'wall' });
    const groupOf = (index: number): number => files.indexOf(model.functionFile(functionIndex(index)));
    expect(computeGroupWeights(tree, groupOf, files.length)).toEqual([
      { self: 30_000, total: 50_000, functionCount: 2 },
      { self: 20_000, total: 50_000, functionCount: 1 },
      { self: 50_000, total: 50_000, functionCount: 1 },
      { self: 0, total: 0, functionCount: 0 },
    ]);
  });

  it('add up to what all functions take, on any trace; a group of all has the total of all stacks', () => {
    fc.assert(
      fc.property(arbitraryTrace(), fc.integer({ min: 1, max: MAX_GROUPS }), (trace, count) => {
        const tree = computeCallTree(modelOf(trace), { weight: 'wall' });
        const own = computeFunctions(tree).reduce((sum, { self }) => sum + self, 0);
        const groups = computeGroupWeights(tree, (index) => index % count, count);
        expect(groups.reduce((sum, { self }) => sum + self, 0)).toBeCloseTo(own, 4);
        for (const { self, total } of groups) {
          expect(total).toBeGreaterThanOrEqual(self - 1e-4);
          expect(total).toBeLessThanOrEqual(tree.total[ROOT_NODE]! + 1e-4);
        }
        expect(computeGroupWeights(tree, () => 0, 1)[0]!.total).toBeCloseTo(own, 4);
      }),
    );
  });

  it('are refused where there are more than a number has bits', () => {
    const tree = computeCallTree(modelFromText('main\n  1 running f'), { weight: 'wall' });
    expect(() => computeGroupWeights(tree, () => 0, MAX_GROUPS + 1)).toThrow(RangeError);
  });
});
