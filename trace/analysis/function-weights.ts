import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import { NONE, ROOT_NODE, type CallTree } from './call-tree.ts';

export interface FunctionRow {
  readonly functionIndex: FunctionIndex;
  /** Weight of the stacks in which the function is on top, microseconds. */
  readonly self: number;
  /** Weight of the stacks in which it is anywhere, each counted once however often it recurs. */
  readonly total: number;
  /** Of the tree's whole weight, 0 to 1. */
  readonly selfShare: number;
  readonly totalShare: number;
}

/** Self and total per function of the tree, heaviest self first. */
export const computeFunctions = (tree: CallTree): FunctionRow[] => {
  const rowOf = new Map<number, { self: number; total: number }>();
  /** How often each function is on the way from the root to the current node. */
  const onPath = new Map<number, number>();
  const path: number[] = [];
  for (let node = 0; node < tree.nodeCount; node++) {
    while (path.length > tree.depths[node]!) {
      const left = path.pop()!;
      onPath.set(left, onPath.get(left)! - 1);
    }
    const current = tree.functions[node]!;
    const count = onPath.get(current) ?? 0;
    path.push(current);
    onPath.set(current, count + 1);
    if (current === NONE) {
      continue;
    }
    const row = rowOf.get(current) ?? { self: 0, total: 0 };
    row.self += tree.self[node]!;
    row.total += count === 0 ? tree.total[node]! : 0;
    rowOf.set(current, row);
  }
  const whole = tree.total[ROOT_NODE]!;
  return Array.from(rowOf, ([index, { self, total }]) => ({
    functionIndex: functionIndex(index),
    self,
    total,
    selfShare: whole === 0 ? 0 : self / whole,
    totalShare: whole === 0 ? 0 : total / whole,
  })).sort((a, b) => b.self - a.self || b.total - a.total || a.functionIndex - b.functionIndex);
};
