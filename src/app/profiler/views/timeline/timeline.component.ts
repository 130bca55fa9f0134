import {
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  type ElementRef,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { Timeline } from '#trace/analysis/timeline.ts';
import type { UnixMilliseconds } from '#trace/contract/units.ts';
import { observeWidth } from '../../shared/observe-width.ts';
import { PLOT_HEIGHT } from '../../shared/plot-geometry.ts';
import { LinePlot } from './line-plot.ts';
import { loadNvd3 } from './nvd3.ts';
import { isSameTimeline, selectCurves } from './timeline-curves.ts';

/** CPU, memory and load over time, on one percent axis. What is put inside it (the brush) lies over the plot. */
@Component({
  selector: 'bbp-timeline',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './timeline.component.html',
  styleUrl: './timeline.component.css',
})
export class TimelineComponent {
  readonly timeline = input<Timeline | undefined>();
  readonly viewport = input.required<TimeRange>();
  readonly startedAt = input<UnixMilliseconds | undefined>();

  readonly widthChange = output<number>();
  /** The plot could not be loaded. */
  readonly failure = output<unknown>();

  protected readonly height = PLOT_HEIGHT;
  /** A range that is dragged brings a new answer with every move, and the same curves. */
  protected readonly shown = computed(() => this.timeline(), { equal: isSameTimeline });
  protected readonly curves = computed(() => {
    const timeline = this.shown();
    return timeline === undefined ? [] : selectCurves(timeline);
  });

  private readonly frame = viewChild.required<ElementRef<HTMLElement>>('frame');
  private readonly svg = viewChild.required<ElementRef<SVGSVGElement>>('svg');
  private readonly width = signal(0);
  private readonly plot = signal<LinePlot | undefined>(undefined);

  constructor() {
    const destroyRef = inject(DestroyRef);
    afterRenderEffect((onCleanup) =>
      onCleanup(
        observeWidth(this.frame().nativeElement, (width) => {
          this.width.set(width);
          this.widthChange.emit(width);
        }),
      ),
    );
    afterRenderEffect(() => {
      const svg = this.svg().nativeElement;
      loadNvd3().then(
        (nvd3) => {
          if (!destroyRef.destroyed) this.plot.set(new LinePlot(nvd3, svg));
        },
        (error: unknown) => this.failure.emit(error),
      );
    });
    afterRenderEffect(() => {
      const timeline = this.shown();
      const width = this.width();
      if (timeline === undefined) return this.plot()?.forget();
      if (width === 0) return;
      const [curves, viewport, startedAt] = [this.curves(), this.viewport(), this.startedAt()];
      this.plot()?.draw({ timeline, curves, viewport, startedAt, width });
    });
    destroyRef.onDestroy(() => this.plot()?.destroy());
  }

  protected movePointer(event: MouseEvent): void {
    this.plot()?.movePointer(event);
  }

  protected leavePointer(event: MouseEvent): void {
    this.plot()?.leavePointer(event);
  }
}
