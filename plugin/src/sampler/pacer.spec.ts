import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { Pacer } from './pacer.ts';

const at = (value: number): ReturnType<typeof microseconds> => microseconds(value);

describe('Pacer', () => {
  it('asks for one tick in each period, at the place the random number says', () => {
    const places = [0, 0.5, 0.25];
    const pacer = new Pacer(100, () => places.shift() ?? 0);
    expect([pacer.nextDeadline(at(0)), pacer.nextDeadline(at(10)), pacer.nextDeadline(at(15_000))]).toEqual([
      0, 15_000, 22_500,
    ]);
  });

  it('skips periods that have passed and counts their ticks as asked for', () => {
    const pacer = new Pacer(100, () => 0.5);
    pacer.nextDeadline(at(0));
    pacer.begin(at(5000));
    expect(pacer.ticksAsked).toBe(1);
    expect(pacer.nextDeadline(at(47_000))).toBe(45_000);
    pacer.begin(at(47_000));
    expect(pacer.ticksAsked).toBe(5);
  });

  it('never asks for two ticks in one period, however early the first was', () => {
    const pacer = new Pacer(1000, () => 0);
    expect(pacer.nextDeadline(at(0))).toBe(0);
    expect(pacer.nextDeadline(at(1))).toBe(1000);
    expect(pacer.nextDeadline(at(1001))).toBe(2000);
  });

  it('counts a tick as late when it begins more than half a period after its deadline', () => {
    const pacer = new Pacer(100, () => 0);
    pacer.nextDeadline(at(0));
    pacer.begin(at(5000));
    expect(pacer.ticksLate).toBe(0);
    pacer.nextDeadline(at(5000));
    pacer.begin(at(15_001));
    expect(pacer.ticksLate).toBe(1);
  });

  it('spreads its places evenly over the period', () => {
    const pacer = new Pacer(100);
    let sum = 0;
    const count = 10_000;
    for (let slot = 0; slot < count; slot++) sum += pacer.nextDeadline(at(slot * 10_000)) / 10_000 - slot;
    // Standard error of a uniform mean over 10,000: 0.0029.
    expect(sum / count).toBeGreaterThan(0.48);
    expect(sum / count).toBeLessThan(0.52);
  });
});
