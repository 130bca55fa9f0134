import { describe, expect, it } from 'vitest';
import { computeDragFigures, swingHand } from './drag-figures.ts';

const MOVES = 300;
/** Pixels of time axis on a page of 1280. */
const AXIS = { left: 100, width: 1000, duration: 1_000_000 };

describe('the hand that swings', () => {
  const pixels = swingHand(MOVES).map((share) => Math.round(AXIS.left + AXIS.width * share));

  it('is at no pixel twice, so that each move asks for another range', () => {
    expect(new Set(pixels).size).toBe(MOVES);
  });

  it('goes to and fro within the axis', () => {
    const turns = pixels.filter(
      (x, move) => Math.sign((pixels[move + 1] ?? x) - x) * Math.sign(x - pixels[move - 1]!) < 0,
    );
    expect(turns).toHaveLength(2);
    expect(Math.min(...pixels)).toBeGreaterThan(AXIS.left);
    expect(Math.max(...pixels)).toBeLessThan(AXIS.left + AXIS.width);
  });
});

describe('figures of a drag', () => {
  const moves = swingHand(MOVES).map((share, move) => ({ at: (move * 1000) / 60, x: AXIS.left + AXIS.width * share }));
  const paint = (move: number, lateMs: number) => ({
    start: 0,
    end: Math.round(((moves[move]!.x - AXIS.left) / AXIS.width) * AXIS.duration),
    at: moves[move]!.at + lateMs,
  });

  it('are sixty ranges a second where each move is painted', () => {
    const painted = moves.map((_, move) => paint(move, 10));
    const figures = computeDragFigures({ moves, painted }, AXIS);
    expect(figures.rangesPerSecond).toBeCloseTo(60, 0);
    expect(figures.skippedMoves).toBe(0);
    expect(figures.latencyP95Ms).toBeCloseTo(10, 5);
  });

  it('tell what was skipped and how late the rest came', () => {
    const painted = moves.flatMap((_, move) => (move % 3 === 0 ? [paint(move, 40)] : []));
    const figures = computeDragFigures({ moves, painted }, AXIS);
    expect(figures.rangesPerSecond).toBeCloseTo(20, 0);
    expect(figures.skippedMoves).toBe(200);
    expect(figures.latencyP50Ms).toBeCloseTo(40, 5);
  });
});
