import type { TraceModel } from '../model/trace-model.ts';
import { groupThreads, NONE } from './call-tree.ts';
import type { PathLayout } from './path-layout.ts';
import { PrunedNodes, type PrunedTree } from './pruned-nodes.ts';
import type { Selection } from './selection.ts';
import { takeWorkspace } from './tree-workspace.ts';
import { ViewWeights } from './view-weights.ts';

/** From this share of all paths on, walking over all of them costs less than climbing from each to the outermost. */
const DENSE_SHARE = 1 / 64;

/**
 * The call tree of a selection without the nodes of a smaller share than `minShare` of the whole: what a dragged range is drawn from. A whole tree of a long recording has
 * hundreds of thousands of nodes, of which some hundred are drawn. A few nodes more than need be may be in it, since the whole is known only in the end.
 */
export const computePrunedTree = (model: TraceModel, selection: Selection, minShare: number): PrunedTree =>
  new PrunedTreeBuilder(model, selection, minShare).build();

class PrunedTreeBuilder {
  readonly #model: TraceModel;
  readonly #selection: Selection;
  readonly #weights: ViewWeights;
  readonly #layout: PathLayout;
  /** With all below, by position; in use by one group at a time, else 0. */
  readonly #totals: Float64Array;
  readonly #nodes: PrunedNodes;

  constructor(model: TraceModel, selection: Selection, minShare: number) {
    this.#model = model;
    this.#selection = selection;
    const workspace = takeWorkspace(model);
    this.#weights = new ViewWeights(model, selection, 'top-down', workspace);
    this.#layout = this.#weights.layout;
    this.#totals = workspace.totals;
    this.#nodes = new PrunedNodes(this.#weights.unit, minShare);
  }

  build(): PrunedTree {
    for (const { thread, threads } of groupThreads(this.#model, this.#selection)) {
      const withoutPath = this.#weights.addGroup(threads);
      const { weights } = this.#weights;
      const isDense = weights.presentCount > this.#layout.count * DENSE_SHARE;
      if (isDense) this.#sumAll();
      else this.#sumPresent();
      const total = withoutPath + this.#sumOutermost();
      if (total > 0) this.#addLarge(this.#nodes.addGroup(thread, withoutPath, total));
      if (isDense) this.#totals.fill(0);
      else this.#clearPresent();
      weights.clear();
    }
    return this.#nodes.finish(this.#selection, this.#weights);
  }

  #sumAll(): void {
    const { count, parents } = this.#layout;
    const totals = this.#totals;
    totals.set(this.#weights.weights.amounts);
    for (let position = count - 1; position >= 0; position--) {
      const total = totals[position]!;
      if (total === 0) continue;
      const parent = parents[position]!;
      if (parent !== NONE) totals[parent]! += total;
    }
  }

  #sumPresent(): void {
    const { parents } = this.#layout;
    const { present, presentCount, amounts } = this.#weights.weights;
    const totals = this.#totals;
    for (let index = 0; index < presentCount; index++) {
      const amount = amounts[present[index]!]!;
      for (let at = present[index]!; at !== NONE; at = parents[at]!) totals[at]! += amount;
    }
  }

  #clearPresent(): void {
    const { parents } = this.#layout;
    const { present, presentCount } = this.#weights.weights;
    const totals = this.#totals;
    for (let index = 0; index < presentCount; index++)
      for (let at = present[index]!; at !== NONE && totals[at] !== 0; at = parents[at]!) totals[at] = 0;
  }

  #sumOutermost(): number {
    const { count, ends } = this.#layout;
    let sum = 0;
    for (let position = 0; position < count; position = ends[position]!) sum += this.#totals[position]!;
    return sum;
  }

  /** Adds what is large enough below a node, depth first: without recursion, since recorded stacks may be deeper than ours. */
  #addLarge(top: number): void {
    const { smallest } = this.#nodes;
    const { count, functions, ends } = this.#layout;
    const { amounts } = this.#weights.weights;
    const totals = this.#totals;
    /** The open nodes from the top on, and where the paths below each end. */
    const open: { readonly node: number; readonly end: number }[] = [{ node: top, end: count }];
    let position = 0;
    while (open.length > 0) {
      const { node, end } = open.at(-1)!;
      if (position >= end) {
        open.pop();
        continue;
      }
      const total = totals[position]!;
      if (total > 0 && total >= smallest) {
        const child = this.#nodes.addFunction(functions[position]!, node, amounts[position]!, total);
        open.push({ node: child, end: ends[position]! });
        position++;
        continue;
      }
      if (total > 0) this.#nodes.leaveOut(node, total);
      position = ends[position]!;
    }
  }
}
