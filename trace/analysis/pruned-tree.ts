import type { TraceModel } from '../model/trace-model.ts';
import { groupThreads } from './call-tree.ts';
import type { PathLayout } from './path-layout.ts';
import { PathSums } from './path-sums.ts';
import { PrunedNodes, type PrunedTree } from './pruned-nodes.ts';
import type { Selection } from './selection.ts';
import { takeWorkspace } from './tree-workspace.ts';
import { ViewWeights } from './view-weights.ts';

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
  readonly #sums: PathSums;
  readonly #nodes: PrunedNodes;

  constructor(model: TraceModel, selection: Selection, minShare: number) {
    this.#model = model;
    this.#selection = selection;
    this.#weights = new ViewWeights(model, selection, 'top-down', takeWorkspace(model));
    this.#layout = this.#weights.layout;
    this.#sums = new PathSums(this.#layout);
    this.#nodes = new PrunedNodes(this.#weights.unit, minShare);
  }

  build(): PrunedTree {
    for (const { thread, threads } of groupThreads(this.#model, this.#selection)) {
      const withoutPath = this.#weights.addGroup(threads);
      this.#sums.take(this.#weights.weights);
      const total = withoutPath + this.#sums.whole;
      if (total > 0) this.#addLarge(this.#nodes.addGroup(thread, withoutPath, total));
      this.#weights.weights.clear();
    }
    return this.#nodes.finish(this.#selection, this.#weights);
  }

  /** Adds what is large enough below a node, depth first: without recursion, since recorded stacks may be deeper than ours. */
  #addLarge(top: number): void {
    const { smallest } = this.#nodes;
    const { count, functions, ends } = this.#layout;
    const { amounts } = this.#weights.weights;
    /** The open nodes from the top on, and where the paths below each end. */
    const open: { readonly node: number; readonly end: number }[] = [{ node: top, end: count }];
    let position = 0;
    while (open.length > 0) {
      const { node, end } = open.at(-1)!;
      if (position >= end) {
        open.pop();
        continue;
      }
      const total = this.#sums.totalOf(position);
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
