/** What a drag was worth, from what the page saw of it. Pure. */
import type { DrawnFrame, MouseMove, PaintedRange, ProbeRecord } from './page-probe.ts';

export interface DragFigures {
  readonly moves: number;
  readonly rangesPerSecond: number;
  /** Moves of which no range was painted. */
  readonly skippedMoves: number;
  /** From the mouse event to the end of the frame that shows its range. */
  readonly latencyP50Ms: number;
  readonly latencyP95Ms: number;
  /** Most that one of the widest frames moved from the last picture of the drag to the settled one, CSS pixels. */
  readonly settledShiftPixels: number;
  /** From letting go to the settled picture. */
  readonly settledAfterMs: number;
}

/** Where the time axis lies on the screen: CSS pixels and microseconds. */
export interface AxisPlace {
  readonly left: number;
  readonly width: number;
  readonly duration: number;
}

/** Shares of the time axis that a hand swings between. */
const NEAR = 0.2;
const FAR = 0.95;
/** Not a whole number of halves: a hand that comes back to where it was would ask for ranges that have been counted. */
const SWINGS = 1.48;

/** Where a hand that swings to and fro at an even speed is at each of so many moves, as shares of the time axis. No place comes twice. */
export const swingHand = (moves: number): number[] =>
  Array.from({ length: moves }, (_, move) => {
    const swing = (move / moves) * SWINGS;
    return NEAR + (FAR - NEAR) * (1 - Math.abs(1 - 2 * (swing % 1)));
  });

/** Of two moves over the same place the later one counts, if it came before the painting. */
export const matchMoves = (
  moves: readonly MouseMove[],
  painted: readonly PaintedRange[],
  { left, width, duration }: AxisPlace,
): { readonly latencies: readonly number[]; readonly shownMoves: number } => {
  const tolerance = 0.75;
  const latencies: number[] = [];
  const shown = new Set<number>();
  for (const { end, at } of painted) {
    const x = left + (end / duration) * width;
    const move = moves.findLastIndex((one) => one.at < at && Math.abs(one.x - x) <= tolerance);
    if (move < 0) continue;
    shown.add(move);
    latencies.push(at - moves[move]!.at);
  }
  return { latencies, shownMoves: shown.size };
};

export const percentile = (numbers: readonly number[], share: number): number => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
};

const TOP_FRAMES = 20;

/** Of the widest frames of the settled picture: how far each is from where the drag had drawn it; infinite where that had not drawn it. */
export const measureShift = (dragged: readonly DrawnFrame[], settled: readonly DrawnFrame[]): number => {
  const widest = [...settled].sort((a, b) => b.width - a.width).slice(0, TOP_FRAMES);
  return Math.max(...widest.map((frame) => nearest(frame, dragged)));
};

const nearest = (frame: DrawnFrame, others: readonly DrawnFrame[]): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...others
      .filter(({ name, depth }) => name === frame.name && depth === frame.depth)
      .map(({ x, width }) => Math.max(Math.abs(x - frame.x), Math.abs(x + width - frame.x - frame.width))),
  );

export const computeDragFigures = (
  { moves, painted }: Pick<ProbeRecord, 'moves' | 'painted'>,
  axis: AxisPlace,
): Omit<DragFigures, 'settledShiftPixels' | 'settledAfterMs'> => {
  const { latencies, shownMoves } = matchMoves(moves, painted, axis);
  const seconds = (moves.at(-1)!.at - moves[0]!.at) / 1000;
  return {
    moves: moves.length,
    rangesPerSecond: new Set(painted.map(({ start, end }) => `${start}-${end}`)).size / seconds,
    skippedMoves: moves.length - shownMoves,
    latencyP50Ms: percentile(latencies, 0.5),
    latencyP95Ms: percentile(latencies, 0.95),
  };
};
