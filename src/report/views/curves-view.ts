import { lowerBound } from '#trace/model/column.ts';
import type { Timeline } from '#trace/analysis/timeline.ts';
import type { UnixMilliseconds } from '#trace/contract/units.ts';
import { PLOT_MARGIN } from '../../app/profiler/shared/plot-geometry.ts';
import {
  computePercentLimit,
  computeTimeTicks,
  type Curve,
  describeMoment,
  formatTimeTick,
  selectCurves,
} from '../../app/profiler/views/timeline/timeline-curves.ts';
import { make, makeSvg, place, replaceContent } from '../elements.ts';
import type { ReportView, Shown } from '../report-view.ts';
import { momentAt, positionOf, type TimeAxis } from '../time-axis.ts';

/** CSS pixels, with the margins. */
export const CURVES_HEIGHT = 120;
const PLOT_HEIGHT = CURVES_HEIGHT - PLOT_MARGIN.top - PLOT_MARGIN.bottom;
const TEXT_OFFSET = 4;
const HOVER_OFFSET = 12;

/** CPU, memory and load over time; under the pointer, what they were then. */
export class CurvesView implements ReportView {
  readonly element = make('div', { class: 'curves' });
  readonly #legend: HTMLElement;
  readonly #startedAt: UnixMilliseconds | undefined;
  readonly #svg = makeSvg('svg', { 'aria-hidden': 'true', height: CURVES_HEIGHT });
  readonly #guide = makeSvg('line', { class: 'guide', y1: PLOT_MARGIN.top, y2: PLOT_MARGIN.top + PLOT_HEIGHT });
  readonly #hover = make('div', { class: 'hover', 'aria-hidden': 'true', hidden: '' });
  #drawn: { readonly timeline: Timeline; readonly curves: readonly Curve[]; readonly axis: TimeAxis } | undefined;

  constructor(legend: HTMLElement, startedAt: UnixMilliseconds | undefined) {
    this.#legend = legend;
    this.#startedAt = startedAt;
    this.element.append(this.#svg, this.#hover);
  }

  draw({ answer: { timeline }, axis }: Shown): void {
    const curves = selectCurves(timeline);
    const limit = computePercentLimit(curves);
    this.#drawn = { timeline, curves, axis };
    const inner = makeSvg('g', { transform: `translate(${PLOT_MARGIN.left},${PLOT_MARGIN.top})` });
    inner.append(...drawPercents(axis, limit), ...drawTimes(axis));
    for (const { kind, series } of curves)
      inner.append(
        makeSvg('path', { class: `curve ${kind}`, d: drawCurve(timeline.times, series.percent, axis, limit) }),
      );
    this.#svg.replaceChildren(inner, this.#guide);
    this.leave();
    replaceContent(
      this.#legend,
      ...curves.map(({ kind, name, meaning }) =>
        make('li', { title: `Percent ${meaning}` }, make('span', { class: `bbp-mark bbp-mark-${kind}` }), name),
      ),
    );
  }

  /** The brush lies above and gets the pointer's events. `x` counts from the left edge of the element. */
  point(x: number): void {
    if (this.#drawn === undefined) return;
    const { timeline, curves, axis } = this.#drawn;
    const at = nearest(timeline.times, momentAt(axis, x - PLOT_MARGIN.left));
    if (at === undefined) return;
    const { moment, rows } = describeMoment(timeline, curves, at, this.#startedAt);
    const lines = rows.map(({ kind, name, value }) =>
      make('div', {}, make('span', { class: `bbp-mark bbp-mark-${kind}` }), `${name}: ${value}`),
    );
    this.#hover.replaceChildren(make('b', {}, moment), ...lines);
    this.#hover.hidden = false;
    const isRight = x > axis.width / 2;
    place(this.#hover, {
      left: isRight ? 'auto' : `${x + HOVER_OFFSET}px`,
      right: isRight ? `${axis.width + PLOT_MARGIN.left + PLOT_MARGIN.right - x + HOVER_OFFSET}px` : 'auto',
    });
    const guide = PLOT_MARGIN.left + positionOf(axis, at);
    for (const name of ['x1', 'x2']) this.#guide.setAttribute(name, guide.toFixed(1));
    place(this.#guide, { visibility: 'visible' });
  }

  leave(): void {
    this.#hover.hidden = true;
    place(this.#guide, { visibility: 'hidden' });
  }
}

const drawPercents = ({ width }: TimeAxis, limit: number): SVGElement[] =>
  [0, limit / 2, limit].flatMap((percent) => {
    const y = PLOT_HEIGHT * (1 - percent / limit);
    return [
      makeSvg('line', { class: 'grid', x2: width, y1: y, y2: y }),
      makeSvg('text', { x: -TEXT_OFFSET, y: y + TEXT_OFFSET, 'text-anchor': 'end' }, `${percent} %`),
    ];
  });

const drawTimes = (axis: TimeAxis): SVGElement[] => {
  const { values, step } = computeTimeTicks(axis.viewport, axis.width);
  return values.flatMap((at) => {
    const x = positionOf(axis, at);
    return [
      makeSvg('line', { class: 'grid', x1: x, x2: x, y2: PLOT_HEIGHT }),
      makeSvg('text', { x, y: PLOT_HEIGHT + 3 * TEXT_OFFSET + 1, 'text-anchor': 'middle' }, formatTimeTick(at, step)),
    ];
  });
};

/** A line that is broken where a value is not known. */
export const drawCurve = (times: Float64Array, percent: Float64Array, axis: TimeAxis, limit: number): string => {
  let path = '';
  let isBroken = true;
  percent.forEach((value, index) => {
    if (!Number.isNaN(value)) {
      const x = positionOf(axis, times[index]!);
      const y = PLOT_HEIGHT * (1 - Math.min(value, limit) / limit);
      path += `${isBroken ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    isBroken = Number.isNaN(value);
  });
  return path;
};

const nearest = (times: Float64Array, at: number): number | undefined => {
  const after = lowerBound(times, times.length, at);
  const [before, next] = [times[after - 1], times[after]];
  if (before === undefined || next === undefined) return before ?? next;
  return at - before < next - at ? before : next;
};
