import { describe, expect, it } from 'vitest';
import { median, upperBound } from './statistics.ts';

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
