/**
 * Who calls a function, and whom it calls.
 *
 * A function may be on one stack more than once. Each stack then counts once, in both directions: its caller is what called the
 * **outermost** call of the function, its callee what the **innermost** call of it called. So a function is never its own caller or
 * callee, the callers' weights add up to its total, and the callees' weights and its self add up to its total as well. Samples are
 * counted in the same way.
 */
import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import { NONE, type CallTree } from './call-tree.ts';
import type { CountedPaths } from './counted-paths.ts';

export interface CallRow {
  /** Absent where a thread starts with the function, so that nothing calls it. */
  readonly functionIndex?: FunctionIndex;
  /** Microseconds. */
  readonly weight: number;
  /** Of the total of the function in question, 0 to 1. */
  readonly share: number;
  /** In so many samples it was caught. How often it was called, no sampler knows. */
  readonly samples: number;
}

/** A call tree, or call paths that are counted: parents before their children, -1 for what has none. */
type Calls = CallTree | CountedPaths;

/** Marks that are no function: nothing of interest yet, and the function itself. */
const OUTSIDE = -2;
const ITSELF = -3;

/** The callers of the function, heaviest first. Their weights add up to its total. */
export const computeCallers = (tree: CallTree, counted: CountedPaths, callee: FunctionIndex): CallRow[] => {
  const weights = sumCallers(tree, callee);
  return toRows(weights, sumCallers(counted, callee), sumOf(weights));
};

/** The callees of the function, heaviest first. Their weights and its self weight add up to its total. */
export const computeCallees = (tree: CallTree, counted: CountedPaths, caller: FunctionIndex): CallRow[] => {
  const weights = sumCallees(tree, caller);
  const total = sumOf(weights);
  weights.delete(ITSELF);
  return toRows(weights, sumCallees(counted, caller), total);
};

/** Samples with the function on the stack, however often it is there: each has one caller of its outermost call. */
export const countSamples = (callers: readonly CallRow[]): number =>
  callers.reduce((sum, { samples }) => sum + samples, 0);

/** By the function that called the outermost call, {@link NONE} for a thread. */
const sumCallers = (calls: Calls, callee: FunctionIndex): Map<number, number> =>
  sumByMark(calls, (node, parentMark) => {
    if (parentMark !== OUTSIDE) return parentMark;
    return calls.functions[node] === callee ? (calls.functions[calls.parents[node]!] ?? NONE) : OUTSIDE;
  });

/** By the function that the innermost call called, {@link ITSELF} where it called none. */
const sumCallees = (calls: Calls, caller: FunctionIndex): Map<number, number> =>
  sumByMark(calls, (node, parentMark) => {
    if (calls.functions[node] === caller) return ITSELF;
    return parentMark === ITSELF ? calls.functions[node]! : parentMark;
  });

/** Gives every node a mark that depends on its parent's, and adds up what ends in the nodes of each. */
const sumByMark = (
  { functions, parents, self }: Calls,
  markOf: (node: number, parentMark: number) => number,
): Map<number, number> => {
  const marks = new Int32Array(functions.length);
  const sums = new Map<number, number>();
  for (let node = 0; node < marks.length; node++) {
    const parent = parents[node]!;
    const mark = markOf(node, parent < 0 ? OUTSIDE : marks[parent]!);
    marks[node] = mark;
    if (mark !== OUTSIDE && self[node]! > 0) sums.set(mark, (sums.get(mark) ?? 0) + self[node]!);
  }
  return sums;
};

const sumOf = (weights: ReadonlyMap<number, number>): number => {
  let sum = 0;
  for (const weight of weights.values()) {
    sum += weight;
  }
  return sum;
};

const toRows = (weights: ReadonlyMap<number, number>, samples: ReadonlyMap<number, number>, total: number): CallRow[] =>
  Array.from(weights, ([index, weight]) => ({
    ...(index === NONE ? {} : { functionIndex: functionIndex(index) }),
    weight,
    share: weight / total,
    samples: samples.get(index) ?? 0,
  })).sort((a, b) => b.weight - a.weight || (a.functionIndex ?? NONE) - (b.functionIndex ?? NONE));
