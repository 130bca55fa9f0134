import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionIndex, microseconds } from '../contract/units.ts';
import { arbitraryFolds, arbitraryPlumbing, DEFER, foldNaively } from '../testing/arbitrary-plumbing.ts';
import { formatTree } from '../testing/format-tree.ts';
import { naivePathTotals, treePathTotals, type PathTotals, type StackView } from '../testing/naive-tree.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeCallTree, ROOT_NODE, type CallTree } from './call-tree.ts';
import { FOLD_RULE_IDS } from './fold-rules.ts';
import { findFunction } from './function-identity.ts';
import { computeInvertedTree } from './inverted-tree.ts';
import { computePrunedTree } from './pruned-tree.ts';
import type { Selection } from './selection.ts';

/** Without the threads, in which a focus is not divided. */
const mergeThreads = (totals: PathTotals): PathTotals => {
  const merged: PathTotals = new Map();
  for (const [path, { self, total }] of totals) {
    const [, ...names] = path.split(' > ');
    if (names.length === 0) continue;
    const key = ['', ...names].join(' > ');
    const row = merged.get(key) ?? { self: 0, total: 0 };
    merged.set(key, { self: row.self + self, total: row.total + total });
  }
  return merged;
};

const expectSame = (tree: PathTotals, naive: PathTotals): void => {
  const round = (totals: PathTotals) =>
    Array.from(totals, ([path, { self, total }]) => `${path}: ${self.toFixed(3)} of ${total.toFixed(3)}`).sort();
  expect(round(tree)).toEqual(round(naive));
};

describe('the trees of a view', () => {
  it('are what they would be stack by stack, whatever is folded', () => {
    fc.assert(
      fc.property(
        arbitraryPlumbing(),
        fc.constantFrom('wall', 'cpu'),
        arbitraryFolds,
        fc.nat(200_000),
        (model, weight, folds, end) => {
          const range = { start: microseconds(0), end: microseconds(end) };
          const selection: Selection = { weight, folds, range };
          const naive = naivePathTotals(model, weight, range, foldNaively(model, folds));
          expectSame(treePathTotals(model, computeCallTree(model, selection)), naive);
          expectSame(treePathTotals(model, computePrunedTree(model, selection, 0)), naive);
          expectSame(
            treePathTotals(model, computeInvertedTree(model, selection, 0)),
            naivePathTotals(model, weight, range, (functions) => foldNaively(model, folds)(functions)!.toReversed()),
          );
        },
      ),
    );
  });

  it('are what they would be stack by stack, whatever is looked at alone', () => {
    fc.assert(
      fc.property(arbitraryPlumbing(), arbitraryFolds, fc.nat(5), (model, folds, nth) => {
        if (model.functions.count === 0) return;
        const focus = functionIndex(nth % model.functions.count);
        const selection: Selection = { weight: 'wall', folds, focus };
        const shown = foldNaively(model, folds, focus);
        const down: StackView = (functions) => {
          const shownOnes = shown(functions)!;
          const first = shownOnes.indexOf(focus);
          return first < 0 ? undefined : shownOnes.slice(first);
        };
        const up: StackView = (functions) => {
          const shownOnes = shown(functions)!;
          const last = shownOnes.lastIndexOf(focus);
          return last < 0 ? undefined : shownOnes.slice(0, last + 1).toReversed();
        };
        const trees: readonly [CallTree, StackView][] = [
          [computeCallTree(model, selection), down],
          [computePrunedTree(model, selection, 0), down],
          [computeInvertedTree(model, selection, 0), up],
        ];
        for (const [tree, view] of trees)
          expectSame(treePathTotals(model, tree), mergeThreads(naivePathTotals(model, 'wall', undefined, view)));
      }),
    );
  });

  it('have the same total in both directions, pruned or not, folded or not', () => {
    fc.assert(
      fc.property(
        arbitraryPlumbing(),
        arbitraryFolds,
        fc.constantFrom(0, 0.05, 0.3),
        fc.boolean(),
        (model, folds, minShare, merge) => {
          const selection: Selection = { weight: 'wall', folds, mergeThreads: merge };
          const whole = computeCallTree(model, { weight: 'wall' }).total[ROOT_NODE]!;
          for (const compute of [computePrunedTree, computeInvertedTree]) {
            const tree = compute(model, selection, minShare);
            expect(tree.total[ROOT_NODE]).toBe(whole);
            for (let node = 0; node < tree.nodeCount; node++) {
              const children = tree.total.filter((_, child) => child !== ROOT_NODE && tree.parents[child] === node);
              const below = children.reduce((sum, total) => sum + total, 0);
              expect(tree.self[node]! + below + tree.leftOutWeights[node]!).toBeCloseTo(tree.total[node]!, 5);
            }
          }
        },
      ),
    );
  });

  it('tell what the functions of each rule weigh themselves, and what a focus leaves out', () => {
    const model = modelFromText(`
      main
        2 running  a > Deferred.callback@${DEFER} > b
        3 running  a > Deferred.callback@${DEFER}
        1 running
      pool
        4 running  Thread.run@/usr/lib/python3.13/threading.py
        2 idle     Thread.run@/usr/lib/python3.13/threading.py`);
    const focus = findFunction(model, { name: 'b', file: 'app.py', firstLine: 0 });
    for (const compute of [computePrunedTree, computeInvertedTree])
      for (const folds of [[], ['deferred'], ['threads', 'deferred']] as const) {
        const tree = compute(model, { weight: 'wall', folds, focus }, 0);
        expect(tree.ofRules[FOLD_RULE_IDS.indexOf('deferred')]).toBe(30_000);
        expect(tree.ofRules[FOLD_RULE_IDS.indexOf('threads')]).toBe(40_000);
        expect(tree.total[ROOT_NODE]).toBe(20_000);
        expect(tree.outOfFocus).toBe(80_000);
      }
  });

  it('show a function that is looked at alone even where a rule hides it', () => {
    const model = modelFromText(`main\n  2 running  a > maybeDeferred@${DEFER} > b > maybeDeferred@${DEFER}`);
    const focus = findFunction(model, { name: 'maybeDeferred', file: DEFER, firstLine: 0 });
    const tree = computePrunedTree(model, { weight: 'wall', folds: ['deferred'], focus }, 0);
    expect(formatTree(model, tree)).toEqual([
      'all 20',
      '  maybeDeferred 20',
      '    b 20',
      '      maybeDeferred 20 self 20',
    ]);
  });
});
