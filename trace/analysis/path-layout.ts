import { int32Column } from '../model/column.ts';
import { orderTree } from './tree-order.ts';

/**
 * Call paths in the order in which a tree has them: depth first, siblings by function name. Columns by position, so that whoever walks over them reads memory in one
 * direction; a parent is before its children.
 */
export interface PathLayout {
  readonly count: number;
  /** Functions of the paths. */
  readonly functions: Int32Array;
  /** Position of the parent path, -1 for the outermost. */
  readonly parents: Int32Array;
  /** Position after the last path below each: its descendants follow it without gaps. */
  readonly ends: Int32Array;
}

/** Call paths in any order, each after its parent. */
export interface UnorderedPaths {
  readonly count: number;
  readonly functions: Int32Array;
  /** -1 for the outermost. */
  readonly parents: Int32Array;
}

/** @param ranks rank of each function by name @returns the layout, and the position in it of each path */
export const layOutPaths = (
  { count, functions, parents }: UnorderedPaths,
  ranks: Int32Array,
): { readonly layout: PathLayout; readonly positions: Int32Array } => {
  const { nodes, positions, ends } = orderTree(count, parents, (path) => ranks[functions[path]!]!, ranks.length);
  const layout = { count, functions: new Int32Array(count), parents: new Int32Array(count), ends };
  for (let position = 0; position < count; position++) {
    const path = nodes[position]!;
    const parent = parents[path]!;
    layout.functions[position] = functions[path]!;
    layout.parents[position] = parent < 0 ? -1 : positions[parent]!;
  }
  return { layout, positions };
};

/** Makes up call paths out of functions and their callers, each once. */
export class PathInterner {
  readonly #functionCount: number;
  readonly #functions = int32Column();
  readonly #parents = int32Column();
  /** (parent, function) to path. */
  readonly #pathOf = new Map<number, number>();

  constructor(functionCount: number) {
    this.#functionCount = functionCount;
  }

  get paths(): UnorderedPaths {
    return { count: this.#functions.length, functions: this.#functions.values, parents: this.#parents.values };
  }

  /** @param parent -1 for none */
  intern(parent: number, called: number): number {
    const key = (parent + 1) * this.#functionCount + called;
    const known = this.#pathOf.get(key);
    if (known !== undefined) return known;
    const path = this.#functions.length;
    for (const column of [this.#functions, this.#parents]) column.reserve(1);
    this.#functions.push(called);
    this.#parents.push(parent);
    this.#pathOf.set(key, path);
    return path;
  }
}
