import { WHOLE_COLUMN } from '#trace/analysis/thread-lanes.ts';
import type { ThreadLaneRow } from '../../shared/analysis-messages.ts';
import type { TimeScale } from '../../shared/plot-geometry.ts';

/** CSS pixels. */
export const LANE_HEIGHT = 14;
const NARROWEST_BAR = 3;

/** The areas of a thread's lane, each on top of the one before, as SVG paths of one unit a column. */
export interface LaneAreas {
  readonly running: string;
  readonly runnable: string;
  readonly waiting: string;
}

export const drawAreas = ({ running, runnable, waiting }: ThreadLaneRow): LaneAreas => {
  const bases = new Uint16Array(running.length);
  const stack = (shares: Uint8Array): string => {
    const path = drawColumns(shares, bases);
    shares.forEach((share, column) => (bases[column]! += share));
    return path;
  };
  return { running: stack(running), runnable: stack(runnable), waiting: stack(waiting) };
};

/** Equal neighbours become one rectangle. */
const drawColumns = (shares: Uint8Array, bases: Uint16Array): string => {
  let path = '';
  let first = 0;
  for (let column = 1; column <= shares.length; column++) {
    if (shares[column] === shares[first] && bases[column] === bases[first]) continue;
    const share = shares[first] ?? 0;
    if (share > 0) path += drawRectangle(first, column - first, bases[first] ?? 0, share);
    first = column;
  }
  return path;
};

const drawRectangle = (x: number, width: number, base: number, share: number): string => {
  // Rounding may take the sum of the shares a little beyond the whole.
  const bottom = LANE_HEIGHT * (1 - Math.min(1, base / WHOLE_COLUMN));
  const top = LANE_HEIGHT * (1 - Math.min(1, (base + share) / WHOLE_COLUMN));
  return `M${x} ${round(top)}h${width}v${round(bottom - top)}h-${width}z`;
};

const round = (value: number): string => Number(value.toFixed(2)).toString();

/** Left and width of a bar in CSS pixels, cut to the plot and wide enough to be hit. */
export const placeBar = (
  scale: TimeScale,
  { start, end }: { readonly start: number; readonly end: number },
): { readonly left: number; readonly width: number } => {
  const [, plotWidth = 0] = scale.range();
  const left = Math.max(0, scale(start));
  const right = Math.min(plotWidth, scale(end));
  const width = Math.max(NARROWEST_BAR, right - left);
  return { left: Math.min(left, plotWidth - width), width };
};

const sum = (shares: Uint8Array): number => shares.reduce((total, share) => total + share, 0);

/** Share of the time shown that a thread spent so, 0 to 1. */
export const shareOf = (shares: Uint8Array): number =>
  shares.length === 0 ? 0 : sum(shares) / (shares.length * WHOLE_COLUMN);

export const isSameLane = (a: ThreadLaneRow, b: ThreadLaneRow): boolean =>
  a.thread === b.thread &&
  a.name === b.name &&
  isSameShares(a.running, b.running) &&
  isSameShares(a.runnable, b.runnable) &&
  isSameShares(a.waiting, b.waiting);

const isSameShares = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((share, column) => share === b[column]);
