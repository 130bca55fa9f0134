import { describe, expect, it } from 'vitest';
import { choose, parsePositive, parsePositives } from './bench-options.ts';

describe('the options of a bench', () => {
  it('name parts, or say which there are', () => {
    expect(choose(['rates', 'slowdown'], 'slowdown,rates')).toEqual(['slowdown', 'rates']);
    expect(() => choose(['rates', 'slowdown'], 'rate')).toThrow('"rate" is not one of: rates, slowdown');
    expect(() => choose(['rates', 'slowdown'], '')).toThrow('not one of');
  });

  it('give numbers above 0', () => {
    expect(parsePositive('0.5')).toBe(0.5);
    expect(parsePositives('30,100')).toEqual([30, 100]);
    for (const text of ['0', '-1', '', 'x', 'Infinity']) expect(() => parsePositive(text)).toThrow('above 0');
  });
});
