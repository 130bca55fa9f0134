import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { microseconds } from '../contract/units.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { modelFromText, modelOf } from '../testing/trace-from-text.ts';
import { computeCallTree, ROOT_NODE } from './call-tree.ts';
import { computeFlameTree, type FlameNode } from './flame-tree.ts';
import { computePrunedTree } from './pruned-tree.ts';
import type { Selection } from './selection.ts';

/** Values to the nanosecond: CPU times are added up in another order. */
const round = (node: FlameNode): object => ({
  ...node,
  value: node.value.toFixed(3),
  self: node.self.toFixed(3),
  children: node.children.map(round),
});

describe('a pruned call tree', () => {
  it('gives the flame tree that the whole one gives, of any trace', () => {
    fc.assert(
      fc.property(
        arbitraryTrace(),
        fc.constantFrom('wall', 'cpu', 'gil'),
        fc.boolean(),
        fc.boolean(),
        fc.tuple(fc.nat(100_000), fc.nat(100_000)),
        fc.constantFrom(0, 0.01, 0.1, 0.35),
        (trace, weight, mergeThreads, includeIdle, [one, other], minShare) => {
          const model = modelOf(trace);
          const range = { start: microseconds(Math.min(one, other)), end: microseconds(Math.max(one, other)) };
          const selection: Selection = { weight, mergeThreads, includeIdle, range };
          // The second time of the same selection finds what the first has left in memory.
          for (let time = 0; time < 2; time++) {
            const pruned = computePrunedTree(model, selection, minShare);
            const whole = computeCallTree(model, selection);
            expect(pruned.total[ROOT_NODE]).toBeCloseTo(whole.total[ROOT_NODE]!, 5);
            expect(round(computeFlameTree(model, pruned, { minShare }))).toEqual(
              round(computeFlameTree(model, whole, { minShare })),
            );
          }
        },
      ),
    );
  });

  it('has no nodes too small to be drawn, but tells what it has left out', () => {
    const model = modelFromText(`
      main
        90 running  run > work
        3 running   run > small > deep
        2 running   run > tiny
        5 running   other
    `);
    const tree = computePrunedTree(model, { weight: 'wall' }, 0.04);
    expect(Array.from(tree.functions, (index) => (index < 0 ? '' : model.functionName(index as never)))).toEqual([
      '',
      '',
      'other',
      'run',
      'work',
    ]);
    expect([...tree.leftOutCounts]).toEqual([0, 0, 0, 2, 0]);
    expect([...tree.leftOutWeights]).toEqual([0, 0, 0, 50_000, 0]);
  });

  it('counts few paths among very many as it counts many', () => {
    const drawing = Array.from({ length: 300 }, (_, index) => `1 running  a > b${index} > c`);
    const model = modelFromText(['main', ...drawing.map((line) => `  ${line}`)].join('\n'));
    for (const ticks of [2, 300]) {
      const range = { start: microseconds(0), end: microseconds(ticks * 10_000) };
      const flame = (tree: ReturnType<typeof computeCallTree>) => computeFlameTree(model, tree, { minShare: 0 });
      expect(flame(computePrunedTree(model, { weight: 'wall', range }, 0))).toEqual(
        flame(computeCallTree(model, { weight: 'wall', range })),
      );
    }
  });
});
