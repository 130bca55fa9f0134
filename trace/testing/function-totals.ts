import { computeCallTree } from '../analysis/call-tree.ts';
import { computeFunctions } from '../analysis/function-weights.ts';
import type { Selection } from '../analysis/selection.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** Self and total of one function, microseconds. */
export interface FunctionTotals {
  readonly self: number;
  readonly total: number;
}

/** By `function file`: what formats are compared by. */
export const functionTotals = (model: TraceModel, selection: Selection): Map<string, FunctionTotals> =>
  new Map(
    computeFunctions(computeCallTree(model, selection)).map(({ functionIndex, self, total }) => [
      `${model.functionName(functionIndex)} ${model.functionFile(functionIndex)}`,
      { self, total },
    ]),
  );

/** The same out of stacks, each with its functions from the outermost in, and its weight: what readers of other formats give. */
export const totalsOfStacks = (
  stacks: Iterable<{ readonly functions: readonly string[]; readonly weight: number }>,
): Map<string, FunctionTotals> => {
  const totals = new Map<string, { self: number; total: number }>();
  for (const { functions, weight } of stacks) {
    const of = (name: string) => {
      const known = totals.get(name) ?? { self: 0, total: 0 };
      totals.set(name, known);
      return known;
    };
    // However often it recurs.
    for (const name of new Set(functions)) {
      of(name).total += weight;
    }
    const innermost = functions.at(-1);
    if (innermost !== undefined) {
      of(innermost).self += weight;
    }
  }
  return totals;
};

/** As text that is the same whatever the order and the last bits of sums. */
export const formatTotals = (totals: ReadonlyMap<string, FunctionTotals>, decimals = 6): string[] =>
  Array.from(totals)
    .filter(([, { total }]) => total > 0)
    .map(([name, { self, total }]) => `${name}: ${self.toFixed(decimals)} of ${total.toFixed(decimals)}`)
    .sort();
