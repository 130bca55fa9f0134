import type { ThreadIndex } from '../contract/units.ts';
import { NONE, ROOT_NODE, type CallTree } from './call-tree.ts';
import type { Selection } from './selection.ts';
import type { ViewWeights } from './view-weights.ts';

/** A call tree without what is too small to be drawn: each node tells what it has left out right below it. */
export interface PrunedTree extends CallTree {
  /** Children left out. */
  readonly leftOutCounts: Int32Array;
  /** Their total weight, microseconds. */
  readonly leftOutWeights: Float64Array;
  /** Weight of the selection that the focus leaves out, microseconds. */
  readonly outOfFocus: number;
  /** Weight of the stacks that end in a function that a fold rule is about, by position in `FOLD_RULE_IDS`, whether the rule hides it or not; microseconds. */
  readonly ofRules: Float64Array;
}

/** So that no node is left out here that is just large enough where all is rounded in another way. */
const ROUNDING = 1 - 1e-9;

/** Collects the nodes of a pruned tree in the order of the tree. Amounts in, microseconds out. */
export class PrunedNodes {
  readonly #unit: number;
  readonly #minShare: number;
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

  constructor(unit: number, minShare: number) {
    this.#unit = unit;
    this.#minShare = minShare;
    this.#add(NONE, NONE, NONE, 0, 0);
  }

  /** Amount from which on a node is drawn, of what is known so far. */
  get smallest(): number {
    return this.#whole * this.#minShare * ROUNDING;
  }

  /** @returns the node below which the paths of the group belong: the thread's own, or the root where threads are merged. */
  addGroup(thread: ThreadIndex | undefined, self: number, total: number): number {
    this.#whole += total;
    this.#total[ROOT_NODE]! += total * this.#unit;
    if (thread !== undefined) return this.#add(NONE, thread, ROOT_NODE, self, total);
    this.#self[ROOT_NODE]! += self * this.#unit;
    return ROOT_NODE;
  }

  addFunction(called: number, parent: number, self: number, total: number): number {
    return this.#add(called, NONE, parent, self, total);
  }

  /** Counts a child of the node that is not in the tree. */
  leaveOut(node: number, total: number): void {
    this.#leftOutCounts[node]! += 1;
    this.#leftOutWeights[node]! += total * this.#unit;
  }

  finish({ weight }: Selection, { outOfFocus, ofRules }: ViewWeights): PrunedTree {
    return {
      weight,
      nodeCount: this.#functions.length,
      functions: Int32Array.from(this.#functions),
      threads: Int32Array.from(this.#threads),
      parents: Int32Array.from(this.#parents),
      depths: Int32Array.from(this.#depths),
      self: Float64Array.from(this.#self),
      total: Float64Array.from(this.#total),
      leftOutCounts: Int32Array.from(this.#leftOutCounts),
      leftOutWeights: Float64Array.from(this.#leftOutWeights),
      outOfFocus,
      ofRules,
    };
  }

  #add(called: number, thread: number, parent: number, self: number, total: number): number {
    this.#threads.push(thread);
    this.#parents.push(parent);
    this.#depths.push(parent === NONE ? 0 : this.#depths[parent]! + 1);
    this.#self.push(self * this.#unit);
    this.#total.push(total * this.#unit);
    this.#leftOutCounts.push(0);
    this.#leftOutWeights.push(0);
    return this.#functions.push(called) - 1;
  }
}
