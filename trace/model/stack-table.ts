import type { StackColumns } from '../contract/trace-lines.ts';
import { int32Column, type Column } from './column.ts';
import { PathIndex } from './path-index.ts';

const ROOT = -1;

/**
 * Stacks as a tree: each has a parent (its caller's stack) and a frame. Parents come before their children, so folding from the last
 * to the first adds every child to its parent in one pass.
 *
 * Beside it, the same tree merged by function, whatever the line: its nodes are **call paths**. Every call tree is made of them, so
 * they are found once, when a stack is new, and not again for each selection.
 */
export class StackTable {
  /** Parent stack, -1 for the outermost. */
  readonly parents = int32Column();
  readonly frames = int32Column();
  /** Frames of the stack. */
  readonly depths = int32Column();
  /** Call path of the stack. */
  readonly paths = int32Column();
  /** Parent path, -1 for the outermost. */
  readonly pathParents = int32Column();
  readonly pathFunctions = int32Column();
  /** Functions of the path. */
  readonly pathDepths = int32Column();
  readonly #index = new PathIndex(this);

  get count(): number {
    return this.parents.length;
  }

  get pathCount(): number {
    return this.pathParents.length;
  }

  /** Memory of what finds a path. */
  get indexBytes(): number {
    return this.#index.bytes;
  }

  reserve(stacks: number): void {
    const columns = [
      this.parents,
      this.frames,
      this.depths,
      this.paths,
      this.pathParents,
      this.pathFunctions,
      this.pathDepths,
    ];
    for (const column of columns) {
      column.reserve(stacks);
    }
    this.#index.reserve(stacks);
  }

  /** Only after {@link reserve}. */
  append(stacks: StackColumns, frameFunctions: Column<Int32Array>): void {
    for (let row = 0; row < stacks.parents.length; row++) {
      const parent = stacks.parents[row]!;
      const frame = stacks.frames[row]!;
      const parentPath = parent === ROOT ? ROOT : this.paths.values[parent]!;
      this.parents.push(parent);
      this.frames.push(frame);
      this.depths.push(parent === ROOT ? 1 : this.depths.values[parent]! + 1);
      this.paths.push(this.#path(parentPath, frameFunctions.values[frame]!));
    }
  }

  #path(parent: number, functionIndex: number): number {
    const next = this.pathCount;
    const path = this.#index.intern(parent, functionIndex, next);
    if (path !== next) {
      return path;
    }
    this.pathParents.push(parent);
    this.pathFunctions.push(functionIndex);
    this.pathDepths.push(parent === ROOT ? 1 : this.pathDepths.values[parent]! + 1);
    return path;
  }
}
