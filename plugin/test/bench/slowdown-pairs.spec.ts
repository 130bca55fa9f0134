import { describe, expect, it } from 'vitest';
import { slowdownOf, summarizeSlowdown, type Slot } from './slowdown-pairs.ts';

const slotOf = (rounds: number, cpuSeconds: number, wallSeconds: number): Slot => ({
  from: { rounds: 500, cpuSeconds: 3, wallSeconds: 70 },
  to: { rounds: 500 + rounds, cpuSeconds: 3 + cpuSeconds, wallSeconds: 70 + wallSeconds },
});

describe('the slowdown of a target', () => {
  it('is what it gets done less, by its own CPU time and by the clock', () => {
    const { perCpuSecond, perWallSecond } = slowdownOf(slotOf(1000, 1, 1), slotOf(495, 0.5, 1));
    expect(perCpuSecond).toBeCloseTo(1, 9);
    expect(perWallSecond).toBeCloseTo(50.5, 9);
  });

  it('is below 0 where it gets more done', () => {
    expect(slowdownOf(slotOf(1000, 1, 1), slotOf(1010, 1, 1)).perCpuSecond).toBeCloseTo(-1, 9);
  });

  it('is the median of pairs, with an interval that one odd pair does not widen', () => {
    const pairs = [1, 1.1, 0.9, 1, 1.05, 0.95, 1, 1.1, 0.9, 40].map((value) => ({
      perCpuSecond: value,
      perWallSecond: value,
    }));
    const { perCpuSecond, pairs: count } = summarizeSlowdown(pairs);
    expect(count).toBe(10);
    expect(perCpuSecond.value).toBeCloseTo(1, 9);
    expect(perCpuSecond.low).toBeGreaterThanOrEqual(0.9);
    expect(perCpuSecond.high).toBeLessThan(2);
  });
});
