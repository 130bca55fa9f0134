import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import type { ThreadLaneRow } from '../../shared/analysis-messages.ts';
import { buildTimeScale } from '../../shared/plot-geometry.ts';
import { drawAreas, isSameLane, LANE_HEIGHT, placeBar, shareOf } from './lane-shapes.ts';

const lane = (running: number[], waiting: number[] = running.map(() => 0)): ThreadLaneRow => ({
  thread: 0,
  name: 'main',
  running: Uint8Array.from(running),
  runnable: Uint8Array.from(running, () => 0),
  waiting: Uint8Array.from(waiting),
});

describe('the lane of a thread', () => {
  it('is drawn as one rectangle for equal neighbours, with nothing where the thread did nothing', () => {
    expect(drawAreas(lane([255, 255, 0, 51]))).toEqual({
      running: `M0 0h2v${LANE_HEIGHT}h-2zM3 11.2h1v2.8h-1z`,
      runnable: '',
      waiting: '',
    });
  });

  it('has what waited on top of what ran, and nothing above its top', () => {
    expect(drawAreas(lane([51, 255], [204, 1])).waiting).toBe('M0 0h1v11.2h-1zM1 0h1v0h-1z');
  });

  it('tells the share of the time shown', () => {
    expect(shareOf(Uint8Array.from([255, 0, 255, 0]))).toBe(0.5);
    expect(shareOf(new Uint8Array(0))).toBe(0);
  });

  it('is the same as another only with the same shares', () => {
    expect(isSameLane(lane([1, 2]), lane([1, 2]))).toBe(true);
    expect(isSameLane(lane([1, 2]), lane([1, 3]))).toBe(false);
    expect(isSameLane(lane([1]), lane([1, 2]))).toBe(false);
  });
});

describe('a bar', () => {
  const scale = buildTimeScale({ start: microseconds(100), end: microseconds(200) }, 1000);

  it('lies where its time is, cut to the plot', () => {
    expect(placeBar(scale, { start: 120, end: 140 })).toEqual({ left: 200, width: 200 });
    expect(placeBar(scale, { start: 0, end: 110 })).toEqual({ left: 0, width: 100 });
  });

  it('is wide enough to be hit, within the plot', () => {
    expect(placeBar(scale, { start: 150, end: 150 })).toEqual({ left: 500, width: 3 });
    expect(placeBar(scale, { start: 200, end: 300 })).toEqual({ left: 997, width: 3 });
  });
});
