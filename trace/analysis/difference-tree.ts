/** A comparison as a flame graph: the merged tree of both sides, pruned to what can be seen. */
import { functionIndex } from '../contract/units.ts';
import { ROOT_NODE } from './call-tree.ts';
import type { Change, Comparison } from './comparison.ts';
import { FLAME_ROOT_NAME, MAX_FLAME_DEPTH, mergeSmaller, skipDescendants, type FlameNode } from './flame-tree.ts';

/**
 * A frame is as wide as what it takes itself, on the side where that is more, and all that it calls: so what was added and what was removed both have their place, and nothing is drawn narrower than it is
 * on either side. Values are shares of a side; all frames together may be more than 1.
 */
export const computeDifferenceTree = (comparison: Comparison, minShare: number): FlameNode => {
  const { nodeCount, depths } = comparison;
  const widths = computeWidths(comparison);
  const smallest = widths[ROOT_NODE]! * minShare;
  const root = buildNode(comparison, widths, ROOT_NODE);
  /** The drawn nodes on the way to the current one, by depth. */
  const drawn: FlameNode[] = [root];
  const leftOut = new Map<FlameNode, { count: number; width: number; before: number; after: number }>();
  for (let node = 1; node < nodeCount;) {
    const depth = depths[node]!;
    const parent = drawn[depth - 1]!;
    if (widths[node]! >= smallest && depth <= MAX_FLAME_DEPTH) {
      const child = buildNode(comparison, widths, node);
      parent.children.push(child);
      drawn[depth] = child;
      node++;
      continue;
    }
    const sum = leftOut.get(parent) ?? { count: 0, width: 0, before: 0, after: 0 };
    leftOut.set(parent, {
      count: sum.count + 1,
      width: sum.width + widths[node]!,
      before: sum.before + comparison.totalBefore[node]!,
      after: sum.after + comparison.totalAfter[node]!,
    });
    node = skipDescendants(comparison, node);
  }
  for (const [parent, { count, width, before, after }] of leftOut) {
    const change = { before, after };
    parent.children.push({ ...mergeSmaller(count, width), changes: { self: change, total: change } });
  }
  return root;
};

/** Parents come before their children. */
const computeWidths = ({ nodeCount, parents, selfBefore, selfAfter }: Comparison): Float64Array => {
  const widths = Float64Array.from({ length: nodeCount }, (_, node) => Math.max(selfBefore[node]!, selfAfter[node]!));
  for (let node = nodeCount - 1; node > ROOT_NODE; node--) widths[parents[node]!]! += widths[node]!;
  return widths;
};

const buildNode = (comparison: Comparison, widths: Float64Array, node: number): FlameNode => {
  const { called, functions, selfBefore, selfAfter, totalBefore, totalAfter } = comparison;
  const self: Change = { before: selfBefore[node]!, after: selfAfter[node]! };
  const weights = {
    value: widths[node]!,
    self: Math.max(self.before, self.after),
    children: [],
    changes: { self, total: { before: totalBefore[node]!, after: totalAfter[node]! } },
  };
  if (node === ROOT_NODE) return { kind: 'root', name: FLAME_ROOT_NAME, ...weights };
  const { name, identity } = functions[called[node]!]!;
  return { kind: 'function', name, ...weights, functionIndex: functionIndex(called[node]!), identity };
};
