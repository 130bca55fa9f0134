import type { Timeline } from '#trace/analysis/timeline.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { UnixMilliseconds } from '#trace/contract/units.ts';
import { computePlotWidth, PLOT_HEIGHT, PLOT_MARGIN } from '../../shared/plot-geometry.ts';
import type { Nvd3, Nvd3LineChart } from './nvd3.ts';
import {
  buildNvd3Series,
  computePercentLimit,
  computeTimeTicks,
  type Curve,
  describeMoment,
  formatTimeTick,
  type HoverText,
} from './timeline-curves.ts';

export interface LinePlotContent {
  readonly timeline: Timeline;
  readonly curves: readonly Curve[];
  readonly viewport: TimeRange;
  readonly startedAt: UnixMilliseconds | undefined;
  /** CSS pixels, with margins. */
  readonly width: number;
}

/** The nvd3 line chart of one SVG element. Kept for the life of the view: drawing again only gives it new data. */
export class LinePlot {
  readonly #nvd3: Nvd3;
  readonly #svg: SVGSVGElement;
  readonly #chart: Nvd3LineChart;
  #content: LinePlotContent | undefined;
  /** The text under the pointer, once there was any. */
  #hover: HTMLElement | undefined;

  constructor(nvd3: Nvd3, svg: SVGSVGElement) {
    this.#nvd3 = nvd3;
    this.#svg = svg;
    this.#chart = nvd3.nv.models.lineChart().useInteractiveGuideline(true);
    this.#chart.options({
      margin: { ...PLOT_MARGIN },
      showLegend: false,
      duration: 0,
      defined: ({ y }: { y: number }) => !Number.isNaN(y),
      height: PLOT_HEIGHT,
      // Otherwise each point is an element of its own, invisible but not free.
      pointActive: () => false,
    });
    this.#chart.xAxis.showMaxMin(false);
    this.#chart.yAxis.showMaxMin(false).tickFormat((percent) => `${percent} %`);
    // nvd3's own content carries style attributes, which a strict Content-Security-Policy forbids.
    this.#chart.interactiveLayer.tooltip.contentGenerator((content, element) => {
      if (content !== null && this.#content !== undefined) {
        const { timeline, curves, startedAt } = this.#content;
        this.#takeHome(element);
        drawHover(element, describeMoment(timeline, curves, content.value, startedAt));
      }
      return false;
    });
  }

  draw(content: LinePlotContent): void {
    this.#content = content;
    const { timeline, curves, viewport, width } = content;
    const ticks = computeTimeTicks(viewport, computePlotWidth(width));
    const limit = computePercentLimit(curves);
    this.#chart.width(width).xDomain([viewport.start, viewport.end]).yDomain([0, limit]);
    this.#chart.xAxis.tickValues(ticks.values).tickFormat((at) => formatTimeTick(at, ticks.step));
    this.#chart.yAxis.tickValues([0, limit / 2, limit]);
    this.#nvd3.d3.select(this.#svg).datum(buildNvd3Series(timeline, curves)).call(this.#chart);
  }

  /** The brush lies over the plot and gets the pointer's events; the guideline gets a copy. */
  movePointer(event: MouseEvent): void {
    // With no point in sight nvd3's search for the nearest one fails.
    if (this.#hasPointInSight()) this.#pass('mousemove', event);
  }

  leavePointer(event: MouseEvent): void {
    if (this.#content !== undefined) this.#pass('mouseout', event);
  }

  /** Nothing is shown any more: no guideline, no text under the pointer. What is drawn stays, for the view to hide. */
  forget(): void {
    this.leavePointer(new MouseEvent('mouseleave'));
    this.#content = undefined;
  }

  destroy(): void {
    this.#hover?.remove();
    this.#svg.replaceChildren();
  }

  /** nvd3 appends its tooltip to the body, out of reach of styles in a shadow root, and leaves it there. It keeps hold of it wherever it is. */
  #takeHome(hover: HTMLElement): void {
    if (this.#hover === hover) return;
    this.#hover = hover;
    this.#svg.after(hover);
  }

  #hasPointInSight(): boolean {
    if (this.#content === undefined) return false;
    const { timeline, viewport } = this.#content;
    return timeline.times.some((time) => time >= viewport.start && time <= viewport.end);
  }

  #pass(type: string, { clientX, clientY }: MouseEvent): void {
    this.#svg.dispatchEvent(new MouseEvent(type, { clientX, clientY, bubbles: false, view: window }));
  }
}

const drawHover = (element: HTMLElement, { moment, rows }: HoverText): void => {
  const title = document.createElement('div');
  title.className = 'bbp-hover-moment';
  title.textContent = moment;
  const lines = rows.map(({ kind, name, value }) => {
    const line = document.createElement('div');
    const mark = document.createElement('span');
    mark.className = `bbp-mark bbp-mark-${kind}`;
    line.append(mark, `${name}: ${value}`);
    return line;
  });
  element.replaceChildren(title, ...lines);
};
