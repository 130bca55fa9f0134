type NumericArray = Int32Array | Uint8Array | Float64Array;

/** A column as readers see it. Only the first `length` of `values` count; `values` is another array after an append. */
export interface ColumnView<T extends NumericArray> {
  readonly values: T;
  readonly length: number;
}

const FIRST_CAPACITY = 64;
/** Half as much again: at most a third of a column's memory is unused. */
const GROWTH = 1.5;

/** A column of numbers that grows at its end. */
export class Column<T extends NumericArray> implements ColumnView<T> {
  values: T;
  length = 0;
  readonly #allocate: (length: number) => T;

  constructor(allocate: (length: number) => T) {
    this.#allocate = allocate;
    this.values = allocate(FIRST_CAPACITY);
  }

  /** Makes room, so that as many pushes after it cannot fail. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.values.length) {
      return;
    }
    const grown = this.#allocate(Math.max(needed, Math.ceil(this.values.length * GROWTH)));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }

  /** Only after {@link reserve}. */
  push(value: number): void {
    this.values[this.length++] = value;
  }
}

export const int32Column = (): Column<Int32Array> => new Column((length) => new Int32Array(length));
export const uint8Column = (): Column<Uint8Array> => new Column((length) => new Uint8Array(length));
export const float64Column = (): Column<Float64Array> => new Column((length) => new Float64Array(length));
