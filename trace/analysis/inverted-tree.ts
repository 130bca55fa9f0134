import type { TraceModel } from '../model/trace-model.ts';
import { groupThreads, NONE } from './call-tree.ts';
import { CallerGroups, type CallerGroup } from './caller-groups.ts';
import { PrunedNodes, type PrunedTree } from './pruned-nodes.ts';
import type { Selection } from './selection.ts';
import { takeWorkspace } from './tree-workspace.ts';
import { ViewWeights } from './view-weights.ts';

/**
 * The call tree from its leaves: below each thread stand the functions in which the time went, with what they took themselves, and below each its callers, with how much of that came from them.
 * The weight of a node of its own is that of the stacks which begin with it. Where a function recurs, each of its frames is a node, as in the tree from above.
 *
 * Pruned as `computePrunedTree` does it. The tree is not kept and not even made: callers of what is too small are never looked at, so that a range of 50,000 different stacks
 * takes little more than their innermost few frames.
 *
 * With a focus it shows who calls that function, each way with all that the calls spent.
 */
export const computeInvertedTree = (model: TraceModel, selection: Selection, minShare: number): PrunedTree =>
  new InvertedTreeBuilder(model, selection, minShare).build();

interface PendingNode extends CallerGroup {
  /** Node of what it calls. */
  readonly parent: number;
}

class InvertedTreeBuilder {
  readonly #model: TraceModel;
  readonly #selection: Selection;
  readonly #weights: ViewWeights;
  readonly #nodes: PrunedNodes;
  readonly #callers: CallerGroups;
  /** Where each stack stands on its way from the leaf to the outermost frame, as a position in the layout; and what it weighs. */
  #positions = new Int32Array();
  #amounts = new Float64Array();

  constructor(model: TraceModel, selection: Selection, minShare: number) {
    this.#model = model;
    this.#selection = selection;
    this.#weights = new ViewWeights(model, selection, 'bottom-up', takeWorkspace(model));
    this.#nodes = new PrunedNodes(this.#weights.unit, minShare);
    this.#callers = new CallerGroups(this.#weights.ranks);
  }

  build(): PrunedTree {
    for (const { thread, threads } of groupThreads(this.#model, this.#selection)) {
      const withoutPath = this.#weights.addGroup(threads);
      const total = withoutPath + this.#takeStacks();
      if (total > 0) this.#addCallers(this.#nodes.addGroup(thread, withoutPath, total));
    }
    return this.#nodes.finish(this.#selection, this.#weights);
  }

  /** @returns what they weigh. */
  #takeStacks(): number {
    const { weights } = this.#weights;
    const { present, presentCount, amounts } = weights;
    this.#positions = present.slice(0, presentCount);
    this.#amounts = new Float64Array(presentCount);
    let total = 0;
    for (let index = 0; index < presentCount; index++) {
      const amount = amounts[present[index]!]!;
      this.#amounts[index] = amount;
      total += amount;
    }
    weights.clear();
    return total;
  }

  /** Adds what is large enough below a node, depth first: without recursion, since recorded stacks may be deeper than ours. */
  #addCallers(top: number): void {
    const pending: PendingNode[] = [];
    this.#split(top, 0, this.#positions.length, pending);
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { called, parent, first, end, total } = next;
      const { self, lastEnd } = this.#goUp(first, end);
      this.#split(this.#nodes.addFunction(called, parent, self, total), first, lastEnd, pending);
    }
  }

  /** The functions in which the stacks stand, the first one by name at the end. */
  #split(parent: number, first: number, end: number, pending: PendingNode[]): void {
    if (first === end) return;
    const { smallest } = this.#nodes;
    const slice = {
      functions: this.#weights.layout.functions,
      positions: this.#positions,
      amounts: this.#amounts,
      first,
      end,
    };
    const groups = this.#callers.split(slice, (total) => {
      const isLarge = total >= smallest;
      if (!isLarge) this.#nodes.leaveOut(parent, total);
      return isLarge;
    });
    for (const group of groups.reverse()) pending.push({ ...group, parent });
  }

  /** Moves the stacks of a group to their next callers; those that have none are taken out. */
  #goUp(first: number, end: number): { readonly self: number; readonly lastEnd: number } {
    const { parents } = this.#weights.layout;
    const positions = this.#positions;
    const amounts = this.#amounts;
    let self = 0;
    let lastEnd = first;
    for (let index = first; index < end; index++) {
      const parent = parents[positions[index]!]!;
      if (parent === NONE) {
        self += amounts[index]!;
        continue;
      }
      positions[lastEnd] = parent;
      amounts[lastEnd] = amounts[index]!;
      lastEnd++;
    }
    return { self, lastEnd };
  }
}
