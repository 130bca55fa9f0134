import { describe, expect, it } from 'vitest';
import { bootstrap, median, seededRandom, slopeOf, upperBound } from './statistics.ts';

describe('median', () => {
  it('is the middle, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
    expect(median([])).toBeNaN();
  });
});

describe('upperBound', () => {
  it('is that of published tables of the Wilson interval', () => {
    // Brown, Cai and DasGupta, Interval estimation for a binomial proportion, 2001: 0 of 10 and 1 of 10.
    expect(upperBound(0, 10)).toBeCloseTo(0.2775, 3);
    expect(upperBound(1, 10)).toBeCloseTo(0.4042, 3);
  });

  it('shrinks as more is tried, and says nothing of nothing', () => {
    expect(upperBound(0, 20_000)).toBeLessThan(0.0005);
    expect(upperBound(0, 0)).toBe(1);
  });
});

describe('seededRandom', () => {
  it('gives numbers from 0 up to 1, evenly, and the same for the same seed', () => {
    const take = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    expect(take(1).every((number) => number >= 0 && number < 1)).toBe(true);
    expect(take(1).filter((number) => number < 0.5).length).toBeGreaterThan(450);
    expect(take(1).filter((number) => number < 0.5).length).toBeLessThan(550);
  });
});

describe('bootstrap', () => {
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

  it('gives for a mean the interval that the standard error gives', () => {
    const random = seededRandom(7);
    const numbers = Array.from({ length: 400 }, random);
    const { value, low, high } = bootstrap(numbers, mean);
    // Of evenly spread numbers from 0 to 1: 1.96 times the root of 1/12, over the root of their count.
    const halfWidth = (1.96 * Math.sqrt(1 / 12)) / 20;
    expect(value).toBeCloseTo(mean(numbers), 12);
    expect((high - low) / (2 * halfWidth)).toBeGreaterThan(0.85);
    expect((high - low) / (2 * halfWidth)).toBeLessThan(1.15);
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
  });

  it('has no width where nothing varies', () => {
    expect(bootstrap([3, 3, 3], median)).toEqual({ value: 3, low: 3, high: 3 });
  });
});

describe('slopeOf', () => {
  it('is that of the line the points are on, or near', () => {
    expect(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 5 - 2 * x })))).toBeCloseTo(-2, 12);
    // Anscombe's quartet, Graphs in statistical analysis, 1973: its first set has the slope 0.5001.
    const xs = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const ys = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    expect(slopeOf(xs.map((x, index) => ({ x, y: ys[index] ?? 0 })))).toBeCloseTo(0.5001, 4);
  });

  it('is none of points one above the other', () => {
    expect(slopeOf([1, 2].map((y) => ({ x: 4, y })))).toBeNaN();
  });
});
