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
    const { anonymous, firstPeak, secondPeak } = computeGrowth(samplesOf(6), [], 5);
    expect(anonymous.value / MEBIBYTE).toBeGreaterThan(5);
    expect(anonymous.value / MEBIBYTE).toBeLessThan(7);
    expect(anonymous.low).toBeGreaterThan(0);
    expect(anonymous.low).toBeLessThan(6 * MEBIBYTE);
    expect(anonymous.high).toBeGreaterThan(6 * MEBIBYTE);
    expect(secondPeak - firstPeak).toBeGreaterThan(MEBIBYTE);
  });

  it('is none after warm-up in a process that only warms up', () => {
    const { anonymous } = computeGrowth(samplesOf(0), [], 5);
    expect(anonymous.low).toBeLessThan(0);
    expect(anonymous.high).toBeGreaterThan(0);
    expect(computeGrowth(samplesOf(0), [], 0).anonymous.value).toBeGreaterThan(anonymous.high);
  });

  it('is not seen in one whose memory goes up and down for minutes', () => {
    const samples = samplesOf(0).map(({ seconds, resident, anonymous }) => {
      const garbage = 60 * MEBIBYTE * ((seconds % 600) / 600);
      return { seconds, resident: resident + garbage, anonymous: anonymous + garbage };
    });
    const { anonymous } = computeGrowth(samples, [], 5);
    expect(anonymous.low).toBeLessThan(0);
    expect(anonymous.high).toBeGreaterThan(0);
  });

  it('is shown of what is live in each heap, until the recorder ends', () => {
    const heapAt = (heap: string, minutes: number, usedBytes: number) => ({ heap, seconds: 60 * minutes, usedBytes });
    const collections = [
      heapAt('a', 1, 3),
      ...[6, 12, 18, 24].map((minutes) => heapAt('a', minutes, 10 + minutes / 6)),
      heapAt('b', 10, 5),
      heapAt('a', MINUTES, 1),
    ];
    const [a, b] = computeGrowth(samplesOf(0), collections, 5).heaps;
    expect(a).toMatchObject({ first: 11, last: 14 });
    expect(a?.growth.value).toBeCloseTo(10, 9);
    expect(b).toMatchObject({ first: 5, last: 5, growth: { value: NaN } });
  });

  it('is not told of less than two minutes', () => {
    expect(() => computeGrowth(samplesOf(0), [], MINUTES - 1)).toThrow('2 minutes');
  });
});
