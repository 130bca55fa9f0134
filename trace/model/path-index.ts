const FIRST_SLOTS = 256;
const EMPTY = 0;
/** Odd, with bits all over: neighbours in either number end up far apart. */
const PARENT_FACTOR = 0x9e3779b1;
const FUNCTION_FACTOR = 0x85ebca6b;

/** The columns that paths are kept in. */
export interface PathColumns {
  readonly pathParents: { readonly values: Int32Array };
  readonly pathFunctions: { readonly values: Int32Array };
}

/**
 * Finds a call path by its parent and its function. A table of slots, at most half full, each with the number of a path, and what a path is about is looked up in the columns: a fifth of the
 * memory of a map from number to number, and of its time.
 */
export class PathIndex {
  readonly #columns: PathColumns;
  /** Random: nobody can write a file of which all paths begin to look for their slot at the same one. */
  readonly #seed = Math.floor(Math.random() * 2 ** 32);
  /** Number of the path and 1 more. */
  #slots = new Int32Array(FIRST_SLOTS);
  #count = 0;

  constructor(columns: PathColumns) {
    this.#columns = columns;
  }

  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** Makes room, so that as many additions after it cannot fail. */
  reserve(extra: number): void {
    const needed = 2 * (this.#count + extra);
    if (needed <= this.#slots.length) {
      return;
    }
    let size = this.#slots.length;
    while (size < needed) {
      size *= 2;
    }
    const old = this.#slots;
    const { pathParents, pathFunctions } = this.#columns;
    this.#slots = new Int32Array(size);
    for (const entry of old) {
      if (entry !== EMPTY) {
        const path = entry - 1;
        this.#slots[this.#findSlot(pathParents.values[path]!, pathFunctions.values[path]!)] = entry;
      }
    }
  }

  /**
   * The path of a function called from a parent; where there is none yet, `next` is it from now on. Only after {@link reserve}.
   *
   * @param next number that the next path gets in the columns
   */
  intern(parent: number, functionIndex: number, next: number): number {
    const slot = this.#findSlot(parent, functionIndex);
    const entry = this.#slots[slot]!;
    if (entry !== EMPTY) {
      return entry - 1;
    }
    this.#slots[slot] = next + 1;
    this.#count++;
    return next;
  }

  /** The one that it is in, or the empty one that it would be in. */
  #findSlot(parent: number, functionIndex: number): number {
    const slots = this.#slots;
    const parents = this.#columns.pathParents.values;
    const functions = this.#columns.pathFunctions.values;
    let hash = Math.imul(parent ^ this.#seed, PARENT_FACTOR) ^ Math.imul(functionIndex, FUNCTION_FACTOR);
    hash = Math.imul(hash ^ (hash >>> 15), FUNCTION_FACTOR);
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const entry = slots[slot]!;
      if (entry === EMPTY || (parents[entry - 1] === parent && functions[entry - 1] === functionIndex)) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }
}
