import { describe, expect, it } from 'vitest';
import { computeGrowth, type MemorySample } from './memory-growth.ts';
import { seededRandom } from './statistics.ts';

const MEBIBYTE = 1024 * 1024;
const MINUTES = 30;

/** A process that grows for five minutes, then by so much an hour, and that goes up and down by as much as collections of garbage make it. */
const samplesOf = (mebibytesAnHour: number): MemorySample[] => {
  const random = seededRandom(3);
  return Array.from({ length: MINUTES * 60 }, (_, seconds) => {
    const grown = 20 * Math.min(1, seconds / 300) + (mebibytesAnHour * seconds) / 3600;
    const anonymous = (40 + grown + 4 * random()) * MEBIBYTE;
    return { seconds, resident: anonymous + 50 * MEBIBYTE, anonymous };
  });
};

describe('the growth of a process', () => {
  it('is found, with an interval that holds it', () => {
    const { resident, anonymous } = computeGrowth(samplesOf(6), [], 5);
    for (const { value, low, high } of [resident, anonymous]) {
      expect(value / MEBIBYTE).toBeGreaterThan(5);
      expect(value / MEBIBYTE).toBeLessThan(7);
      expect(low).toBeGreaterThan(0);
      expect(low).toBeLessThan(6 * MEBIBYTE);
      expect(high).toBeGreaterThan(6 * MEBIBYTE);
    }
  });

  it('is none after warm-up in a process that only warms up', () => {
    const { resident } = computeGrowth(samplesOf(0), [], 5);
    expect(resident.low).toBeLessThan(0);
    expect(resident.high).toBeGreaterThan(0);
    expect(computeGrowth(samplesOf(0), [], 0).resident.low).toBeGreaterThan(0);
  });

  it('is shown of each heap, after full collections', () => {
    const heapAt = (heap: string, seconds: number, usedBytes: number) => ({ heap, seconds, usedBytes });
    const collections = [heapAt('a', 1, 9), heapAt('a', 301, 10), heapAt('b', 400, 5), heapAt('a', 900, 12)];
    expect(computeGrowth(samplesOf(0), collections, 5).heaps).toEqual([
      { first: 10, last: 12 },
      { first: 5, last: 5 },
    ]);
  });

  it('is not told of less than three minutes', () => {
    expect(() => computeGrowth(samplesOf(0), [], MINUTES - 2)).toThrow('three minutes');
  });
});
