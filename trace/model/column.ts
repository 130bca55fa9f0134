type NumericArray = Int32Array | Uint8Array | Float64Array;

/**
 * A column as readers see it. Only the first `length` of `values` count. An append may make `values` another array, and the one that it was unusable: nobody keeps it.
 */
export interface ColumnView<T extends NumericArray> {
  readonly values: T;
  readonly length: number;
}

const FIRST_CAPACITY = 64;
/** Half as much again: at most a third of a column's memory is unused. */
const GROWTH = 1.5;
/** What may stay unused in the end: to give it back takes a copy of all the rest. */
const KEPT_SHARE = 1 / 8;
/** Of a file that is read to its end, how much larger than guessed a column may get before it has to grow once more. */
const GUESS_MARGIN = 1.06;
/** What a column grows to at most, by a guess from a small part of a file. */
const MAX_GUESSED_GROWTH = 16;

/** Makes an array over the bytes of another, or over new ones. */
type ArrayOver<T> = new (buffer: ArrayBuffer) => T;

/** A column of numbers that grows at its end. */
export class Column<T extends NumericArray> implements ColumnView<T> {
  values: T;
  length = 0;
  readonly #arrayOver: ArrayOver<T>;
  readonly #itemBytes: number;
  #growth = GROWTH;

  constructor(arrayOver: ArrayOver<T>, itemBytes: number) {
    this.#arrayOver = arrayOver;
    this.#itemBytes = itemBytes;
    this.values = new arrayOver(new ArrayBuffer(FIRST_CAPACITY * itemBytes));
  }

  /** Memory it takes, with what is reserved. */
  get bytes(): number {
    return this.values.byteLength;
  }

  /** Makes room, so that as many pushes after it cannot fail. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed > this.values.length) {
      this.#resize(Math.max(needed, Math.ceil(this.values.length * this.#growth)));
    }
  }

  /**
   * Of a whole that is known, `share` came so far, more than 0 to 1: where it has to grow, then to what the whole will take, so that it is copied once and not at each
   * half more. Memory that was never written to costs none.
   */
  expectWhole(share: number): void {
    this.#growth = Math.min(MAX_GUESSED_GROWTH, Math.max(GROWTH, GUESS_MARGIN / share));
  }

  /** Gives back what is not used, if it is much, where no more is expected. */
  trim(): void {
    if (this.length < this.values.length * (1 - KEPT_SHARE)) {
      this.#resize(this.length);
    }
  }

  /** Only after {@link reserve}. */
  push(value: number): void {
    this.values[this.length++] = value;
  }

  /** Handed over rather than copied: else what a growing column leaves behind would be held until the next collection of garbage, and that is twice the column. */
  #resize(capacity: number): void {
    this.values = new this.#arrayOver((this.values.buffer as ArrayBuffer).transfer(capacity * this.#itemBytes));
  }
}

export const int32Column = (): Column<Int32Array> => new Column(Int32Array, Int32Array.BYTES_PER_ELEMENT);
export const uint8Column = (): Column<Uint8Array> => new Column(Uint8Array, Uint8Array.BYTES_PER_ELEMENT);
export const float64Column = (): Column<Float64Array> => new Column(Float64Array, Float64Array.BYTES_PER_ELEMENT);

/** What all columns have in common, whatever is in them. */
export type ColumnMemory = Pick<Column<NumericArray>, 'bytes' | 'trim' | 'expectWhole'>;

/** The columns among the fields of a table. */
export const columnsOf = (table: object): ColumnMemory[] =>
  Object.values(table).filter((field): field is ColumnMemory => field instanceof Column);

/** First position in the sorted `values[0..length)` whose value is at least `wanted`. */
export const lowerBound = (values: ArrayLike<number>, length: number, wanted: number): number => {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};
