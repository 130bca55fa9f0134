import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { functionIndex, microseconds, threadIndex, type FunctionIndex } from '../contract/units.ts';
import { arbitraryFolds, arbitraryPlumbing, foldNaively } from '../testing/arbitrary-plumbing.ts';
import { naiveTicks, type NaiveTick } from '../testing/naive-tree.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeCallTree } from './call-tree.ts';
import { computeCallees, computeCallers, countSamples, type CallRow } from './callers-callees.ts';
import { countPaths } from './counted-paths.ts';
import { findHidden } from './fold-rules.ts';
import { findFunction } from './function-identity.ts';
import type { Selection, Weight } from './selection.ts';

/** -1 for a thread. */
type Counts = Record<number, number>;

const asCounts = (rows: readonly CallRow[]): Counts =>
  Object.fromEntries(rows.map(({ functionIndex: index, samples }) => [index ?? -1, samples]));

const tally = (keys: readonly (number | undefined)[]): Counts => {
  const counts: Counts = {};
  for (const key of keys) if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

/** The one before the first call of the function, and the one after the last. */
const callerIn = ({ functions }: NaiveTick, called: FunctionIndex) => functions[functions.indexOf(called) - 1] ?? -1;
const calleeIn = ({ functions }: NaiveTick, called: FunctionIndex) => functions[functions.lastIndexOf(called) + 1];

describe('samples of callers and callees', () => {
  it('are what they would be sample by sample, whatever is folded and selected', () => {
    fc.assert(
      fc.property(
        arbitraryPlumbing(),
        fc.constantFrom('wall', 'cpu'),
        arbitraryFolds,
        fc.nat(500_000),
        fc.option(fc.constantFrom(0, 1), { nil: undefined }),
        (model, weight, folds, end, thread) => {
          const range = { start: microseconds(end / 4), end: microseconds(end) };
          const threads = thread === undefined ? undefined : [threadIndex(thread)];
          const selection: Selection = { weight, folds, range, threads };
          const [tree, counted] = [computeCallTree(model, selection), countPaths(model, selection)];
          const all = [...naiveTicks(model, weight, range, foldNaively(model, folds))];
          const hidden = findHidden(model, folds);
          for (let row = 0; row < model.functions.count; row++) {
            if (hidden[row] === 1) continue;
            const called = functionIndex(row);
            const ticks = all.filter((tick) => threads?.includes(threadIndex(tick.thread)) !== false);
            const caught = ticks.filter(({ functions }) => functions.includes(called));
            expect(asCounts(computeCallers(tree, counted, called))).toEqual(
              tally(caught.map((tick) => callerIn(tick, called))),
            );
            expect(asCounts(computeCallees(tree, counted, called))).toEqual(
              tally(caught.map((tick) => calleeIn(tick, called))),
            );
            expect(countSamples(computeCallers(tree, counted, called))).toBe(caught.length);
          }
        },
      ),
    );
  });

  it.each<[Weight, number, number]>([
    ['wall', 60_000, 6],
    ['cpu', 40_000, 4],
    ['gil', 10_000, 1],
  ])('are those that have a share of the weight %s', (weight, expected, samples) => {
    const model = modelFromText(
      'main cpu=40ms\n  1 running+gil run > f\n  3 running run > f\n  2 waiting run > f\n  5 idle run > f',
    );
    const f = findFunction(model, { name: 'f', file: 'app.py', firstLine: 0 })!;
    const [caller] = computeCallers(computeCallTree(model, { weight }), countPaths(model, { weight }), f);
    expect(caller).toMatchObject({ weight: expected, samples });
  });

  it('are not those of a thread that used no CPU, whatever its state', () => {
    const model = modelFromText('main cpu=0ms\n  3 running f');
    expect(countPaths(model, { weight: 'cpu' }).self).toEqual(Float64Array.of(0));
    expect(countPaths(model, { weight: 'wall' }).self).toEqual(Float64Array.of(3));
  });
});
