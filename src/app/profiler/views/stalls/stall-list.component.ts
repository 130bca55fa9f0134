import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { StallBucket } from '#trace/analysis/stalls.ts';
import { type Microseconds, type UnixMilliseconds } from '#trace/contract/units.ts';
import type { HeldLoopRow, StallList } from '../../shared/analysis-messages.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatMoment,
  formatShare,
  formatWallClock,
} from '../../shared/format-quantity.ts';
import { formatShortFile } from '../../shared/package-group.ts';
import { isSameRange } from '../../shared/plot-geometry.ts';
import { SortHeadComponent } from '../../shared/sort-head.component.ts';
import { findThreshold, rangeOf, sortStalls, splitTime, type StallSorting, THRESHOLDS } from './stall-order.ts';

/** What held the event loop, and when: single long callbacks and, apart from them, spells in which it did not come to wait. */
@Component({
  selector: 'bbp-stall-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [SortHeadComponent],
  templateUrl: './stall-list.component.html',
  styleUrl: './stall-list.component.css',
})
export class StallListComponent {
  /** Absent until the first answer. */
  readonly list = input<StallList | undefined>();
  readonly threshold = input.required<Microseconds>();
  /** The selected range: a row that stands for it is marked. */
  readonly range = input<TimeRange | undefined>();
  readonly startedAt = input<UnixMilliseconds | undefined>();

  readonly thresholdChange = output<Microseconds>();
  readonly rangeSelect = output<TimeRange>();
  readonly functionSelect = output<FunctionIdentity>();

  protected readonly sorting = signal<StallSorting>('length');
  protected readonly groups = computed(() => {
    const list = this.list();
    if (list === undefined) return [];
    const { stalls, stallCount, spells, spellCount } = list;
    return [
      {
        id: 'stalls',
        title: 'Stalls',
        meaning: 'Single callbacks that took this long',
        rows: sortStalls(stalls, this.sorting()),
        count: stallCount,
        emptyText: `No callback took ${formatDuration(this.threshold())} or longer. Move the slider to see shorter ones.`,
      },
      {
        id: 'spells',
        title: 'Saturation',
        meaning: 'Callbacks one after the other for a second or more, without the loop coming to wait for events',
        rows: sortStalls(spells, this.sorting()),
        count: spellCount,
        emptyText: 'The loop came to wait at least once a second.',
      },
    ];
  });
  protected readonly buckets = computed(() => {
    const buckets = this.list()?.distribution ?? [];
    const most = Math.max(1, ...buckets.map(({ count }) => count));
    return buckets.map((bucket) => ({ count: bucket.count, height: bucket.count / most, name: nameBucket(bucket) }));
  });

  /** Recordings of other programs have none, and need no column for them. */
  protected readonly hasBuilds = computed(() =>
    this.groups().some(({ rows }) => rows.some(({ builds }) => builds.length > 0)),
  );

  protected readonly thresholds = THRESHOLDS;
  protected readonly thresholdPlace = computed(() => findThreshold(this.threshold()));
  protected readonly duration = formatDuration;
  protected readonly moment = formatMoment;
  protected readonly share = formatShare;
  protected readonly count = formatCount;
  protected readonly shortFile = formatShortFile;
  protected readonly parts = splitTime;

  protected bounds({ shortest, longest }: HeldLoopRow): string {
    return `Between ${formatDurationExactly(shortest)} and ${formatDurationExactly(longest)}`;
  }

  protected wallClock(at: Microseconds): string {
    return formatWallClock(this.startedAt(), at);
  }

  protected isSelected(row: HeldLoopRow): boolean {
    const range = this.range();
    return range !== undefined && isSameRange(range, rangeOf(row));
  }

  protected selectRow(row: HeldLoopRow): void {
    this.rangeSelect.emit(rangeOf(row));
  }

  protected takeThreshold(event: Event): void {
    const threshold = THRESHOLDS[Number((event.target as HTMLInputElement).value)];
    if (threshold !== undefined) this.thresholdChange.emit(threshold);
  }
}

const nameBucket = ({ from, to }: StallBucket): string =>
  to === undefined ? `${formatDuration(from)} or longer` : `${formatDuration(from)} to ${formatDuration(to)}`;
