import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { chooseGrip, dragRange } from './brush-gesture.ts';
import type { TimeAxis } from './time-axis.ts';

const span = (start: number, end: number) => ({ start: microseconds(start), end: microseconds(end) });

/** A pixel is ten microseconds. */
const AXIS: TimeAxis = { viewport: span(0, 10_000), width: 1000 };
const RANGE = span(2000, 4000);

describe('a hand on the time axis', () => {
  it('takes hold of the edge that is near, else of the range it is in', () => {
    const gripAt = (x: number) => chooseGrip(AXIS, RANGE, x);
    expect([197, 203, 300, 397, 405, 500].map(gripAt)).toEqual(['start', 'start', 'whole', 'end', 'end', 'nothing']);
    expect(chooseGrip(AXIS, undefined, 300)).toBe('nothing');
  });

  it('selects from where it was put down to where it is, in either direction', () => {
    const drag = { grip: 'nothing', range: RANGE } as const;
    expect(dragRange(AXIS, { ...drag, from: 500, to: 700 })).toEqual(span(5000, 7000));
    expect(dragRange(AXIS, { ...drag, from: 700, to: 500 })).toEqual(span(5000, 7000));
  });

  it('takes the range away where it hardly moves', () => {
    expect(dragRange(AXIS, { grip: 'nothing', range: RANGE, from: 500, to: 501 })).toBeUndefined();
  });

  it('moves one edge, also past the other, and never makes the range vanish', () => {
    const drag = { grip: 'start', range: RANGE, from: 200 } as const;
    expect(dragRange(AXIS, { ...drag, to: 100 })).toEqual(span(1000, 4000));
    expect(dragRange(AXIS, { ...drag, to: 600 })).toEqual(span(4000, 6000));
    expect(dragRange(AXIS, { ...drag, to: 400 })).toEqual(RANGE);
  });

  it('moves all of it, as far as the axis goes', () => {
    const drag = { grip: 'whole', range: RANGE, from: 300 } as const;
    expect(dragRange(AXIS, { ...drag, to: 350 })).toEqual(span(2500, 4500));
    expect(dragRange(AXIS, { ...drag, to: 5000 })).toEqual(span(8000, 10_000));
  });
});
