/** Which stretch of time is on the screen and which is analysed, out of the choices and the state of the trace. Pure. */
import { MICROSECONDS_PER_SECOND, microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';

/** What a live view shows until the user brushes: long enough for a build step, short enough to see things move. */
export const FOLLOWED_WINDOW = microseconds(60 * MICROSECONDS_PER_SECOND);
/** The axis of a recording that has only just begun; it fills from the left. */
const SHORTEST_LIVE_AXIS = microseconds(10 * MICROSECONDS_PER_SECOND);

export interface WindowInput {
  readonly duration: Microseconds;
  readonly isLive: boolean;
  readonly isFollowing: boolean;
  /** What the user zoomed to; absent: everything. */
  readonly viewport: TimeRange | undefined;
  readonly range: TimeRange | undefined;
}

export interface ViewWindow {
  /** All there is to see: where zooming out ends. */
  readonly bounds: TimeRange;
  readonly viewport: TimeRange;
  /** Absent: the whole trace. */
  readonly range: TimeRange | undefined;
  /** Whether it moves along with a live recording. */
  readonly isSliding: boolean;
}

const rangeOf = (start: number, end: number): TimeRange => ({ start: microseconds(start), end: microseconds(end) });

export const computeViewWindow = ({ duration, isLive, isFollowing, viewport, range }: WindowInput): ViewWindow => {
  const bounds = rangeOf(0, isLive ? Math.max(duration, SHORTEST_LIVE_AXIS) : Math.max(duration, 1));
  if (isLive && isFollowing) {
    const start = Math.max(0, duration - FOLLOWED_WINDOW);
    const window = rangeOf(start, Math.max(duration, start + Math.min(bounds.end, FOLLOWED_WINDOW)));
    return { bounds, viewport: window, range: start > 0 ? window : undefined, isSliding: true };
  }
  const shown = viewport === undefined ? bounds : clampViewport(viewport, bounds);
  return { bounds, viewport: shown, range, isSliding: false };
};

const clampViewport = (viewport: TimeRange, bounds: TimeRange): TimeRange => {
  const start = Math.max(viewport.start, bounds.start);
  const end = Math.min(viewport.end, bounds.end);
  return end > start ? rangeOf(start, end) : bounds;
};
