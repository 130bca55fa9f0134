import { ThreadState } from '../contract/thread-state.ts';
import { threadIndex, type ThreadIndex } from '../contract/units.ts';
import { float64Column, int32Column } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { orderCallPaths } from './call-path-order.ts';
import { compareText } from './compare-text.ts';
import {
  selectTicks,
  tickCategory,
  weighedCategories,
  type Selection,
  type TickRange,
  type Weight,
} from './selection.ts';
import { threadLabel } from './thread-label.ts';
import type { TreeOrder } from './tree-order.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

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
  /** Ticks of the selected threads in the range by {@link ThreadState}, whether or not they have a share in the weight. */
  readonly stateTicks: Float64Array;
}

export const computeCallTree = (model: TraceModel, selection: Selection): CallTree =>
  new CallTreeBuilder(model, selection).build();

class CallTreeBuilder {
  readonly #model: TraceModel;
  readonly #selection: Selection;
  readonly #range: TickRange;
  readonly #order: TreeOrder;
  readonly #weighed: Uint8Array;

  readonly #functions = int32Column();
  readonly #threads = int32Column();
  readonly #parents = int32Column();
  readonly #depths = int32Column();
  readonly #self = float64Column();
  readonly #columns = [this.#functions, this.#threads, this.#parents, this.#depths, this.#self];
  readonly #stateTicks = new Float64Array(Object.keys(ThreadState).length);

  /** Weight per call path of the group at work; all 0 between groups. */
  readonly #pathWeights: Float64Array;
  /** Whether the group at work has the path; all 0 between groups. */
  readonly #hasPath: Uint8Array;
  /** Node of each path that the group at work has. */
  readonly #nodeOfPath: Int32Array;

  constructor(model: TraceModel, selection: Selection) {
    this.#model = model;
    this.#selection = selection;
    this.#range = selectTicks(model, selection.range);
    this.#order = orderCallPaths(model);
    this.#weighed = weighedCategories(selection);
    this.#pathWeights = new Float64Array(model.stacks.pathCount);
    this.#hasPath = new Uint8Array(model.stacks.pathCount);
    this.#nodeOfPath = new Int32Array(model.stacks.pathCount);
  }

  build(): CallTree {
    const stretches = groupStretches(this.#model, this.#range);
    const threads = selectThreads(this.#model, this.#selection.threads).filter((thread) => stretches.has(thread));
    const root = this.#addTop(NONE, NONE, 0);
    if (this.#selection.mergeThreads === true) {
      this.#addGroup(
        root,
        threads.flatMap((thread) => stretches.get(thread)!),
      );
    } else {
      for (const thread of threads) {
        this.#addThread(root, thread, stretches.get(thread)!);
      }
    }
    return this.#finish();
  }

  #addThread(root: number, thread: ThreadIndex, stretches: readonly number[]): void {
    const node = this.#addTop(thread, root, 1);
    const weight = this.#addGroup(node, stretches);
    if (weight === 0) {
      // A thread without weight has no node, just as a function without weight has none.
      this.#setNodeCount(node);
    }
  }

  /** Adds the call paths of the stretches below a node. @returns their weight. */
  #addGroup(groupNode: number, stretches: readonly number[]): number {
    const { touched, withoutStack } = this.#weighPaths(stretches);
    const paths = this.#withAncestors(touched);
    this.#reserve(paths.length);
    const parentsOf = this.#model.stacks.pathParents.values;
    const functionsOf = this.#model.stacks.pathFunctions.values;
    const weights = this.#pathWeights;
    const hasPath = this.#hasPath;
    const nodeOfPath = this.#nodeOfPath;
    // Written to directly: pushing a number at a time doubles the time of a whole tree.
    const functions = this.#functions.values;
    const threads = this.#threads.values;
    const parents = this.#parents.values;
    const depths = this.#depths.values;
    const selfWeights = this.#self.values;
    let node = this.#functions.length;
    let weight = withoutStack;
    selfWeights[groupNode]! += withoutStack;
    for (const path of paths) {
      const parentPath = parentsOf[path]!;
      const parent = parentPath === NONE ? groupNode : nodeOfPath[parentPath]!;
      const self = weights[path]!;
      functions[node] = functionsOf[path]!;
      threads[node] = NONE;
      parents[node] = parent;
      depths[node] = depths[parent]! + 1;
      selfWeights[node] = self;
      nodeOfPath[path] = node++;
      weight += self;
      weights[path] = 0;
      hasPath[path] = 0;
    }
    this.#setNodeCount(node);
    return weight;
  }

  /** Fills `#pathWeights`. @returns the paths that have a weight, and the weight of ticks whose stack is not known. */
  #weighPaths(stretches: readonly number[]): { touched: number[]; withoutStack: number } {
    const { runs, stacks, period } = this.#model;
    const runStacks = runs.stacks.values;
    const states = runs.states.values;
    const gil = runs.gil.values;
    const cpuPerTick = runs.stretchCpuPerTick.values;
    const paths = stacks.paths.values;
    const isCpu = this.#selection.weight === 'cpu';
    // The loop over runs is what a brush waits for: fields are looked up once.
    const weighed = this.#weighed;
    const weights = this.#pathWeights;
    const hasPath = this.#hasPath;
    const stateTicks = this.#stateTicks;
    const touched: number[] = [];
    let withoutStack = 0;
    visitRuns(this.#model, stretches, this.#range, (run, ticksWithin, stretch) => {
      const state = states[run]!;
      stateTicks[state]! += ticksWithin;
      if (weighed[tickCategory(state, gil[run]!)] === 0) {
        return;
      }
      const weight = ticksWithin * (isCpu ? cpuPerTick[stretch]! : period);
      const stack = runStacks[run]!;
      if (stack === NONE) {
        withoutStack += weight;
      } else if (weight > 0) {
        const path = paths[stack]!;
        weights[path]! += weight;
        if (hasPath[path] === 0) {
          hasPath[path] = 1;
          touched.push(path);
        }
      }
    });
    return { touched, withoutStack };
  }

  /** The paths and all their ancestors, in the order of the tree. */
  #withAncestors(touched: number[]): number[] | Int32Array {
    const parents = this.#model.stacks.pathParents.values;
    const hasPath = this.#hasPath;
    for (let next = 0, count = touched.length; next < count; next++) {
      for (let path = parents[touched[next]!]!; path !== NONE && hasPath[path] === 0; path = parents[path]!) {
        hasPath[path] = 1;
        touched.push(path);
      }
    }
    const { nodes, positions } = this.#order;
    // Sorting few costs less than walking past all.
    if (touched.length * Math.log2(touched.length + 1) < nodes.length) {
      return touched.sort((a, b) => positions[a]! - positions[b]!);
    }
    const ordered = new Int32Array(touched.length);
    let count = 0;
    for (let position = 0; count < ordered.length; position++) {
      const path = nodes[position]!;
      if (hasPath[path] === 1) {
        ordered[count++] = path;
      }
    }
    return ordered;
  }

  #reserve(nodes: number): void {
    for (const column of this.#columns) {
      column.reserve(nodes);
    }
  }

  #setNodeCount(count: number): void {
    for (const column of this.#columns) {
      column.length = count;
    }
  }

  /** Adds the root, or a thread below it. */
  #addTop(thread: number, parent: number, depth: number): number {
    this.#reserve(1);
    this.#functions.push(NONE);
    this.#threads.push(thread);
    this.#parents.push(parent);
    this.#depths.push(depth);
    this.#self.push(0);
    return this.#functions.length - 1;
  }

  #finish(): CallTree {
    const nodeCount = this.#functions.length;
    const parents = this.#parents.values.slice(0, nodeCount);
    const total = this.#self.values.slice(0, nodeCount);
    for (let node = nodeCount - 1; node > ROOT_NODE; node--) {
      total[parents[node]!]! += total[node]!;
    }
    return {
      weight: this.#selection.weight,
      nodeCount,
      functions: this.#functions.values.slice(0, nodeCount),
      threads: this.#threads.values.slice(0, nodeCount),
      parents,
      depths: this.#depths.values.slice(0, nodeCount),
      self: this.#self.values.slice(0, nodeCount),
      total,
      stateTicks: this.#stateTicks,
    };
  }
}

/** The selected threads, each once, by label. */
const selectThreads = (model: TraceModel, selected: readonly ThreadIndex[] | undefined): ThreadIndex[] => {
  const all = model.threads.map((_, index) => threadIndex(index));
  const wanted = selected === undefined ? undefined : new Set(selected);
  return all
    .filter((thread) => wanted === undefined || wanted.has(thread))
    .sort((a, b) => compareText(threadLabel(model, a), threadLabel(model, b)) || a - b);
};
