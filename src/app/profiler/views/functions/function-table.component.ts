import { ChangeDetectionStrategy, Component, computed, input, linkedSignal, output, signal } from '@angular/core';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatCount, formatDuration, formatDurationExactly, formatShare } from '../../shared/format-quantity.ts';
import { isSameFunction } from '../../shared/function-identity.ts';
import { computePackageGroup, formatShortFile, type PackageGroup } from '../../shared/package-group.ts';
import { SortHeadComponent } from '../../shared/sort-head.component.ts';
import { PackageFilterComponent } from './package-filter.component.ts';
import type { FunctionWeight, PackageWeight } from '../../shared/analysis-messages.ts';
import { type FunctionSorting, selectFunctions } from './function-order.ts';

const FIRST_ROWS = 100;

/** Every function with what it took itself and with all it called. */
@Component({
  selector: 'bbp-function-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [PackageFilterComponent, SortHeadComponent],
  templateUrl: './function-table.component.html',
  styleUrl: './function-table.component.css',
})
export class FunctionTableComponent {
  /** Heaviest self first. */
  readonly functions = input<readonly FunctionWeight[] | undefined>();
  readonly packages = input<readonly PackageWeight[]>([]);
  /** Absent: all of them. */
  readonly packageGroup = input<PackageGroup | undefined>();
  readonly selected = input<FunctionIdentity | undefined>();
  readonly totalWeight = input(0);
  readonly weightName = input.required<string>();
  readonly search = input('');

  readonly functionSelect = output<FunctionIdentity>();
  readonly functionFocus = output<FunctionIdentity>();
  readonly packageChange = output<PackageGroup | undefined>();
  readonly searchChange = output<string>();

  protected readonly sorting = signal<FunctionSorting>('self');
  protected readonly rows = computed(() =>
    selectFunctions(this.functions() ?? [], this.sorting(), this.search(), this.packageGroup()),
  );
  /** More on request: a table of thousands of rows holds up everything else. */
  protected readonly rowLimit = linkedSignal<FunctionSorting, number>({
    source: this.sorting,
    computation: () => FIRST_ROWS,
  });
  protected readonly shownRows = computed(() => this.rows().slice(0, this.rowLimit()));
  protected readonly hiddenCount = computed(() => this.rows().length - this.shownRows().length);

  protected readonly count = formatCount;
  protected readonly shortFile = formatShortFile;
  protected readonly groupOf = computePackageGroup;
  protected readonly isSame = isSameFunction;

  protected share(weight: number): string {
    return formatShare(this.totalWeight() === 0 ? 0 : weight / this.totalWeight());
  }

  protected time(weight: number): string {
    return formatDuration(microseconds(weight));
  }

  protected exactTime(weight: number): string {
    return `${formatDurationExactly(microseconds(weight))} of the ${this.weightName()}`;
  }

  protected showMore(): void {
    this.rowLimit.update((limit) => limit * 10);
  }

  protected takeSearch(event: Event): void {
    this.searchChange.emit((event.target as HTMLInputElement).value);
  }
}
