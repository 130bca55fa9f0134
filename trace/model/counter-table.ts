import { COUNTER_FIELDS, type CounterField } from '../contract/decode-chunk.ts';
import type { CounterRow } from '../contract/trace-lines.ts';
import { float64Column, type Column, type ColumnView } from './column.ts';

/** Counters as columns over their times; NaN where a counter could not be read. */
export class CounterTable {
  readonly times = float64Column();
  readonly #columns = new Map<CounterField, Column<Float64Array>>(
    COUNTER_FIELDS.map((field) => [field, float64Column()]),
  );

  get count(): number {
    return this.times.length;
  }

  column(field: CounterField): ColumnView<Float64Array> {
    const column = this.#columns.get(field);
    if (column === undefined) {
      throw new RangeError(`There is no counter ${field}`);
    }
    return column;
  }

  get columns(): readonly Column<Float64Array>[] {
    return [this.times, ...this.#columns.values()];
  }

  reserve(rows: number): void {
    this.times.reserve(rows);
    for (const column of this.#columns.values()) {
      column.reserve(rows);
    }
  }

  /** Only after {@link reserve}. */
  append(rows: readonly CounterRow[]): void {
    for (const row of rows) {
      this.times.push(row.at);
      for (const [field, column] of this.#columns) {
        column.push(row[field] ?? Number.NaN);
      }
    }
  }
}
