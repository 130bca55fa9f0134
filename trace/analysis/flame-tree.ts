import { functionIndex, threadIndex, type FunctionIndex, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { NONE, ROOT_NODE, type CallTree } from './call-tree.ts';
import type { Change } from './comparison.ts';
import { identifyFunction, type FunctionIdentity } from './function-identity.ts';
import type { PrunedTree } from './pruned-nodes.ts';
import { threadLabel } from './thread-label.ts';

interface FlameNodeBase<Child> {
  readonly name: string;
  /** Weight with everything below, microseconds. */
  readonly value: number;
  /** Weight of its own, microseconds. */
  readonly self: number;
  readonly children: Child[];
  /** In the tree of a comparison, what it takes on both sides. */
  readonly changes?: { readonly self: Change; readonly total: Change };
}

interface RootNode<Child> extends FlameNodeBase<Child> {
  readonly kind: 'root';
}

interface ThreadNode<Child> extends FlameNodeBase<Child> {
  readonly kind: 'thread';
  readonly thread: ThreadIndex;
}

interface FunctionNode<Child> extends FlameNodeBase<Child> {
  readonly kind: 'function';
  /** Of the trace; in the tree of a comparison, of the compared functions. */
  readonly functionIndex: FunctionIndex;
  readonly identity: FunctionIdentity;
}

/** Stands for siblings too small to be drawn one by one, or for what lies below the deepest level drawn. */
interface SmallerNode<Child> extends FlameNodeBase<Child> {
  readonly kind: 'smaller';
  readonly mergedCount: number;
}

/** Two or more frames as one, from the one next to the root on. */
interface ChainNode<Child> extends FlameNodeBase<Child> {
  readonly kind: 'chain';
  readonly links: readonly ChainLink[];
}

export type FlameNode = RootNode<FlameNode> | ThreadNode<FlameNode> | FunctionNode<FlameNode> | SmallerNode<FlameNode>;
/** A frame of a chain, as it is where it stands alone, with all below it. */
export type ChainLink = FunctionNode<FlameNode>;
/** As it is drawn: also with chains, which `foldChains` makes. */
export type DrawnNode =
  RootNode<DrawnNode> | ThreadNode<DrawnNode> | FunctionNode<DrawnNode> | SmallerNode<DrawnNode> | ChainNode<DrawnNode>;

export interface FlameTreeOptions {
  /** Nodes with a smaller share of the root's weight are merged, per parent, into one. */
  readonly minShare: number;
  /** Levels below the root; deeper ones are merged. */
  readonly maxDepth?: number;
}

/** Deeper trees overflow the call stack of what draws them or turns them into JSON, and no screen shows them. */
export const MAX_FLAME_DEPTH = 1000;
export const FLAME_ROOT_NAME = 'all';

/**
 * The call tree as nested nodes, pruned to what can be seen. Every node's value is its own weight and its children's values. The tree may be pruned
 * already, to the same share or a smaller one.
 */
export const computeFlameTree = (
  model: TraceModel,
  tree: CallTree | PrunedTree,
  { minShare, maxDepth = MAX_FLAME_DEPTH }: FlameTreeOptions,
): FlameNode => {
  const smallest = tree.total[ROOT_NODE]! * minShare;
  const depthLimit = Math.min(maxDepth, MAX_FLAME_DEPTH);
  const root = buildNode(model, tree, ROOT_NODE);
  /** The drawn nodes on the way to the current one, by depth. */
  const drawn: FlameNode[] = [root];
  const pruned = new Map<FlameNode, { count: number; weight: number }>();
  const leaveOut = (parent: FlameNode, count: number, weight: number): void => {
    const sum = pruned.get(parent) ?? { count: 0, weight: 0 };
    pruned.set(parent, { count: sum.count + count, weight: sum.weight + weight });
  };
  const leaveOutAsBefore = (parent: FlameNode, node: number): void => {
    if ('leftOutCounts' in tree && tree.leftOutCounts[node]! > 0)
      leaveOut(parent, tree.leftOutCounts[node]!, tree.leftOutWeights[node]!);
  };
  leaveOutAsBefore(root, ROOT_NODE);
  for (let node = 1; node < tree.nodeCount;) {
    const depth = tree.depths[node]!;
    const parent = drawn[depth - 1]!;
    if (tree.total[node]! < smallest || depth > depthLimit) {
      leaveOut(parent, 1, tree.total[node]!);
      node = skipDescendants(tree, node);
      continue;
    }
    const child = buildNode(model, tree, node);
    parent.children.push(child);
    drawn[depth] = child;
    leaveOutAsBefore(child, node);
    node++;
  }
  for (const [parent, { count, weight }] of pruned) parent.children.push(mergeSmaller(count, weight));
  return root;
};

/** The node that stands for so many that are not drawn one by one. */
export const mergeSmaller = (count: number, weight: number): FlameNode => ({
  kind: 'smaller',
  name: count === 1 ? '1 smaller frame' : `${count} smaller frames`,
  value: weight,
  self: weight,
  mergedCount: count,
  children: [],
});

/** The first node behind a node and all below it, of a tree in preorder. */
export const skipDescendants = (
  { depths, nodeCount }: Pick<CallTree, 'depths' | 'nodeCount'>,
  node: number,
): number => {
  let next = node + 1;
  while (next < nodeCount && depths[next]! > depths[node]!) {
    next++;
  }
  return next;
};

/** Field by field, as it is done for each frame of each picture of a drag: the page's build turns a spread into slow calls. */
const buildNode = (model: TraceModel, tree: CallTree, node: number): FlameNode => {
  const [value, self] = [tree.total[node]!, tree.self[node]!];
  if (tree.functions[node] !== NONE) {
    const index = functionIndex(tree.functions[node]!);
    const identity = identifyFunction(model, index);
    return { kind: 'function', name: identity.name, value, self, children: [], functionIndex: index, identity };
  }
  if (tree.threads[node] !== NONE) {
    const thread = threadIndex(tree.threads[node]!);
    return { kind: 'thread', name: threadLabel(model, thread), value, self, children: [], thread };
  }
  return { kind: 'root', name: FLAME_ROOT_NAME, value, self, children: [] };
};
