import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { Weight } from '#trace/analysis/selection.ts';
import { microseconds, type UnixMilliseconds } from '#trace/contract/units.ts';
import {
  formatCount,
  formatDuration,
  formatDurationExactly,
  formatRange,
  formatWallClock,
} from '../../shared/format-quantity.ts';
import type { RangeStats } from '../../shared/analysis-messages.ts';
import { WEIGHT_WORDS } from '../../shared/weight-words.ts';

/** What is selected, in numbers: exact times, length, samples, weight. */
@Component({
  selector: 'bbp-range-stats',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (text(); as text) {
      <p role="status" [attr.data-total-weight-us]="stats()?.totalWeight" [attr.data-ticks]="stats()?.tickCount">
        <b>{{ heading() }}</b>
        <span [title]="text.wallClock">{{ text.times }}</span>
        <span [title]="text.exactLength">{{ text.length }}</span>
        <span>{{ text.ticks }}</span>
        <span [title]="text.weightMeaning">{{ text.weight }}</span>
        @if (!isWhole() && !(isFollowing() && isLive())) {
          <button type="button" class="bbp-plain" (click)="clear.emit()">Select everything</button>
          @if (canCompare()) {
            <button type="button" class="bbp-plain" (click)="compare.emit()">Compare with…</button>
          }
        }
      </p>
    }
    @if (isZoomed()) {
      <button type="button" class="bbp-plain" (click)="zoomOut.emit()">Show the whole time</button>
    }
    @if (isLive()) {
      <button
        type="button"
        [attr.aria-pressed]="isFollowing()"
        (click)="follow.emit()"
        title="Slide along with the recording"
      >
        Follow
      </button>
    }
  `,
  styles: `
    :host,
    p {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 2px 12px;
    }
    button[aria-pressed='true'] {
      border-color: var(--bbp-accent);
      background: var(--bbp-accent-soft);
    }
  `,
})
export class RangeStatsComponent {
  readonly stats = input<RangeStats | undefined>();
  readonly isWhole = input(true);
  readonly isLive = input(false);
  readonly isFollowing = input(false);
  /** Whether the time axis shows less than there is. */
  readonly isZoomed = input(false);
  readonly weight = input.required<Weight>();
  readonly startedAt = input<UnixMilliseconds | undefined>();

  /** Whether the range can be compared and is not yet. */
  readonly canCompare = input(false);

  readonly clear = output();
  readonly compare = output();
  readonly follow = output();
  readonly zoomOut = output();

  protected readonly heading = computed(() => {
    if (this.isWhole()) return 'Everything';
    return this.isFollowing() && this.isLive() ? 'Last minute' : 'Selected';
  });

  protected readonly text = computed(() => {
    const stats = this.stats();
    if (stats === undefined) return undefined;
    const [length, weight] = [microseconds(stats.end - stats.start), microseconds(stats.totalWeight)];
    const { sum, meaning } = WEIGHT_WORDS[this.weight()];
    return {
      times: formatRange(stats),
      wallClock: this.formatWallClock(stats),
      length: formatDuration(length),
      exactLength: formatDurationExactly(length),
      ticks: `${formatCount(stats.tickCount)} samples`,
      weight: `${formatDuration(weight)} ${sum}`,
      weightMeaning: `${formatDurationExactly(weight)}. ${meaning}; it can be longer than the range.`,
    };
  });

  private formatWallClock({ start, end }: RangeStats): string {
    const startedAt = this.startedAt();
    if (startedAt === undefined) return '';
    return `${formatWallClock(startedAt, start)} to ${formatWallClock(startedAt, end)} by the clock`;
  }
}
