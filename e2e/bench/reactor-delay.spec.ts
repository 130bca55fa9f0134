import { expect, test } from 'vitest';
import { delaysIn, isWithinNoise, parseDelays, quantile, summarizeDelays, worst } from './reactor-delay.ts';

const numbers = (count: number, offset = 0): number[] => Array.from({ length: count }, (_, index) => index + offset);

test('lines are read up to the last whole one', () => {
  expect(parseDelays('1.5 0.001\n2.5 0.002\n3.5 0.0')).toEqual([
    { due: 1.5, late: 0.001 },
    { due: 2.5, late: 0.002 },
  ]);
  expect(parseDelays('')).toEqual([]);
  expect(() => parseDelays('late\n')).toThrow('"late" is no delay');
});

test('a block has what was due in it, its begin included and its end not', () => {
  const delays = [1, 2, 3, 4].map((due) => ({ due, late: due / 10 }));
  expect(delaysIn(delays, { from: 2, to: 4 })).toEqual([0.2, 0.3]);
});

test('a quantile is a number that was there, by the nearest rank', () => {
  expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 1), quantile([5], 0.01)]).toEqual([2, 3, 5]);
  expect(worst(numbers(1000, 1))).toBe(990);
  expect(quantile([], 0.5)).toBeNaN();
});

test('what a load adds is told pair by pair, so that a master that gets slower meanwhile does not count', () => {
  const pairs = [0, 100, 200].map((drift) => ({ plain: numbers(100, drift), loaded: numbers(100, drift + 5) }));
  const { worstDifference, plainMedian, loadedMedian } = summarizeDelays(pairs);
  expect(worstDifference).toEqual({ value: 5, low: 5, high: 5 });
  expect(loadedMedian - plainMedian).toBe(5);
});

test('it is noise as long as two blocks without it may differ as much', () => {
  const pairsWith = (differences: readonly number[]) =>
    summarizeDelays(differences.map((difference) => ({ plain: numbers(100), loaded: numbers(100, difference) })));
  const control = pairsWith([-2, -1, 0, 1, 2]);
  expect(isWithinNoise(pairsWith([-1, 0, 1, 2, 3]), control)).toBe(true);
  expect(isWithinNoise(pairsWith([-9, -9, -9, -9, -9]), control)).toBe(true);
  expect(isWithinNoise(pairsWith([7, 8, 9, 10, 11]), control)).toBe(false);
});
