/**
 * Two call trees as one, for what grew and what shrank. Each side counts as a whole of 1, so that recordings of different lengths compare;
 * functions are matched by module and qualified name, so that it does not matter where they are installed or at which line they are. Threads are
 * merged: those of a pool have other names each time.
 */
import { functionIndex, type FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { NONE, ROOT_NODE, type CallTree } from './call-tree.ts';
import { type ComparedSide, weightOfSide } from './compared-side.ts';
import { ComparisonNodes } from './comparison-nodes.ts';
import { identifyFunction, type FunctionIdentity } from './function-identity.ts';
import { nameModule } from './module-name.ts';

/** Shares of the side's whole weight, 0 to 1. */
export interface Change {
  readonly before: number;
  readonly after: number;
}

export interface ComparedFunction {
  readonly name: string;
  readonly module: string;
  /** As the side after has it, else as the one before has it. */
  readonly identity: FunctionIdentity;
  readonly self: Change;
  /** Each stack counted once, however often the function recurs on it. */
  readonly total: Change;
}

/** The merged tree as columns in depth-first order, siblings by name; node 0 is the root. */
export interface Comparison {
  readonly nodeCount: number;
  /** Position in `functions`, {@link NONE} for the root. */
  readonly called: Int32Array;
  readonly parents: Int32Array;
  readonly depths: Int32Array;
  readonly selfBefore: Float64Array;
  readonly selfAfter: Float64Array;
  readonly totalBefore: Float64Array;
  readonly totalAfter: Float64Array;
  readonly functions: readonly ComparedFunction[];
}

export type ChangeKind = 'added' | 'removed' | 'grew' | 'shrank' | 'same';

/** Shares closer than this are the same: sums of the same weights in another order. */
const SAME_SHARE = 1e-9;

export const kindOfChange = ({ before, after }: Change): ChangeKind => {
  if (Math.abs(after - before) < SAME_SHARE) return 'same';
  if (before === 0) return 'added';
  if (after === 0) return 'removed';
  return after > before ? 'grew' : 'shrank';
};

export const differenceOf = ({ before, after }: Change): number => after - before;

export const computeComparison = (before: ComparedSide, after: ComparedSide): Comparison => {
  const union = new TreeUnion();
  union.add(before, 'before');
  union.add(after, 'after');
  return union.finish();
};

class TreeUnion {
  readonly #nodes = new ComparisonNodes();
  readonly #functionOf = new Map<string, number>();
  readonly #functions: { name: string; module: string; identity: FunctionIdentity }[] = [];

  add(compared: ComparedSide, side: 'before' | 'after'): void {
    const whole = weightOfSide(compared);
    if (whole === 0) return;
    const known = new Map<number, number>();
    for (const tree of compared.trees) this.#addTree(compared.model, tree, whole, known, side);
  }

  /** @param known Where functions of the trace are in the union, by their indexes in it. */
  #addTree(
    model: TraceModel,
    tree: CallTree,
    whole: number,
    known: Map<number, number>,
    side: 'before' | 'after',
  ): void {
    const places = new Int32Array(tree.nodeCount);
    for (let node = 0; node < tree.nodeCount; node++) {
      const index = tree.functions[node]!;
      let place = node === ROOT_NODE ? ROOT_NODE : places[tree.parents[node]!]!;
      if (index !== NONE) {
        let called = known.get(index);
        if (called === undefined) {
          called = this.#function(model, functionIndex(index));
          known.set(index, called);
        }
        place = this.#nodes.child(place, called);
      }
      places[node] = place;
      this.#nodes.add(place, side, tree.self[node]! / whole);
    }
  }

  #function(model: TraceModel, index: FunctionIndex): number {
    const identity = identifyFunction(model, index);
    const module = nameModule(identity.file);
    const key = `${module}\n${identity.name}`;
    const known = this.#functionOf.get(key);
    const entry = { name: identity.name, module, identity };
    if (known !== undefined) {
      this.#functions[known] = entry;
      return known;
    }
    this.#functionOf.set(key, this.#functions.length);
    return this.#functions.push(entry) - 1;
  }

  finish(): Comparison {
    const nodes = this.#nodes.finish(this.#functions);
    return { ...nodes, functions: sumFunctions(nodes, this.#functions) };
  }
}

const sumFunctions = (
  { nodeCount, called, depths, ...weights }: Omit<Comparison, 'functions'>,
  functions: readonly Pick<ComparedFunction, 'name' | 'module' | 'identity'>[],
): ComparedFunction[] => {
  const sums = functions.map((one) => ({ ...one, self: { before: 0, after: 0 }, total: { before: 0, after: 0 } }));
  /** How often each function is on the way from the root to the current node. */
  const onPath = new Int32Array(functions.length);
  const path: number[] = [];
  for (let node = 1; node < nodeCount; node++) {
    while (path.length >= depths[node]!) onPath[path.pop()!]!--;
    const current = called[node]!;
    const sum = sums[current]!;
    sum.self.before += weights.selfBefore[node]!;
    sum.self.after += weights.selfAfter[node]!;
    if (onPath[current] === 0) {
      sum.total.before += weights.totalBefore[node]!;
      sum.total.after += weights.totalAfter[node]!;
    }
    path.push(current);
    onPath[current]!++;
  }
  return sums;
};
