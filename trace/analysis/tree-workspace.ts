import { float64Column, int32Column } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { PathWeights } from './path-weights.ts';

/** Memory in which call trees are built, one after the other: made anew for each, it would be most of what a dragged range costs. */
export class TreeWorkspace {
  /** By position in the layout of a view; empty between trees. */
  readonly weights: PathWeights;
  #source: PathWeights | undefined;
  /** Node of each path, by position. */
  readonly nodeOf: Int32Array;
  readonly functions = int32Column();
  readonly threads = int32Column();
  readonly parents = int32Column();
  readonly depths = int32Column();
  readonly self = float64Column();
  readonly #columns = [this.functions, this.threads, this.parents, this.depths, this.self];

  constructor(pathCount: number) {
    this.weights = new PathWeights(pathCount);
    this.nodeOf = new Int32Array(pathCount);
  }

  /** By position among all call paths, where the view has others; empty between trees. */
  get source(): PathWeights {
    this.#source ??= new PathWeights(this.weights.count);
    return this.#source;
  }

  get nodeCount(): number {
    return this.functions.length;
  }

  setNodeCount(count: number): void {
    for (const column of this.#columns) {
      column.length = count;
    }
  }

  /** An error may have left something. */
  clear(): void {
    this.weights.clear();
    this.#source?.clear();
    this.setNodeCount(0);
  }

  reserve(nodes: number): void {
    for (const column of this.#columns) {
      column.reserve(nodes);
    }
  }
}

const kept = new WeakMap<TraceModel, TreeWorkspace>();

/** Empty: that of the last tree of the model, where it has no new paths. */
export const takeWorkspace = (model: TraceModel): TreeWorkspace => {
  const { pathCount } = model.stacks;
  const last = kept.get(model);
  if (last?.weights.count === pathCount) {
    last.clear();
    return last;
  }
  const workspace = new TreeWorkspace(pathCount);
  kept.set(model, workspace);
  return workspace;
};
