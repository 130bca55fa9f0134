/** Which functions of a comparison are shown, and in which order. Pure. */
import { compareText } from '#trace/analysis/compare-text.ts';
import { type ChangeKind, type ComparedFunction, differenceOf, kindOfChange } from '#trace/analysis/comparison.ts';
import type { SortDirection } from '../../shared/sort-head.component.ts';

/** The function itself, or with everything it called. */
export type Measure = 'self' | 'total';
export type ComparisonColumn = 'difference' | 'before' | 'after' | 'name';

export interface ComparisonSorting {
  readonly column: ComparisonColumn;
  readonly direction: SortDirection;
}

export interface ComparisonFilter {
  readonly measure: Measure;
  readonly search: string;
  /** Absent: whatever became of them. */
  readonly kind: ChangeKind | undefined;
}

/** Whether it came or went is a matter of being called at all; how it changed is one of the time that is looked at. */
export const changeOf = (row: ComparedFunction, measure: Measure): ChangeKind => {
  const kind = kindOfChange(row.total);
  return kind === 'added' || kind === 'removed' ? kind : growthOf(row, measure);
};

/** What is in both cannot come or go, even where only one side has time of its own. */
const growthOf = (row: ComparedFunction, measure: Measure): ChangeKind => {
  if (kindOfChange(row[measure]) === 'same') return 'same';
  return differenceOf(row[measure]) > 0 ? 'grew' : 'shrank';
};

export const selectRows = (
  functions: readonly ComparedFunction[],
  { measure, search, kind }: ComparisonFilter,
  { column, direction }: ComparisonSorting,
): readonly ComparedFunction[] => {
  const wanted = search.trim().toLowerCase();
  const sign = direction === 'ascending' ? 1 : -1;
  const valueOf = VALUES[column];
  return functions
    .filter((row) => (kind === undefined || changeOf(row, measure) === kind) && isFound(row, wanted))
    .sort((a, b) =>
      valueOf === undefined
        ? sign * byName(a, b)
        : sign * (valueOf(a, measure) - valueOf(b, measure)) ||
          sign * (valueOf(a, 'total') - valueOf(b, 'total')) ||
          byName(a, b),
    );
};

const VALUES: Readonly<Record<ComparisonColumn, ((row: ComparedFunction, measure: Measure) => number) | undefined>> = {
  difference: (row, measure) => differenceOf(row[measure]),
  before: (row, measure) => row[measure].before,
  after: (row, measure) => row[measure].after,
  name: undefined,
};

const byName = (a: ComparedFunction, b: ComparedFunction): number =>
  compareText(a.name, b.name) || compareText(a.module, b.module);

const isFound = ({ name, module, identity }: ComparedFunction, wanted: string): boolean =>
  wanted === '' || [name, module, identity.file].some((text) => text.toLowerCase().includes(wanted));
