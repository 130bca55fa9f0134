import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { Lanes, ThreadLaneRow } from '../../shared/analysis-messages.ts';
import { buildTimeScale, computePlotWidth, isSameRange, PLOT_MARGIN } from '../../shared/plot-geometry.ts';
import { describeBuild, describeStall, describeThread } from './describe-lane.ts';
import { drawAreas, isSameLane, LANE_HEIGHT, placeBar } from './lane-shapes.ts';

/** The page below has to stay in sight: more threads on request. */
const FIRST_THREADS = 3;
const MOST_BUILD_ROWS = 4;

/**
 * What threads, builds and stalls did over time, on the axis of the curves above. Drawn as SVG: a lane is three paths however much it shows, and takes its colours from the style sheet, also
 * when the theme changes.
 */
@Component({
  selector: 'bbp-lanes',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './lanes.component.html',
  styleUrl: './lanes.component.css',
})
export class LanesComponent {
  readonly lanes = input<Lanes | undefined>();
  readonly viewport = input.required<TimeRange>();
  readonly range = input<TimeRange | undefined>();
  /** CSS pixels, with the margins of the plot. */
  readonly width = input.required<number>();

  readonly rangeSelect = output<TimeRange>();

  protected readonly areAllShown = signal(false);
  protected readonly height = LANE_HEIGHT;
  protected readonly margin = PLOT_MARGIN;
  protected readonly plotWidth = computed(() => computePlotWidth(this.width()));
  protected readonly scale = computed(() => buildTimeScale(this.viewport(), this.plotWidth()));

  /** A range that is dragged brings a new answer with every move, and the same lanes. */
  private readonly threads = computed(() => this.lanes()?.threads ?? [], { equal: areSameLanes });
  protected readonly threadCount = computed(() => this.threads().length);
  protected readonly hasMore = computed(() => this.threadCount() > FIRST_THREADS);
  protected readonly shownThreads = computed(() =>
    this.threads()
      .slice(0, this.areAllShown() ? undefined : FIRST_THREADS)
      .map((lane) => ({
        ...lane,
        areas: drawAreas(lane),
        columns: lane.running.length,
        description: describeThread(lane),
      })),
  );

  protected readonly stalls = computed(() =>
    (this.lanes()?.stalls ?? []).map((stall) => ({
      range: stall,
      ...placeBar(this.scale(), stall),
      name: describeStall(stall),
    })),
  );

  protected readonly builds = computed(() =>
    (this.lanes()?.builds ?? [])
      .filter(({ row }) => row < MOST_BUILD_ROWS)
      .map((build) => ({
        id: build.id,
        label: `${build.builder} #${build.number}`,
        result: build.result ?? 'pending',
        range: { start: microseconds(Math.max(0, build.start)), end: build.end },
        top: build.row * LANE_HEIGHT,
        ...placeBar(this.scale(), build),
        name: describeBuild(build),
      })),
  );
  protected readonly buildRows = computed(() => 1 + Math.max(-1, ...this.builds().map(({ top }) => top / LANE_HEIGHT)));
  protected readonly hiddenBuilds = computed(() => (this.lanes()?.builds.length ?? 0) - this.builds().length);

  protected readonly shade = computed(() => {
    const range = this.range();
    if (range === undefined || range.start >= this.viewport().end || range.end <= this.viewport().start)
      return undefined;
    return placeBar(this.scale(), range);
  });

  protected isSelected(range: TimeRange): boolean {
    const selected = this.range();
    return selected !== undefined && isSameRange(selected, range);
  }

  /** Arrows walk along the bars of a lane, of which Tab reaches one. */
  protected walk(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const bars = Array.from((event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button'));
    const next = bars[bars.indexOf(event.target as HTMLElement) + step];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  }
}

const areSameLanes = (a: readonly ThreadLaneRow[], b: readonly ThreadLaneRow[]): boolean =>
  a.length === b.length && a.every((lane, index) => isSameLane(lane, b[index]!));
