import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { buildTimeScale, clampRange, computePlotWidth, shiftRange, zoomViewport } from './plot-geometry.ts';

const range = (start: number, end: number) => ({ start: microseconds(start), end: microseconds(end) });
const bounds = range(0, 10_000);

describe('geometry of the time axis', () => {
  it('maps the viewport onto the plot and back', () => {
    const scale = buildTimeScale(range(2000, 4000), 200);
    expect(scale(3000)).toBe(100);
    expect(scale.invert(50)).toBe(2500);
  });

  it('stays invertible without width and without duration', () => {
    expect(computePlotWidth(0)).toBe(1);
    expect(Number.isFinite(buildTimeScale(range(0, 0), 1).invert(1))).toBe(true);
  });

  it('keeps a range inside its bounds', () => {
    expect(clampRange(range(-5, 20_000), bounds)).toEqual(bounds);
    expect(clampRange(range(12_000, 13_000), bounds)).toEqual(range(10_000, 10_000));
  });

  it('stops a moved range at the bounds with its length kept', () => {
    expect(shiftRange(range(1000, 3000), -5000, bounds)).toEqual(range(0, 2000));
    expect(shiftRange(range(1000, 3000), 50_000, bounds)).toEqual(range(8000, 10_000));
  });

  it('zooms around the moment under the pointer', () => {
    const zoomed = zoomViewport(bounds, microseconds(2500), 0.5, bounds);
    expect(zoomed).toEqual(range(1250, 6250));
    expect(zoomViewport(zoomed, microseconds(2500), 100, bounds)).toEqual(bounds);
  });
});
