import { functionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { compareText } from './compare-text.ts';
import { orderTree, type TreeOrder } from './tree-order.ts';

const known = new WeakMap<TraceModel, TreeOrder>();

/**
 * All call paths of a model, siblings by function name. Computed again only when the model has new paths, so that a brush over a
 * finished recording sorts nothing.
 */
export const orderCallPaths = (model: TraceModel): TreeOrder => {
  const { pathCount, pathParents, pathFunctions } = model.stacks;
  const last = known.get(model);
  if (last !== undefined && last.nodes.length === pathCount) {
    return last;
  }
  const ranks = rankFunctions(model);
  const functionOf = pathFunctions.values;
  const order = orderTree(pathCount, pathParents.values, (path) => ranks[functionOf[path]!]!, model.functions.count);
  known.set(model, order);
  return order;
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
