import type { TraceModel } from '../model/trace-model.ts';
import { orderCallPaths, type CallPathOrder } from './call-path-order.ts';
import { NONE, ROOT_NODE, selectThreads, type CallTree } from './call-tree.ts';
import type { PathWeights } from './path-weights.ts';
import { selectTicks, type Selection } from './selection.ts';
import { ThreadWeights } from './thread-weights.ts';
import { takeWorkspace } from './tree-workspace.ts';
import { isCountedInTicks } from './weigh-runs.ts';

/** A call tree without what is too small to be drawn: each node tells what it has left out right below it. */
export interface PrunedTree extends CallTree {
  /** Children left out. */
  readonly leftOutCounts: Int32Array;
  /** Their total weight, microseconds. */
  readonly leftOutWeights: Float64Array;
}

/** From this share of all paths on, walking over all of them costs less than climbing from each to the outermost. */
const DENSE_SHARE = 1 / 64;
/** So that no node is left out here that is just large enough where all is rounded in another way. */
const ROUNDING = 1 - 1e-9;

/**
 * The call tree of a selection without the nodes of a smaller share than `minShare` of the whole: what a dragged range is drawn from. A whole tree of a long recording has
 * hundreds of thousands of nodes, of which some hundred are drawn. A few nodes more than need be may be in it, since the whole is known only in the end.
 */
export const computePrunedTree = (model: TraceModel, selection: Selection, minShare: number): PrunedTree =>
  new PrunedTreeBuilder(model, selection, minShare).build();

class PrunedTreeBuilder {
  readonly #model: TraceModel;
  readonly #selection: Selection;
  readonly #minShare: number;
  readonly #order: CallPathOrder;
  readonly #threadWeights: ThreadWeights;
  readonly #weights: PathWeights;
  /** With all below, by position; in use by one group at a time, else 0. */
  readonly #totals: Float64Array;
  /** Microseconds of one of the amounts that are added up. */
  readonly #unit: number;
  /** Of the groups so far, in amounts. */
  #whole = 0;

  readonly #functions: number[] = [];
  readonly #threads: number[] = [];
  readonly #parents: number[] = [];
  readonly #depths: number[] = [];
  readonly #self: number[] = [];
  readonly #total: number[] = [];
  readonly #leftOutCounts: number[] = [];
  readonly #leftOutWeights: number[] = [];

  constructor(model: TraceModel, selection: Selection, minShare: number) {
    this.#model = model;
    this.#selection = selection;
    this.#minShare = minShare;
    this.#order = orderCallPaths(model);
    const { weights, totals } = takeWorkspace(model);
    this.#weights = weights;
    this.#totals = totals;
    this.#threadWeights = new ThreadWeights(model, selection, selectTicks(model, selection.range), this.#order);
    this.#unit = isCountedInTicks(selection) ? model.period : 1;
  }

  build(): PrunedTree {
    const threads = selectThreads(this.#model, this.#selection.threads);
    this.#addNode(NONE, NONE, NONE, 0, 0, 0);
    if (this.#selection.mergeThreads === true) {
      const withoutStack = threads.reduce((sum, thread) => sum + this.#threadWeights.add(thread, this.#weights), 0);
      this.#addGroup(() => ROOT_NODE, withoutStack);
    } else {
      for (const thread of threads) {
        const withoutStack = this.#threadWeights.add(thread, this.#weights);
        this.#addGroup(() => this.#addNode(NONE, thread, ROOT_NODE, 1, 0, 0), withoutStack);
      }
    }
    return this.#finish();
  }

  /** Adds the paths that the weights have below a node, which is asked for only if they weigh anything; and empties the weights. */
  #addGroup(addTop: () => number, withoutStack: number): void {
    const { presentCount } = this.#weights;
    const isDense = presentCount > this.#order.count * DENSE_SHARE;
    if (isDense) this.#sumAll();
    else this.#sumPresent();
    const outermost = this.#sumOutermost();
    const weight = withoutStack + outermost;
    if (weight > 0) {
      const top = addTop();
      this.#self[top]! += withoutStack * this.#unit;
      this.#total[top]! += weight * this.#unit;
      if (top !== ROOT_NODE) this.#total[ROOT_NODE]! += weight * this.#unit;
      this.#whole += weight;
      this.#addLarge(top);
    }
    if (isDense) this.#totals.fill(0);
    else this.#clearPresent();
    this.#weights.clear();
  }

  #sumAll(): void {
    const { count, parents } = this.#order;
    const totals = this.#totals;
    totals.set(this.#weights.amounts);
    for (let position = count - 1; position >= 0; position--) {
      const total = totals[position]!;
      if (total === 0) continue;
      const parent = parents[position]!;
      if (parent !== NONE) totals[parent]! += total;
    }
  }

  #sumPresent(): void {
    const { parents } = this.#order;
    const { present, presentCount, amounts } = this.#weights;
    const totals = this.#totals;
    for (let index = 0; index < presentCount; index++) {
      const amount = amounts[present[index]!]!;
      for (let at = present[index]!; at !== NONE; at = parents[at]!) totals[at]! += amount;
    }
  }

  #clearPresent(): void {
    const { parents } = this.#order;
    const { present, presentCount } = this.#weights;
    const totals = this.#totals;
    for (let index = 0; index < presentCount; index++)
      for (let at = present[index]!; at !== NONE && totals[at] !== 0; at = parents[at]!) totals[at] = 0;
  }

  #sumOutermost(): number {
    const { count, ends } = this.#order;
    let sum = 0;
    for (let position = 0; position < count; position = ends[position]!) sum += this.#totals[position]!;
    return sum;
  }

  /** Adds what is large enough below a node, depth first: without recursion, since recorded stacks may be deeper than ours. */
  #addLarge(top: number): void {
    const smallest = this.#whole * this.#minShare * ROUNDING;
    const { functions, ends } = this.#order;
    const { amounts } = this.#weights;
    const totals = this.#totals;
    const unit = this.#unit;
    /** The open nodes from the top on, and where the paths below each end. */
    const open: { readonly node: number; readonly end: number }[] = [{ node: top, end: this.#order.count }];
    let position = 0;
    while (open.length > 0) {
      const { node, end } = open.at(-1)!;
      if (position >= end) {
        open.pop();
        continue;
      }
      const total = totals[position]!;
      if (total > 0 && total >= smallest) {
        const depth = this.#depths[node]! + 1;
        const child = this.#addNode(functions[position]!, NONE, node, depth, amounts[position]! * unit, total * unit);
        open.push({ node: child, end: ends[position]! });
        position++;
        continue;
      }
      if (total > 0) {
        this.#leftOutCounts[node]! += 1;
        this.#leftOutWeights[node]! += total * unit;
      }
      position = ends[position]!;
    }
  }

  #addNode(called: number, thread: number, parent: number, depth: number, self: number, total: number): number {
    this.#threads.push(thread);
    this.#parents.push(parent);
    this.#depths.push(depth);
    this.#self.push(self);
    this.#total.push(total);
    this.#leftOutCounts.push(0);
    this.#leftOutWeights.push(0);
    return this.#functions.push(called) - 1;
  }

  #finish(): PrunedTree {
    return {
      weight: this.#selection.weight,
      nodeCount: this.#functions.length,
      functions: Int32Array.from(this.#functions),
      threads: Int32Array.from(this.#threads),
      parents: Int32Array.from(this.#parents),
      depths: Int32Array.from(this.#depths),
      self: Float64Array.from(this.#self),
      total: Float64Array.from(this.#total),
      leftOutCounts: Int32Array.from(this.#leftOutCounts),
      leftOutWeights: Float64Array.from(this.#leftOutWeights),
    };
  }
}
