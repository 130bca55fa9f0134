import { functionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { compareText } from './compare-text.ts';
import { orderTree, type TreeOrder } from './tree-order.ts';

/**
 * All call paths of a model in the order in which every tree has them: depth first, siblings by function name. Columns by position, so that
 * whoever walks over them reads memory in one direction; a parent is before its children.
 */
export interface CallPathOrder {
  readonly count: number;
  /** Functions of the paths. */
  readonly functions: Int32Array;
  /** Position of the parent path, -1 for the outermost. */
  readonly parents: Int32Array;
  /** Position after the last path below each: its descendants follow it without gaps. */
  readonly ends: Int32Array;
  /** Position of each stack's path. */
  readonly ofStacks: Int32Array;
}

interface KnownOrder {
  readonly tree: TreeOrder;
  readonly paths: CallPathOrder;
}

const known = new WeakMap<TraceModel, KnownOrder>();

/** Computed again only when the model has new stacks, so that a brush over a finished recording sorts nothing. */
export const orderCallPaths = (model: TraceModel): CallPathOrder => {
  const { count, pathCount } = model.stacks;
  const last = known.get(model);
  const isSameTree = last?.paths.count === pathCount;
  if (isSameTree && last.paths.ofStacks.length === count) {
    return last.paths;
  }
  const tree = isSameTree ? last.tree : orderPaths(model);
  const paths = { ...(isSameTree ? last.paths : layOut(model, tree)), ofStacks: placeStacks(model, tree) };
  known.set(model, { tree, paths });
  return paths;
};

const orderPaths = (model: TraceModel): TreeOrder => {
  const { pathCount, pathParents, pathFunctions } = model.stacks;
  const ranks = rankFunctions(model);
  const functionOf = pathFunctions.values;
  return orderTree(pathCount, pathParents.values, (path) => ranks[functionOf[path]!]!, model.functions.count);
};

const layOut = ({ stacks }: TraceModel, { nodes, positions }: TreeOrder): Omit<CallPathOrder, 'ofStacks'> => {
  const count = nodes.length;
  const functions = new Int32Array(count);
  const parents = new Int32Array(count);
  const functionOf = stacks.pathFunctions.values;
  const parentOf = stacks.pathParents.values;
  for (let position = 0; position < count; position++) {
    const path = nodes[position]!;
    const parent = parentOf[path]!;
    functions[position] = functionOf[path]!;
    parents[position] = parent < 0 ? -1 : positions[parent]!;
  }
  return { count, functions, parents, ends: findEnds(parents) };
};

const findEnds = (parents: Int32Array): Int32Array => {
  const ends = Int32Array.from(parents, (_, position) => position + 1);
  for (let position = ends.length - 1; position >= 0; position--) {
    const parent = parents[position]!;
    if (parent >= 0 && ends[parent]! < ends[position]!) {
      ends[parent] = ends[position]!;
    }
  }
  return ends;
};

const placeStacks = ({ stacks }: TraceModel, { positions }: TreeOrder): Int32Array => {
  const ofStacks = new Int32Array(stacks.count);
  const pathOf = stacks.paths.values;
  for (let stack = 0; stack < ofStacks.length; stack++) {
    ofStacks[stack] = positions[pathOf[stack]!]!;
  }
  return ofStacks;
};

/** Rank of each function by name, then file, then first line. */
const rankFunctions = (model: TraceModel): Int32Array => {
  const order = Array.from({ length: model.functions.count }, (_, index) => functionIndex(index));
  order.sort(
    (a, b) =>
      compareText(model.functionName(a), model.functionName(b)) ||
      compareText(model.functionFile(a), model.functionFile(b)) ||
      model.functionFirstLine(a) - model.functionFirstLine(b) ||
      a - b,
  );
  const ranks = new Int32Array(order.length);
  order.forEach((index, rank) => {
    ranks[index] = rank;
  });
  return ranks;
};
