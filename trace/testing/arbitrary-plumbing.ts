import fc from 'fast-check';
import { findFoldRules, FOLD_RULE_IDS, type FoldRuleId } from '../analysis/fold-rules.ts';
import type { FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { StackView } from './naive-tree.ts';
import { modelFromText } from './trace-from-text.ts';

export const DEFER = '/v/site-packages/twisted/internet/defer.py';
const FRAMES = [
  'a',
  'b',
  'c',
  `Deferred.callback@${DEFER}`,
  `maybeDeferred@${DEFER}`,
  'Thread.run@/usr/lib/python3.13/threading.py',
];

const MAX_RUNS = 12;
const MAX_RUN_TICKS = 4;

/** Two threads whose stacks are full of plumbing and of functions that call themselves. */
export const arbitraryPlumbing = (): fc.Arbitrary<TraceModel> => {
  const run = fc.record({
    ticks: fc.integer({ min: 1, max: MAX_RUN_TICKS }),
    state: fc.constantFrom('running', 'waiting', 'idle'),
    stack: fc.array(fc.constantFrom(...FRAMES), { maxLength: 7 }),
  });
  const thread = (name: string) =>
    fc.array(run, { maxLength: MAX_RUNS }).map((runs) => {
      const rest = MAX_RUNS * MAX_RUN_TICKS + 1 - runs.reduce((sum, { ticks }) => sum + ticks, 0);
      const drawn = runs.map(({ ticks, state, stack }) => `  ${ticks} ${state}  ${stack.join(' > ')}`);
      return [`${name} cpu=${runs.length}ms`, ...drawn, `  ${rest} idle  wait`];
    });
  return fc.tuple(thread('main'), thread('pool')).map((threads) => modelFromText(threads.flat().join('\n')));
};
export const arbitraryFolds = fc.subarray<FoldRuleId>(['deferred', 'threads']);

/** What fold rules leave of a stack. */
export const foldNaively = (model: TraceModel, folds: readonly FoldRuleId[], focus?: FunctionIndex): StackView => {
  const rules = findFoldRules(model);
  return (functions) => functions.filter((index) => index === focus || !folds.includes(FOLD_RULE_IDS[rules[index]!]!));
};
