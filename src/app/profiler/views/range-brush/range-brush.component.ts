import {
  afterNextRender,
  afterRenderEffect,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  input,
  linkedSignal,
  output,
  signal,
  viewChild,
} from '@angular/core';
import { type BrushBehavior, brushX, type D3BrushEvent, select, type Selection } from 'd3';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import { describeSelectedTime } from '../../shared/format-quantity.ts';
import {
  buildTimeScale,
  computePlotWidth,
  MIN_BRUSH_PIXELS,
  PLOT_HEIGHT,
  PLOT_MARGIN,
  turnWheel,
} from '../../shared/plot-geometry.ts';
import { applyKey } from './range-keys.ts';

/** Selects a range of time over a plot with the shared margins; also where the time axis is zoomed and moved. */
@Component({
  selector: 'bbp-range-brush',
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './range-brush.component.html',
  styleUrl: './range-brush.component.css',
})
export class RangeBrushComponent {
  readonly viewport = input.required<TimeRange>();
  readonly bounds = input.required<TimeRange>();
  readonly range = input<TimeRange | undefined>();
  /** What the range is compared with; it stands still under the hand. */
  readonly compared = input<TimeRange | undefined>();

  /** While a hand moves it, and once more when it lets go. Absent: taken away. */
  readonly rangeChange = output<TimeRange | undefined>();
  readonly gestureChange = output<boolean>();
  readonly viewportChange = output<TimeRange>();

  /** CSS pixels of what it lies over, with margins. */
  readonly width = input.required<number>();

  protected readonly margin = PLOT_MARGIN;
  protected readonly plotHeight = PLOT_HEIGHT - PLOT_MARGIN.top - PLOT_MARGIN.bottom;
  protected readonly plotWidth = computed(() => computePlotWidth(this.width()));
  protected readonly scale = computed(() => buildTimeScale(this.viewport(), this.plotWidth()));
  protected readonly description = computed(() => describeSelectedTime(this.range()));

  protected readonly comparedExtent = computed(() => {
    const compared = this.compared();
    const extent = compared && this.computeExtent(compared);
    return extent && { left: extent[0], width: extent[1] - extent[0] };
  });

  private readonly group = viewChild.required<ElementRef<SVGGElement>>('group');
  private readonly brush: BrushBehavior<unknown> = brushX<unknown>().keyModifiers(false);
  private readonly isMoving = signal(false);
  /** Keys may be pressed faster than the page is drawn: each goes on from the one before. */
  private readonly latestRange = linkedSignal(() => this.range());

  constructor() {
    this.brush
      .on('start', (event: D3BrushEvent<unknown>) => this.begin(event))
      .on('brush', (event: D3BrushEvent<unknown>) => this.report(event))
      .on('end', (event: D3BrushEvent<unknown>) => this.finish(event));
    afterRenderEffect(() => {
      this.brush.extent([
        [0, 0],
        [this.plotWidth(), this.plotHeight],
      ]);
      // A brush in the hand keeps its own position; the new one comes when it is let go.
      if (this.isMoving()) return;
      const group = this.select();
      group.call(this.brush);
      this.brush.move(group, this.computeSelection());
    });
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const onWheel = (event: WheelEvent): void => this.zoom(event);
    // Angular listens passively, and zooming has to keep the page from scrolling.
    afterNextRender(() => host.addEventListener('wheel', onWheel, { passive: false }));
    inject(DestroyRef).onDestroy(() => host.removeEventListener('wheel', onWheel));
  }

  protected press(event: KeyboardEvent): void {
    const next = applyKey(event, this.latestRange(), this.viewport());
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const range = next === 'clear' ? undefined : next;
    this.latestRange.set(range);
    this.rangeChange.emit(range);
  }

  protected resetZoom(): void {
    this.viewportChange.emit(this.bounds());
  }

  private select(): Selection<SVGGElement, unknown, null, undefined> {
    return select(this.group().nativeElement);
  }

  private computeSelection(): [number, number] | null {
    const range = this.range();
    return range === undefined ? null : this.computeExtent(range);
  }

  /** In pixels of the plot; a range that is out of sight has none. */
  private computeExtent(range: TimeRange): [number, number] | null {
    const [low, high] = [0, this.plotWidth()];
    const start = Math.min(Math.max(this.scale()(range.start), low), high);
    const end = Math.min(Math.max(this.scale()(range.end), low), high);
    return end > start ? [start, end] : null;
  }

  private begin({ sourceEvent }: D3BrushEvent<unknown>): void {
    if (!isByHand(sourceEvent)) return;
    this.isMoving.set(true);
    this.gestureChange.emit(true);
  }

  private report({ sourceEvent, selection }: D3BrushEvent<unknown>): void {
    if (!isByHand(sourceEvent)) return;
    const range = this.invert(selection);
    if (range !== undefined) this.rangeChange.emit(range);
  }

  private finish({ sourceEvent, selection }: D3BrushEvent<unknown>): void {
    if (!isByHand(sourceEvent)) return;
    this.rangeChange.emit(this.invert(selection));
    this.isMoving.set(false);
    this.gestureChange.emit(false);
  }

  private invert(selection: D3BrushEvent<unknown>['selection']): TimeRange | undefined {
    if (selection === null) return undefined;
    const [start, end] = selection as [number, number];
    if (end - start < MIN_BRUSH_PIXELS) return undefined;
    const scale = this.scale();
    return {
      start: microseconds(Math.max(0, Math.round(scale.invert(start)))),
      end: microseconds(Math.round(scale.invert(end))),
    };
  }

  private zoom(event: WheelEvent): void {
    const view = { viewport: this.viewport(), bounds: this.bounds(), plotWidth: this.plotWidth() };
    const next = turnWheel(event, view, () => this.momentAt(event));
    if (next === undefined) return;
    event.preventDefault();
    this.viewportChange.emit(next);
  }

  private momentAt({ clientX }: MouseEvent): Microseconds {
    const { left } = this.group().nativeElement.getBoundingClientRect();
    return microseconds(this.scale().invert(Math.min(Math.max(0, clientX - left), this.plotWidth())));
  }
}

/** d3-brush also tells of moves by the program. */
const isByHand = (sourceEvent: unknown): boolean => sourceEvent !== undefined && sourceEvent !== null;
