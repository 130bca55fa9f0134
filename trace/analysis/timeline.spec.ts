import { describe, expect, it } from 'vitest';
import { bytes, microseconds } from '../contract/units.ts';
import type { CounterRow } from '../contract/trace-lines.ts';
import { emptyChunk, modelFromText, modelOf, testHeader, traceFromText } from '../testing/trace-from-text.ts';
import { binSteps, chooseBins } from './time-bins.ts';
import { computeTimeline, type Timeline, type TimelineSeriesId } from './timeline.ts';
import type { TraceModel } from '../model/trace-model.ts';

const SECOND = 1_000_000;
const rangeOf = (start: number, end: number) => ({ start: microseconds(start), end: microseconds(end) });

/** A trace of counters alone. */
const countersOnly = (...rows: { [Field in keyof CounterRow]: number }[]): TraceModel =>
  modelOf([testHeader(), { ...emptyChunk(0), counters: rows as unknown as CounterRow[] }]);

const seriesOf = (timeline: Timeline, id: TimelineSeriesId) => timeline.series.find((series) => series.id === id)!;

/** Time in seconds and percent of each point that is no gap, without repetitions. */
const pointsOf = (timeline: Timeline, id: TimelineSeriesId): string[] => {
  const { percent } = seriesOf(timeline, id);
  return Array.from(percent, (value, point) => [value, timeline.times[point]! / SECOND] as const)
    .filter(([value], point) => point === 0 || !Object.is(value, percent[point - 1]))
    .map(([value, time]) => `${time.toFixed(1)} s ${Math.round(value)} %`);
};

describe('the timeline', () => {
  it("shows the master's CPU as differences of its totals, in percent of one core", () => {
    const model = countersOnly(
      { at: 0, targetUserCpu: 5_000_000, targetSystemCpu: 1_000_000 },
      { at: SECOND, targetUserCpu: 5_500_000, targetSystemCpu: 1_250_000 },
      { at: 2 * SECOND, targetUserCpu: 6_900_000, targetSystemCpu: 1_350_000 },
    );
    const timeline = computeTimeline(model, { range: rangeOf(0, 2 * SECOND), maxPoints: 100 });
    expect(pointsOf(timeline, 'masterCpu')).toEqual(['0.0 s 75 %', '1.0 s 150 %']);
    expect(seriesOf(timeline, 'masterCpu').absolute[0]).toBe(750_000);
  });

  it("shows the machine's CPU in percent of all cores, and memory in percent of the machine's and in bytes", () => {
    const gigabyte = 2 ** 30;
    const memory = {
      machineMemoryTotal: bytes(4 * gigabyte),
      machineMemoryUsed: 2 * gigabyte,
      targetResident: gigabyte,
    };
    const model = countersOnly(
      { at: 0, machineBusyCpu: 100, machineTotalCpu: 400, ...memory },
      { at: SECOND, machineBusyCpu: 1_000_100, machineTotalCpu: 4_000_400, ...memory },
    );
    const timeline = computeTimeline(model, { maxPoints: 10 });
    expect(pointsOf(timeline, 'machineCpu').slice(0, 1)).toEqual(['0.0 s 25 %']);
    expect(pointsOf(timeline, 'machineMemory').slice(0, 1)).toEqual(['0.0 s 50 %']);
    expect(pointsOf(timeline, 'memory').slice(0, 1)).toEqual(['0.0 s 25 %']);
    expect(seriesOf(timeline, 'memory').absolute[0]).toBe(gigabyte);
  });

  it('shows the share of ticks at which the main thread was not idle; lost ticks count neither way', () => {
    const model = modelFromText(`
      main
        27 idle      run > poll
        40 running   run > work
        11 lostTorn
        20 idle      run > poll
      pool
        98 waiting   loop
    `);
    // Steps of 262.144 ms: 27 ticks each. The second has 26 ticks, all running; the third 14 running, 11 lost and 1 idle.
    const points = pointsOf(computeTimeline(model, { maxPoints: 1000 }), 'load');
    expect(points).toEqual(['0.0 s 0 %', '0.3 s 100 %', '0.5 s 93 %', '0.8 s 0 %']);
  });

  it('shows the load that the sampler has counted where the mode left ticks out', () => {
    const [header, chunk] = traceFromText('main\n  30 running  run', { mode: 'virtual' });
    const losses = { ...emptyChunk(0).losses, ticksAsked: 120, ticksTaken: 120, ticksLeftOut: 90 };
    const counters = [0, 0.25, 0.75].map((reactorLoad, second) => ({ at: microseconds(second * SECOND), reactorLoad }));
    const model = modelOf([header!, { ...(chunk as ReturnType<typeof emptyChunk>), losses, counters }]);
    expect(pointsOf(computeTimeline(model, { maxPoints: 1000 }), 'load')).toEqual(['0.0 s 25 %', '1.0 s 75 %']);
  });

  it('counts ticks that the mode left out as idle ones where nobody has counted', () => {
    const [header, chunk] = traceFromText('main\n  30 running  run', { mode: 'virtual' });
    // Of 120 ticks asked for in 1.2 s, 60 were taken, and every second of those left out.
    const losses = { ...emptyChunk(0).losses, ticksAsked: 120, ticksTaken: 60, ticksLeftOut: 30 };
    const ticks = Array.from({ length: 30 }, (_, tick) => (tick === 0 ? 0 : 40_000));
    const model = modelOf([header!, { ...(chunk as ReturnType<typeof emptyChunk>), ticks, losses }]);
    const { percent } = seriesOf(computeTimeline(model, { maxPoints: 1000 }), 'load');
    const known = percent.filter((value) => !Number.isNaN(value));
    expect(known.length).toBeGreaterThan(0);
    expect(known.every((value) => value > 45 && value < 60)).toBe(true);
  });

  it('has a gap where a counter could not be read, or fell', () => {
    const model = countersOnly(
      { at: 0, samplerCpu: 0 },
      { at: SECOND, samplerCpu: 20_000 },
      { at: 2 * SECOND },
      { at: 3 * SECOND, samplerCpu: 40_000 },
      { at: 4 * SECOND, samplerCpu: 50_000 },
      { at: 5 * SECOND, samplerCpu: 10_000 },
    );
    const timeline = computeTimeline(model, { range: rangeOf(0, 5 * SECOND), maxPoints: 1000 });
    expect(pointsOf(timeline, 'samplerCpu')).toEqual(['0.0 s 2 %', '1.0 s NaN %', '3.0 s 1 %', '4.0 s NaN %']);
    expect(seriesOf(timeline, 'masterCpu').percent.every(Number.isNaN)).toBe(true);
  });

  it('keeps a spike of one step however many are thinned out around it', () => {
    const rows = Array.from({ length: 5000 }, (_, row) => ({
      at: row * 100_000,
      targetUserCpu: row * 10_000 + (row > 3333 ? 80_000 : 0),
      targetSystemCpu: 0,
    }));
    const timeline = computeTimeline(countersOnly(...rows), { maxPoints: 40 });
    expect(timeline.times.length).toBeLessThanOrEqual(40);
    const { percent } = seriesOf(timeline, 'masterCpu');
    expect(Math.round(Math.max(...percent.filter((value) => !Number.isNaN(value))))).toBe(90);
    expect(Math.round(Math.min(...percent.filter((value) => !Number.isNaN(value))))).toBe(10);
  });

  it('moves no old point when the trace grows, until its bins double', () => {
    const rows = Array.from({ length: 1000 }, (_, row) => ({
      at: row * 100_000,
      targetUserCpu: row * 10_000 + (row % 7) * 900,
      targetSystemCpu: 0,
    }));
    const timelineOf = (count: number): Timeline =>
      computeTimeline(countersOnly(...rows.slice(0, count)), { maxPoints: 64 });
    const widths = new Set<number>();
    let compared = 0;
    for (let count = 100; count < 1000; count += 50) {
      const [before, after] = [timelineOf(count), timelineOf(count + 50)];
      widths.add(before.binWidth);
      if (before.binWidth === after.binWidth) {
        // The newest bin may still change.
        const settled = before.times.length - 4;
        expect(after.times.slice(0, settled)).toEqual(before.times.slice(0, settled));
        expect(seriesOf(after, 'masterCpu').percent.slice(0, settled)).toEqual(
          seriesOf(before, 'masterCpu').percent.slice(0, settled),
        );
        compared++;
      } else {
        expect(after.binWidth).toBe(before.binWidth * 2);
      }
    }
    expect(compared).toBeGreaterThan(10);
    expect(widths.size).toBeGreaterThan(2);
  });

  it('takes no more memory for times that lie', () => {
    const [header, chunk] = traceFromText('main\n  2 running run', { frequencyHz: 1_000_000 });
    const ticks = [0, Number.MAX_SAFE_INTEGER];
    const model = modelOf([header!, { ...(chunk as ReturnType<typeof emptyChunk>), ticks }]);
    const timeline = computeTimeline(model, { maxPoints: 100 });
    expect(timeline.times.length).toBeLessThanOrEqual(100);
    expect(seriesOf(timeline, 'load').percent[0]).toBe(100);
  });

  it('is empty for a trace without lines of its own', () => {
    const timeline = computeTimeline(modelOf([testHeader()]), { maxPoints: 100 });
    expect(timeline.series.every(({ percent }) => percent.every(Number.isNaN))).toBe(true);
  });
});

describe('bins', () => {
  it('are never more than asked for, whatever the range', () => {
    for (const [start, end, maxPoints] of [
      [0, 10, 2],
      [0, 86_400 * SECOND, 1000],
      [12_345, 12_346, 0],
      [2 ** 40 - 5, 2 ** 40 + 5, 2],
      [500, 100, 10],
    ] as const) {
      const { count } = chooseBins(rangeOf(start, end), maxPoints);
      expect(count).toBeLessThanOrEqual(Math.max(2, maxPoints / 2));
    }
  });

  it('show the lowest and the highest value in the order in which they came', () => {
    const steps = {
      starts: Float64Array.of(0, 100, 200, 1024),
      ends: Float64Array.of(100, 200, 1024, 3000),
      percent: Float64Array.of(5, 9, 1, 4),
      absolute: Float64Array.of(50, 90, 10, 40),
      length: 4,
    };
    const { percent, absolute } = binSteps(steps, chooseBins(rangeOf(0, 4096), 8));
    expect([...percent]).toEqual([9, 1, 4, 4, 4, 4, Number.NaN, Number.NaN]);
    expect([...absolute]).toEqual([90, 10, 40, 40, 40, 40, Number.NaN, Number.NaN]);
  });
});
