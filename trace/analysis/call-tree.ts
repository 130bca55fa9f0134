import { threadIndex, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { compareText } from './compare-text.ts';
import type { Selection, Weight } from './selection.ts';
import { threadLabel } from './thread-label.ts';
import { takeWorkspace, type TreeWorkspace } from './tree-workspace.ts';
import { ViewWeights } from './view-weights.ts';

/** Stands in `functions` for the root and for threads, in `threads` for everything that is no thread, in `parents` for the root's. */
export const NONE = -1;
export const ROOT_NODE = 0;

/**
 * A call tree as columns, merged by function whatever the line. Node 0 is the root; each node comes before its descendants, which
 * follow it without gaps, siblings by name. Weights are microseconds.
 */
export interface CallTree {
  readonly weight: Weight;
  readonly nodeCount: number;
  /** Function indexes, {@link NONE} for the root and for threads. */
  readonly functions: Int32Array;
  /** Thread index of a thread's node, {@link NONE} for all others. */
  readonly threads: Int32Array;
  /** {@link NONE} for the root. */
  readonly parents: Int32Array;
  /** 0 for the root. */
  readonly depths: Int32Array;
  /** Weight of the stacks that end here. */
  readonly self: Float64Array;
  /** Weight of the stacks that go through here: its own and that of all nodes below. */
  readonly total: Float64Array;
}

export const computeCallTree = (model: TraceModel, selection: Selection): CallTree =>
  new CallTreeBuilder(model, selection).build();

class CallTreeBuilder {
  readonly #model: TraceModel;
  readonly #selection: Selection;
  readonly #work: TreeWorkspace;
  readonly #weights: ViewWeights;

  constructor(model: TraceModel, selection: Selection) {
    this.#model = model;
    this.#selection = selection;
    this.#work = takeWorkspace(model);
    this.#weights = new ViewWeights(model, selection, 'top-down', this.#work);
  }

  build(): CallTree {
    const root = this.#addTop(NONE, NONE, 0);
    for (const { thread, threads } of groupThreads(this.#model, this.#selection)) {
      if (thread === undefined) this.#addGroup(root, threads);
      else this.#addThread(root, thread);
    }
    return this.#finish();
  }

  #addThread(root: number, thread: ThreadIndex): void {
    const node = this.#addTop(thread, root, 1);
    const weight = this.#addGroup(node, [thread]);
    if (weight === 0) {
      // A thread without weight has no node, just as a function without weight has none.
      this.#work.setNodeCount(node);
    }
  }

  /** Adds the call paths of the threads below a node. @returns their weight. */
  #addGroup(groupNode: number, group: readonly ThreadIndex[]): number {
    const { unit } = this.#weights;
    const withoutStack = this.#weights.addGroup(group) * unit;
    const positions = this.#withAncestors();
    this.#work.reserve(positions.length);
    const { functions: functionsOf, parents: parentsOf } = this.#weights.layout;
    const { amounts, isPresent } = this.#work.weights;
    const { nodeOf } = this.#work;
    // Written to directly: pushing a number at a time doubles the time of a whole tree.
    const functions = this.#work.functions.values;
    const threads = this.#work.threads.values;
    const parents = this.#work.parents.values;
    const depths = this.#work.depths.values;
    const selfWeights = this.#work.self.values;
    let node = this.#work.nodeCount;
    let weight = withoutStack;
    selfWeights[groupNode]! += withoutStack;
    for (const position of positions) {
      const parentPosition = parentsOf[position]!;
      const parent = parentPosition === NONE ? groupNode : nodeOf[parentPosition]!;
      const self = amounts[position]! * unit;
      functions[node] = functionsOf[position]!;
      threads[node] = NONE;
      parents[node] = parent;
      depths[node] = depths[parent]! + 1;
      selfWeights[node] = self;
      nodeOf[position] = node++;
      weight += self;
      amounts[position] = 0;
      isPresent[position] = 0;
    }
    this.#work.weights.presentCount = 0;
    this.#work.setNodeCount(node);
    return weight;
  }

  /** The paths of the group and all their ancestors, in the order of the tree. */
  #withAncestors(): Int32Array {
    const { parents, count } = this.#weights.layout;
    const { isPresent, present, presentCount: given } = this.#work.weights;
    let all = given;
    for (let next = 0; next < given; next++) {
      for (let at = parents[present[next]!]!; at !== NONE && isPresent[at] === 0; at = parents[at]!) {
        isPresent[at] = 1;
        present[all++] = at;
      }
    }
    this.#work.weights.presentCount = all;
    const positions = present.subarray(0, all);
    // Sorting few costs less than walking past all.
    if (all * Math.log2(all + 1) < count) {
      return positions.sort();
    }
    let found = 0;
    for (let position = 0; found < all; position++) {
      if (isPresent[position] === 1) {
        positions[found++] = position;
      }
    }
    return positions;
  }

  /** Adds the root, or a thread below it. */
  #addTop(thread: number, parent: number, depth: number): number {
    this.#work.reserve(1);
    this.#work.functions.push(NONE);
    this.#work.threads.push(thread);
    this.#work.parents.push(parent);
    this.#work.depths.push(depth);
    this.#work.self.push(0);
    return this.#work.nodeCount - 1;
  }

  #finish(): CallTree {
    const { functions, threads, parents, depths, self, nodeCount } = this.#work;
    const parentOf = parents.values;
    const total = self.values.slice(0, nodeCount);
    for (let node = nodeCount - 1; node > ROOT_NODE; node--) {
      total[parentOf[node]!]! += total[node]!;
    }
    return {
      weight: this.#selection.weight,
      nodeCount,
      functions: functions.values.slice(0, nodeCount),
      threads: threads.values.slice(0, nodeCount),
      parents: parents.values.slice(0, nodeCount),
      depths: depths.values.slice(0, nodeCount),
      self: self.values.slice(0, nodeCount),
      total,
    };
  }
}

/** Threads that stand together below one node: each below its own, or all below the root. */
export interface ThreadGroup {
  /** Absent for all together. */
  readonly thread: ThreadIndex | undefined;
  readonly threads: readonly ThreadIndex[];
}

export const groupThreads = (
  model: TraceModel,
  { threads: selected, mergeThreads, focus }: Selection,
): readonly ThreadGroup[] => {
  const threads = selectThreads(model, selected);
  if (mergeThreads === true || focus !== undefined) return [{ thread: undefined, threads }];
  return threads.map((thread) => ({ thread, threads: [thread] }));
};

/** The selected threads, each once, by label. */
const selectThreads = (model: TraceModel, selected: readonly ThreadIndex[] | undefined): ThreadIndex[] => {
  const all = model.threads.map((_, index) => threadIndex(index));
  const wanted = selected === undefined ? undefined : new Set(selected);
  return all
    .filter((thread) => wanted === undefined || wanted.has(thread))
    .sort((a, b) => compareText(threadLabel(model, a), threadLabel(model, b)) || a - b);
};
