/** Where moments stand in the plot, whose margins the curves, the brush and the lanes share. */
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';

export interface TimeAxis {
  readonly viewport: TimeRange;
  /** CSS pixels between the margins. */
  readonly width: number;
}

/** CSS pixels from the left edge of the plot; outside of it for a moment out of sight. */
export const positionOf = ({ viewport: { start, end }, width }: TimeAxis, at: number): number =>
  ((at - start) / Math.max(1, end - start)) * width;

/** The moment under a position, within what the axis shows. */
export const momentAt = ({ viewport: { start, end }, width }: TimeAxis, x: number): Microseconds =>
  microseconds(Math.round(start + Math.min(Math.max(x / width, 0), 1) * (end - start)));

const NARROWEST_BAR = 3;

/** Left edge and width of a stretch of time, cut to the plot and wide enough to be hit. */
export const placeRange = (
  axis: TimeAxis,
  { start, end }: TimeRange,
): { readonly left: number; readonly width: number } => {
  const left = Math.max(0, positionOf(axis, start));
  const width = Math.max(NARROWEST_BAR, Math.min(axis.width, positionOf(axis, end)) - left);
  return { left: Math.max(0, Math.min(left, axis.width - width)), width };
};
