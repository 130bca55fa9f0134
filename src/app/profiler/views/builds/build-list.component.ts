import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import type { BuildSpan, StepSpan } from '#trace/analysis/build-spans.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatDuration, formatDurationExactly, formatMoment } from '../../shared/format-quantity.ts';
import { isSameRange } from '../../shared/plot-geometry.ts';
import { type SortDirection, SortHeadComponent } from '../../shared/sort-head.component.ts';
import { type BuildSorting, isDescending, sortBuilds } from './build-order.ts';

interface Column {
  readonly id: BuildSorting;
  readonly title: string;
  readonly meaning: string;
  readonly isNumber: boolean;
}

const COLUMNS: readonly Column[] = [
  { id: 'name', title: 'Build', meaning: 'Builder and number', isNumber: false },
  { id: 'start', title: 'Start', meaning: 'Since the start of the recording', isNumber: true },
  { id: 'length', title: 'Length', meaning: 'From its start to its end', isNumber: true },
  { id: 'result', title: 'Result', meaning: 'What the master said of it', isNumber: false },
  {
    id: 'busy',
    title: 'Reactor busy',
    meaning: 'Time in which the main thread was not idle, for whatever build',
    isNumber: true,
  },
  {
    id: 'cpu',
    title: 'Reactor CPU',
    meaning: 'CPU time of the main thread meanwhile, for whatever build',
    isNumber: true,
  },
  { id: 'stall', title: 'Longest stall', meaning: 'Longest stall that overlaps it', isNumber: true },
];

/** A row of the table: a build, or a step of the build above it. */
interface Row {
  readonly key: string;
  readonly name: string;
  readonly span: BuildSpan | StepSpan;
  /** Absent for a step. */
  readonly build?: BuildSpan;
}

/** The builds of the recording with their steps, and what the main thread did while each of them ran. */
@Component({
  selector: 'bbp-build-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [SortHeadComponent],
  templateUrl: './build-list.component.html',
  styleUrl: './build-list.component.css',
})
export class BuildListComponent {
  /** By their starts; absent until the first answer. */
  readonly builds = input<readonly BuildSpan[] | undefined>();
  /** The selected range: a row that stands for it is marked. */
  readonly range = input<TimeRange | undefined>();

  readonly rangeSelect = output<TimeRange>();

  protected readonly sorting = signal<BuildSorting>('start');
  /** Builds whose steps are shown. */
  private readonly opened = signal<ReadonlySet<number>>(new Set());
  protected readonly rows = computed(() =>
    sortBuilds(this.builds() ?? [], this.sorting()).flatMap((build): Row[] => [
      { key: `build ${build.id}`, name: `${build.builder} #${build.number}`, span: build, build },
      ...(this.isOpened(build) ? build.steps : []).map((step) => ({
        key: `step ${step.id}`,
        name: step.name,
        span: step,
      })),
    ]),
  );

  protected readonly columns = COLUMNS;
  protected readonly moment = formatMoment;
  protected readonly duration = formatDuration;
  protected readonly exact = formatDurationExactly;
  protected readonly length = ({ start, end }: StepSpan | BuildSpan) => microseconds(end - start);

  protected direction(column: BuildSorting): SortDirection | null {
    if (column !== this.sorting()) return null;
    return isDescending(column) ? 'descending' : 'ascending';
  }

  protected wordsOf({ result, isRunning }: StepSpan | BuildSpan): string {
    return result ?? (isRunning ? 'not over' : 'not known');
  }

  protected isOpened({ id }: BuildSpan): boolean {
    return this.opened().has(id);
  }

  protected toggle({ id }: BuildSpan): void {
    const opened = new Set(this.opened());
    if (!opened.delete(id)) opened.add(id);
    this.opened.set(opened);
  }

  /** Before the recording nothing can be selected. */
  protected rangeOf({ start, end }: StepSpan | BuildSpan): TimeRange {
    return { start: microseconds(Math.max(0, start)), end };
  }

  protected isSelected(span: StepSpan | BuildSpan): boolean {
    const range = this.range();
    return range !== undefined && isSameRange(range, this.rangeOf(span));
  }
}
