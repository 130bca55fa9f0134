/** What a drag over the time axis does to the selected range. Pure. */
import type { TimeRange } from '#trace/analysis/selection.ts';
import { microseconds } from '#trace/contract/units.ts';
import { MIN_BRUSH_PIXELS, shiftRange } from '../app/profiler/shared/plot-geometry.ts';
import { momentAt, positionOf, type TimeAxis } from './time-axis.ts';

/** What the hand took hold of: an edge of the range, all of it, or nothing yet. */
export type Grip = 'start' | 'end' | 'whole' | 'nothing';

/** CSS pixels on both sides of an edge. */
const EDGE_PIXELS = 5;

export const chooseGrip = (axis: TimeAxis, range: TimeRange | undefined, x: number): Grip => {
  if (range === undefined) return 'nothing';
  const [start, end] = [positionOf(axis, range.start), positionOf(axis, range.end)];
  if (Math.abs(x - end) <= EDGE_PIXELS) return 'end';
  if (Math.abs(x - start) <= EDGE_PIXELS) return 'start';
  return x > start && x < end ? 'whole' : 'nothing';
};

export interface Drag {
  readonly grip: Grip;
  /** The range when the drag began. */
  readonly range: TimeRange | undefined;
  /** CSS pixels. */
  readonly from: number;
  readonly to: number;
}

/** Absent: nothing is selected, as after a click beside the range or a drag too short to be meant. */
export const dragRange = (axis: TimeAxis, { grip, range, from, to }: Drag): TimeRange | undefined => {
  if (grip === 'nothing' || range === undefined) return spanBetween(axis, from, to);
  if (grip === 'whole') {
    return shiftRange(range, momentAt(axis, to) - momentAt(axis, from), axis.viewport);
  }
  const fixed = positionOf(axis, grip === 'start' ? range.end : range.start);
  return spanBetween(axis, fixed, to) ?? range;
};

const spanBetween = (axis: TimeAxis, a: number, b: number): TimeRange | undefined => {
  if (Math.abs(a - b) < MIN_BRUSH_PIXELS) return undefined;
  const [start, end] = [momentAt(axis, Math.min(a, b)), momentAt(axis, Math.max(a, b))];
  return end > start ? { start: microseconds(start), end: microseconds(end) } : undefined;
};
