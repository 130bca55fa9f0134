import { type Column, float64Column, int32Column } from '../model/column.ts';
import { NONE, ROOT_NODE } from './call-tree.ts';
import { compareText } from './compare-text.ts';
import type { Comparison } from './comparison.ts';
import { orderTree } from './tree-order.ts';

/** More functions than both traces together can have ({@link MAX_FUNCTIONS}): keeps (node, function) keys exact. */
const FUNCTION_KEY_LIMIT = 4_000_000;

/** Collects the nodes of a merged tree in any order, each parent before its children. */
export class ComparisonNodes {
  readonly #called = int32Column();
  readonly #parents = int32Column();
  readonly #self = { before: float64Column(), after: float64Column() };
  readonly #nodeOf = new Map<number, number>();

  constructor() {
    this.#addNode(NONE, NONE);
  }

  /** The node of a function below another, made where there is none yet. */
  child(parent: number, called: number): number {
    const key = parent * FUNCTION_KEY_LIMIT + called;
    let node = this.#nodeOf.get(key);
    if (node === undefined) {
      node = this.#addNode(called, parent);
      this.#nodeOf.set(key, node);
    }
    return node;
  }

  /** @param share of the side's whole weight that ends in the node */
  add(node: number, side: 'before' | 'after', share: number): void {
    this.#self[side].values[node]! += share;
  }

  finish(functions: readonly { readonly name: string; readonly module: string }[]): Omit<Comparison, 'functions'> {
    const nodeCount = this.#called.length;
    const ranks = rankByName(functions);
    const rankOf = (node: number): number => (node === ROOT_NODE ? 0 : ranks[this.#called.values[node]!]!);
    const { nodes, positions } = orderTree(nodeCount, this.#parents.values, rankOf, Math.max(1, ranks.length));
    const pick = ({ values }: Column<Float64Array>): Float64Array => Float64Array.from(nodes, (node) => values[node]!);
    const parents = Int32Array.from(nodes, (node) =>
      node === ROOT_NODE ? NONE : positions[this.#parents.values[node]!]!,
    );
    const depths = new Int32Array(nodeCount);
    for (let node = 1; node < nodeCount; node++) depths[node] = depths[parents[node]!]! + 1;
    const selfBefore = pick(this.#self.before);
    const selfAfter = pick(this.#self.after);
    return {
      nodeCount,
      called: Int32Array.from(nodes, (node) => this.#called.values[node]!),
      parents,
      depths,
      selfBefore,
      selfAfter,
      totalBefore: addUp(selfBefore, parents),
      totalAfter: addUp(selfAfter, parents),
    };
  }

  #addNode(called: number, parent: number): number {
    for (const column of [this.#called, this.#parents, this.#self.before, this.#self.after]) column.reserve(1);
    this.#called.push(called);
    this.#parents.push(parent);
    this.#self.before.push(0);
    this.#self.after.push(0);
    return this.#called.length - 1;
  }
}

const rankByName = (functions: readonly { readonly name: string; readonly module: string }[]): Int32Array => {
  const byName = functions
    .map((_, called) => called)
    .sort((a, b) => {
      const [one, other] = [functions[a]!, functions[b]!];
      return compareText(one.name, other.name) || compareText(one.module, other.module);
    });
  const ranks = new Int32Array(byName.length);
  byName.forEach((called, rank) => (ranks[called] = rank));
  return ranks;
};

const addUp = (self: Float64Array, parents: Int32Array): Float64Array => {
  const total = self.slice();
  for (let node = total.length - 1; node > ROOT_NODE; node--) total[parents[node]!]! += total[node]!;
  return total;
};
