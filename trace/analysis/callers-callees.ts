/**
 * Who calls a function, and whom it calls.
 *
 * A function may be on one stack more than once. Each stack then counts once, in both directions: its caller is what called the
 * **outermost** call of the function, its callee what the **innermost** call of it called. So a function is never its own caller or
 * callee, the callers' weights add up to its total, and the callees' weights and its self add up to its total as well.
 */
import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import { NONE, type CallTree } from './call-tree.ts';

export interface CallRow {
  /** Absent where a thread starts with the function, so that nothing calls it. */
  readonly functionIndex?: FunctionIndex;
  /** Microseconds. */
  readonly weight: number;
  /** Of the total of the function in question, 0 to 1. */
  readonly share: number;
}

/** Positions of {@link markNodes} that are no function: nothing of interest yet, and the function itself. */
const OUTSIDE = -2;
const ITSELF = -3;

/** The callers of the function, heaviest first. Their weights add up to its total. */
export const computeCallers = (tree: CallTree, callee: FunctionIndex): CallRow[] => {
  const marks = markNodes(tree, (node, parentMark) => {
    if (parentMark !== OUTSIDE) {
      return parentMark;
    }
    return tree.functions[node] === callee ? tree.functions[tree.parents[node]!]! : OUTSIDE;
  });
  const weights = sumByMark(tree, marks);
  return toRows(weights, sumOf(weights));
};

/** The callees of the function, heaviest first. Their weights and its self weight add up to its total. */
export const computeCallees = (tree: CallTree, caller: FunctionIndex): CallRow[] => {
  const marks = markNodes(tree, (node, parentMark) => {
    if (tree.functions[node] === caller) {
      return ITSELF;
    }
    return parentMark === ITSELF ? tree.functions[node]! : parentMark;
  });
  const weights = sumByMark(tree, marks);
  const total = sumOf(weights);
  weights.delete(ITSELF);
  return toRows(weights, total);
};

/** Gives every node a mark that depends on its parent's. */
const markNodes = (tree: CallTree, mark: (node: number, parentMark: number) => number): Int32Array => {
  const marks = new Int32Array(tree.nodeCount).fill(OUTSIDE);
  for (let node = 1; node < tree.nodeCount; node++) {
    marks[node] = mark(node, marks[tree.parents[node]!]!);
  }
  return marks;
};

const sumByMark = (tree: CallTree, marks: Int32Array): Map<number, number> => {
  const weights = new Map<number, number>();
  for (let node = 0; node < tree.nodeCount; node++) {
    const mark = marks[node]!;
    const self = tree.self[node]!;
    if (mark !== OUTSIDE && self > 0) {
      weights.set(mark, (weights.get(mark) ?? 0) + self);
    }
  }
  return weights;
};

const sumOf = (weights: ReadonlyMap<number, number>): number => {
  let sum = 0;
  for (const weight of weights.values()) {
    sum += weight;
  }
  return sum;
};

const toRows = (weights: ReadonlyMap<number, number>, total: number): CallRow[] =>
  Array.from(weights, ([index, weight]) => ({
    ...(index === NONE ? {} : { functionIndex: functionIndex(index) }),
    weight,
    share: weight / total,
  })).sort((a, b) => b.weight - a.weight || (a.functionIndex ?? NONE) - (b.functionIndex ?? NONE));
