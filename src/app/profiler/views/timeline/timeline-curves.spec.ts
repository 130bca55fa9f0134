import { describe, expect, it } from 'vitest';
import type { Timeline, TimelineSeriesId } from '#trace/analysis/timeline.ts';
import { microseconds, unixMilliseconds } from '#trace/contract/units.ts';
import {
  buildNvd3Series,
  computePercentLimit,
  computeTimeTicks,
  describeMoment,
  formatTimeTick,
  isSameTimeline,
  selectCurves,
} from './timeline-curves.ts';

const makeTimeline = (percents: Partial<Record<TimelineSeriesId, readonly number[]>>): Timeline => ({
  binWidth: microseconds(1_000_000),
  times: Float64Array.of(0, 500_000),
  series: Object.entries(percents).map(([id, percent]) => ({
    id: id as TimelineSeriesId,
    percent: Float64Array.from(percent),
    absolute: Float64Array.from(percent, (value) => value * 10_000),
  })),
});
const range = (start: number, end: number) => ({ start: microseconds(start), end: microseconds(end) });

describe('curves of the timeline', () => {
  it('are CPU, memory and load of the target', () => {
    const timeline = makeTimeline({ masterCpu: [10, 20], machineCpu: [1, 2], memory: [5, 5], load: [50, 60] });
    const curves = selectCurves(timeline);
    expect(curves.map(({ name }) => name)).toEqual(['CPU', 'Memory', 'Load']);
    expect(buildNvd3Series(timeline, curves)[0]?.values).toEqual([
      { x: 0, y: 10 },
      { x: 500_000, y: 20 },
    ]);
  });

  it("are the machine's where the recording knows nothing else", () => {
    const curves = selectCurves(makeTimeline({ masterCpu: [NaN, NaN], machineCpu: [1, 2], load: [NaN, NaN] }));
    expect(curves.map(({ name }) => name)).toEqual(['CPU of the machine', 'Load']);
  });

  it('fit an axis up to 100 %, or further where several cores are busy', () => {
    expect(computePercentLimit(selectCurves(makeTimeline({ masterCpu: [10, 104] })))).toBe(100);
    expect(computePercentLimit(selectCurves(makeTimeline({ masterCpu: [10, 250] })))).toBe(300);
  });

  it('need no drawing again where an answer brings the same ones', () => {
    const timeline = makeTimeline({ masterCpu: [10, NaN] });
    expect(isSameTimeline(timeline, makeTimeline({ masterCpu: [10, NaN] }))).toBe(true);
    expect(isSameTimeline(timeline, makeTimeline({ masterCpu: [10, 11] }))).toBe(false);
    expect(isSameTimeline(timeline, undefined)).toBe(false);
  });

  it('say of the load that it is the time in which the main thread was not idle', () => {
    const timeline = makeTimeline({ load: [0, 50] });
    const values = [0, 500_000].map(
      (at) => describeMoment(timeline, selectCurves(timeline), at, undefined).rows[0]?.value,
    );
    expect(values).toEqual([
      '0 % of the time busy or blocked (main thread), 0 s a second',
      '50 % of the time busy or blocked (main thread), 500 ms a second',
    ]);
  });

  it('say under the pointer what the percentage is of, and the absolute value', () => {
    const timeline = makeTimeline({ masterCpu: [38, 20], load: [NaN, 50] });
    const text = describeMoment(timeline, selectCurves(timeline), 0, unixMilliseconds(0));
    expect(text.moment).toMatch(/^0:00\.000, \d?\d:\d\d:\d\d/);
    expect(text.rows).toEqual([
      { kind: 'cpu', name: 'CPU', value: '38 % of one core, 380 ms a second' },
      { kind: 'load', name: 'Load', value: 'not known' },
    ]);
  });
});

describe('marks of the time axis', () => {
  it('stand at distances people count in', () => {
    expect(computeTimeTicks(range(0, 95_000_000), 640)).toEqual({
      values: [0, 15, 30, 45, 60, 75, 90].map((seconds) => seconds * 1_000_000),
      step: 15_000_000,
    });
    expect(computeTimeTicks(range(0, 7_200_000_000), 320).step).toBe(1_800_000_000);
  });

  it('stay few however long the recording', () => {
    expect(computeTimeTicks(range(0, 30 * 86_400_000_000), 800).values.length).toBeLessThanOrEqual(12);
  });

  it('have the decimals they need', () => {
    expect(formatTimeTick(7_250_000, 1_000_000)).toBe('0:07');
    expect(formatTimeTick(7_250_000, 500_000)).toBe('0:07.2');
    expect(formatTimeTick(7_250_000, 10_000)).toBe('0:07.250');
  });
});
