import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { applyKey } from './range-keys.ts';

const range = (start: number, end: number) => ({ start: microseconds(start), end: microseconds(end) });
const viewport = range(0, 1000);
const press = (key: string, selected?: ReturnType<typeof range>, shiftKey = false) =>
  applyKey({ key, shiftKey }, selected, viewport);

describe('keys of the range brush', () => {
  it('move the range, and stop at the ends of the view', () => {
    expect(press('ArrowRight', range(100, 300))).toEqual(range(110, 310));
    expect(press('PageUp', range(50, 250))).toEqual(range(0, 200));
    expect(press('End', range(100, 300))).toEqual(range(800, 1000));
  });

  it('resize it with Shift, but never to nothing', () => {
    expect(press('ArrowRight', range(100, 300), true)).toEqual(range(100, 310));
    expect(press('PageUp', range(100, 150), true)).toEqual(range(100, 110));
  });

  it('make a first range where there is none', () => {
    expect(press('ArrowRight')).toEqual(range(0, 100));
  });

  it('take the range away with Escape, and leave Escape to others where there is none', () => {
    expect(press('Escape', range(1, 2))).toBe('clear');
    expect(press('Escape')).toBeUndefined();
    expect(press('a', range(1, 2))).toBeUndefined();
  });
});
