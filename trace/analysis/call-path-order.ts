import { functionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { compareText } from './compare-text.ts';
import { layOutPaths, type PathLayout } from './path-layout.ts';

/** All call paths of a model in the order in which every tree has them. */
export interface CallPathOrder extends PathLayout {
  /** Position of each stack's path. */
  readonly ofStacks: Int32Array;
  /** Of each function that is on a path its rank by name, then file, then first line. */
  readonly ranks: Int32Array;
}

interface KnownOrder {
  readonly order: CallPathOrder;
  /** Position of each path. */
  readonly positions: Int32Array;
}

const known = new WeakMap<TraceModel, KnownOrder>();

/** Computed again only when the model has new stacks, so that a brush over a finished recording sorts nothing. */
export const orderCallPaths = (model: TraceModel): CallPathOrder => {
  const { count, pathCount } = model.stacks;
  const last = known.get(model);
  if (last?.order.count === pathCount) {
    if (last.order.ofStacks.length === count) return last.order;
    const order = { ...last.order, ofStacks: placeStacks(model, last.positions) };
    known.set(model, { ...last, order });
    return order;
  }
  const ranks = rankFunctions(model);
  const { layout, positions } = layOutPaths(
    { count: pathCount, functions: model.stacks.pathFunctions.values, parents: model.stacks.pathParents.values },
    ranks,
  );
  const order = { ...layout, ofStacks: placeStacks(model, positions), ranks };
  known.set(model, { order, positions });
  return order;
};

const placeStacks = ({ stacks }: TraceModel, positions: Int32Array): Int32Array => {
  const ofStacks = new Int32Array(stacks.count);
  const pathOf = stacks.paths.values;
  for (let stack = 0; stack < ofStacks.length; stack++) {
    ofStacks[stack] = positions[pathOf[stack]!]!;
  }
  return ofStacks;
};

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
