/**
 * The one geometry that everything along the time axis shares: the plot, the brush above it, and lanes to come. Fixed margins, so
 * that a moment has the same x in all of them.
 */
import { scaleLinear, type ScaleLinear } from 'd3';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';

/** CSS pixels. The last mark of the time axis may stand at the very end; half of its text needs room beside the plot. */
export const PLOT_MARGIN = { top: 6, right: 28, bottom: 20, left: 46 } as const;
export const PLOT_HEIGHT = 150;

/** A brush narrower than this is a click with an unsteady hand. */
export const MIN_BRUSH_PIXELS = 3;

export type TimeScale = ScaleLinear<number, number>;

/** Width left for the plot between the margins; never less than 1, so that scales stay invertible before the first layout. */
export const computePlotWidth = (width: number): number => Math.max(1, width - PLOT_MARGIN.left - PLOT_MARGIN.right);

export const buildTimeScale = (viewport: TimeRange, plotWidth: number): TimeScale =>
  scaleLinear()
    .domain([viewport.start, Math.max(viewport.end, viewport.start + 1)])
    .range([0, plotWidth]);

export const isSameRange = (a: TimeRange, b: TimeRange): boolean => a.start === b.start && a.end === b.end;

export const clampRange = (range: TimeRange, bounds: TimeRange): TimeRange => {
  const start = Math.min(Math.max(range.start, bounds.start), bounds.end);
  const end = Math.min(Math.max(range.end, start), bounds.end);
  return { start: microseconds(start), end: microseconds(end) };
};

/** The range moved by `by`, stopping at the bounds with its length kept. */
export const shiftRange = (range: TimeRange, by: number, bounds: TimeRange): TimeRange => {
  const low = bounds.start - range.start;
  const high = bounds.end - range.end;
  const step = Math.min(Math.max(by, low), Math.max(high, low));
  return { start: microseconds(range.start + step), end: microseconds(range.end + step) };
};

const MIN_VIEWPORT = 1000;

/** The viewport zoomed around a moment: the moment stays where it is on the screen. */
export const zoomViewport = (
  viewport: TimeRange,
  around: Microseconds,
  factor: number,
  bounds: TimeRange,
): TimeRange => {
  const full = bounds.end - bounds.start;
  const length = Math.min(Math.max((viewport.end - viewport.start) * factor, Math.min(MIN_VIEWPORT, full)), full);
  const position = (around - viewport.start) / Math.max(1, viewport.end - viewport.start);
  const start = Math.min(Math.max(around - position * length, bounds.start), bounds.end - length);
  return { start: microseconds(start), end: microseconds(start + length) };
};

/** How much one notch of a wheel zooms. */
const WHEEL_ZOOM = 1.0015;

/**
 * What a turn of the wheel over the plot makes of the viewport: zoomed around the moment under the pointer, or moved where the wheel turns
 * sideways or Shift is pressed. Absent at the end of the way, where the wheel scrolls the page again.
 */
export const turnWheel = (
  { deltaX, deltaY, shiftKey }: Pick<WheelEvent, 'deltaX' | 'deltaY' | 'shiftKey'>,
  {
    viewport,
    bounds,
    plotWidth,
  }: { readonly viewport: TimeRange; readonly bounds: TimeRange; readonly plotWidth: number },
  momentUnderPointer: () => Microseconds,
): TimeRange | undefined => {
  const isAcross = shiftKey || Math.abs(deltaX) > Math.abs(deltaY);
  const pixels = deltaX === 0 ? deltaY : deltaX;
  const next = isAcross
    ? shiftRange(viewport, (pixels / plotWidth) * (viewport.end - viewport.start), bounds)
    : zoomViewport(viewport, momentUnderPointer(), WHEEL_ZOOM ** deltaY, bounds);
  return isSameRange(next, viewport) ? undefined : next;
};
