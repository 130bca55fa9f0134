import { ChangeDetectionStrategy, Component, computed, input, linkedSignal, output, signal } from '@angular/core';
import { type Change, type ChangeKind, type ComparedFunction, differenceOf } from '#trace/analysis/comparison.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { type ButtonChoice, ChoiceButtonsComponent } from '../../shared/choice-buttons.component.ts';
import { formatCount, formatPoints, formatShare, formatShareExactly } from '../../shared/format-quantity.ts';
import { isSameFunction } from '../../shared/function-identity.ts';
import { SortHeadComponent, type SortDirection } from '../../shared/sort-head.component.ts';
import {
  changeOf,
  type ComparisonColumn,
  type ComparisonSorting,
  type Measure,
  selectRows,
} from './comparison-order.ts';

const FIRST_ROWS = 100;

const MEASURES: readonly ButtonChoice<Measure>[] = [
  { id: 'self', name: 'Self', meaning: 'Time in the function itself' },
  { id: 'total', name: 'Total', meaning: 'Time with everything it called' },
];

const KINDS: readonly { readonly id: ChangeKind | undefined; readonly name: string }[] = [
  { id: undefined, name: 'all' },
  { id: 'grew', name: 'grew' },
  { id: 'shrank', name: 'shrank' },
  { id: 'added', name: 'added' },
  { id: 'removed', name: 'removed' },
];

/** Functions with their shares of both sides, and the difference: what grew most first. */
@Component({
  selector: 'bbp-comparison-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChoiceButtonsComponent, SortHeadComponent],
  templateUrl: './comparison-table.component.html',
  styleUrl: './comparison-table.component.css',
})
export class ComparisonTableComponent {
  /** In any order. */
  readonly functions = input.required<readonly ComparedFunction[]>();
  /** Of which the given ones are those that changed most. */
  readonly functionCount = input.required<number>();
  readonly selected = input<FunctionIdentity | undefined>();
  readonly search = input('');
  /** As in "38 % of the CPU time". */
  readonly weightName = input.required<string>();

  readonly functionSelect = output<FunctionIdentity>();
  readonly searchChange = output<string>();

  protected readonly measures = MEASURES;
  protected readonly kinds = KINDS;
  protected readonly measure = signal<Measure>('self');
  protected readonly kind = signal<ChangeKind | undefined>(undefined);
  protected readonly sorting = signal<ComparisonSorting>({ column: 'difference', direction: 'descending' });
  protected readonly rows = computed(() =>
    selectRows(this.functions(), { measure: this.measure(), search: this.search(), kind: this.kind() }, this.sorting()),
  );
  /** More on request: a table of thousands of rows holds up everything else. */
  protected readonly rowLimit = linkedSignal<unknown, number>({
    source: () => [this.sorting(), this.measure(), this.kind()],
    computation: () => FIRST_ROWS,
  });
  protected readonly shownRows = computed(() =>
    this.rows()
      .slice(0, this.rowLimit())
      .map((row) => this.describeRow(row)),
  );
  protected readonly hiddenCount = computed(() => this.rows().length - this.shownRows().length);
  protected readonly countText = computed(() => {
    const [count, left] = [formatCount(this.rows().length), this.functionCount() - this.functions().length];
    return left > 0 ? `${count} functions; ${formatCount(left)} that changed least are left out` : `${count} functions`;
  });
  /** The longest bar; of the whole comparison, so that a search does not change what a length means. */
  private readonly largest = computed(() => {
    const measure = this.measure();
    return this.functions().reduce((largest, row) => Math.max(largest, Math.abs(differenceOf(row[measure]))), 0);
  });

  protected directionOf(column: ComparisonColumn): SortDirection | null {
    const sorting = this.sorting();
    return sorting.column === column ? sorting.direction : null;
  }

  /** A second time turns the order round. */
  protected sortBy(column: ComparisonColumn): void {
    const first = column === 'name' ? 'ascending' : 'descending';
    this.sorting.update((sorting) =>
      sorting.column === column ? { column, direction: opposite(sorting.direction) } : { column, direction: first },
    );
  }

  protected chooseKind(name: string): void {
    this.kind.set(KINDS.find((kind) => kind.name === name)?.id);
  }

  protected takeSearch(event: Event): void {
    this.searchChange.emit((event.target as HTMLInputElement).value);
  }

  protected showMore(): void {
    this.rowLimit.update((limit) => limit * 10);
  }

  private describeRow(row: ComparedFunction) {
    const change = row[this.measure()];
    const [kind, difference] = [changeOf(row, this.measure()), differenceOf(change)];
    const bar = this.largest() === 0 ? 0 : Math.abs(difference) / this.largest();
    return {
      row,
      change,
      kind,
      isSelected: isSameFunction(row.identity, this.selected()),
      before: formatShare(change.before),
      after: formatShare(change.after),
      points: formatPoints(difference),
      exact: this.describeExactly(change),
      direction: difference > 0 ? 'more' : 'less',
      bar: `${(bar * 100).toFixed(1)}%`,
    };
  }

  private describeExactly({ before, after }: Change): string {
    return `${formatShareExactly(before)} of the ${this.weightName()} before, ${formatShareExactly(after)} after`;
  }
}

const opposite = (direction: SortDirection): SortDirection => (direction === 'ascending' ? 'descending' : 'ascending');
