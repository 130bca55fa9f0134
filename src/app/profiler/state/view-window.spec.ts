import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { computeViewWindow, type WindowInput } from './view-window.ts';

const SECOND = 1_000_000;
const range = (start: number, end: number) => ({
  start: microseconds(start * SECOND),
  end: microseconds(end * SECOND),
});
const compute = (input: Partial<WindowInput> & { seconds: number }) =>
  computeViewWindow({
    duration: microseconds(input.seconds * SECOND),
    isLive: false,
    isFollowing: true,
    viewport: undefined,
    range: undefined,
    ...input,
  });

describe('window of time', () => {
  it('is the whole of a finished trace, and no range is cut out of it', () => {
    expect(compute({ seconds: 95 })).toEqual({
      bounds: range(0, 95),
      viewport: range(0, 95),
      range: undefined,
      isSliding: false,
    });
  });

  it('fills from the left while a recording is young', () => {
    expect(compute({ seconds: 3, isLive: true })).toMatchObject({ viewport: range(0, 10), range: undefined });
    expect(compute({ seconds: 30, isLive: true })).toMatchObject({ viewport: range(0, 30), range: undefined });
  });

  it('slides along with a live recording that is followed', () => {
    expect(compute({ seconds: 95, isLive: true })).toMatchObject({ viewport: range(35, 95), range: range(35, 95) });
  });

  it('stands still once the user has chosen a range', () => {
    const window = compute({
      seconds: 95,
      isLive: true,
      isFollowing: false,
      viewport: range(10, 70),
      range: range(20, 30),
    });
    expect(window).toMatchObject({ viewport: range(10, 70), range: range(20, 30) });
  });

  it('shows everything where the zoomed part is not in the trace', () => {
    expect(compute({ seconds: 5, viewport: range(50, 60) }).viewport).toEqual(range(0, 5));
  });
});
