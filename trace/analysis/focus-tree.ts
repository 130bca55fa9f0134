import { type CallTree, NONE, ROOT_NODE } from './call-tree.ts';
import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

interface FocusNode {
  readonly function: number;
  readonly depth: number;
  self: number;
  readonly children: Map<number, FocusNode>;
}

/**
 * The call tree below a function, wherever it was called from: below the root stands the function alone, with all that its calls spent.
 * Where it calls itself again, the inner calls stay below the outermost, as they are in the tree.
 */
export const focusCallTree = (model: TraceModel, tree: CallTree, focus: FunctionIndex): CallTree => {
  const top = makeNode(focus, 1);
  /** Where each node of the tree went; absent outside the function. */
  const merged = new Map<number, FocusNode>();
  let count = 2;
  for (let node = 1; node < tree.nodeCount; node++) {
    const parent = merged.get(tree.parents[node]!);
    const target = parent === undefined ? (tree.functions[node] === focus ? top : undefined) : childOf(parent, node);
    if (target === undefined) continue;
    target.self += tree.self[node]!;
    merged.set(node, target);
  }
  return flatten(model, tree, top, count);

  function childOf(parent: FocusNode, node: number): FocusNode {
    const called = tree.functions[node]!;
    const known = parent.children.get(called);
    if (known !== undefined) return known;
    const child = makeNode(called, parent.depth + 1);
    parent.children.set(called, child);
    count += 1;
    return child;
  }
};

const makeNode = (called: number, depth: number): FocusNode => ({
  function: called,
  depth,
  self: 0,
  children: new Map(),
});

const flatten = (model: TraceModel, tree: CallTree, top: FocusNode, nodeCount: number): CallTree => {
  const functions = new Int32Array(nodeCount).fill(NONE);
  const parents = new Int32Array(nodeCount).fill(NONE);
  const depths = new Int32Array(nodeCount);
  const self = new Float64Array(nodeCount);
  // A stack instead of recursion: recorded stacks may be deeper than ours.
  const pending = [{ node: top, parent: ROOT_NODE }];
  for (let position = 1; position < nodeCount; position++) {
    const { node, parent } = pending.pop()!;
    functions[position] = node.function;
    parents[position] = parent;
    depths[position] = node.depth;
    self[position] = node.self;
    const children = [...node.children.values()].sort((a, b) => compareNames(model, a, b));
    for (const child of children.reverse()) pending.push({ node: child, parent: position });
  }
  const total = self.slice();
  for (let position = nodeCount - 1; position > ROOT_NODE; position--) total[parents[position]!]! += total[position]!;
  const threads = new Int32Array(nodeCount).fill(NONE);
  return {
    weight: tree.weight,
    nodeCount,
    functions,
    threads,
    parents,
    depths,
    self,
    total,
  };
};

const compareNames = (model: TraceModel, a: FocusNode, b: FocusNode): number => {
  const nameOfA = model.functionName(functionIndex(a.function));
  const nameOfB = model.functionName(functionIndex(b.function));
  return nameOfA < nameOfB ? -1 : nameOfA > nameOfB ? 1 : a.function - b.function;
};
