import { describe, expect, it } from 'vitest';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { classifyStates, selectTicks } from './state-classifier.ts';
import { TickColumns } from './tick-columns.ts';

const MILLISECOND = 1_000_000;

interface Reading {
  readonly state: ThreadState;
  readonly gil?: GilState;
  readonly seenOnCpu?: boolean;
  /** Milliseconds. */
  readonly cpu?: number;
  readonly delay?: number;
  readonly slices?: number;
  readonly user?: number;
  readonly system?: number;
}

function columnsOf(readings: readonly Reading[]): TickColumns {
  const columns = new TickColumns();
  for (const reading of readings) {
    const row = columns.addRow();
    columns.states[row] = reading.state;
    columns.gil[row] = reading.gil ?? GilState.neither;
    columns.seenOnCpu[row] = reading.seenOnCpu === true ? 1 : 0;
    columns.cpu[row] = (reading.cpu ?? 0) * MILLISECOND;
    columns.runDelay[row] = (reading.delay ?? 0) * MILLISECOND;
    columns.timeSlices[row] = reading.slices ?? 0;
    columns.userTime[row] = reading.user ?? 0;
    columns.systemTime[row] = reading.system ?? 0;
  }
  return columns;
}

const { running, runnable, waiting } = ThreadState;
const everyTenMilliseconds = Float64Array.from({ length: 20 }, (_, tick) => tick * 10_000);
const everyMillisecond = Float64Array.from({ length: 20 }, (_, tick) => tick * 1000);

function classify(readings: readonly Reading[], times = everyTenMilliseconds): number[] {
  const columns = columnsOf(readings);
  classifyStates(columns, readings.length - 1, times);
  return [...columns.states.subarray(0, readings.length - 1)];
}

describe('classifyStates', () => {
  it('takes a thread that holds the GIL for running, whatever delay is charged later', () => {
    const states = classify([
      { state: running, gil: GilState.holds, cpu: 0, delay: 0 },
      { state: waiting, cpu: 3, delay: 2, slices: 1 },
    ]);
    expect(states).toEqual([running]);
  });

  it('takes a woken sleeper that waits for a CPU for runnable, although it computes before the next tick', () => {
    const states = classify([
      { state: running, cpu: 0, delay: 0, slices: 5 },
      { state: waiting, cpu: 3, delay: 1, slices: 6 },
    ]);
    expect(states).toEqual([runnable]);
  });

  it('takes a thread that was seen on a CPU for running, although it waits long for one when it wakes', () => {
    const states = classify([
      { state: running, seenOnCpu: true, cpu: 3, delay: 0, slices: 5 },
      { state: waiting, cpu: 4, delay: 1, slices: 6 },
    ]);
    expect(states).toEqual([running]);
  });

  it('takes C code that runs without the GIL for running, between two steps of the CPU clock, too', () => {
    const states = classify(
      [
        { state: running, cpu: 8, delay: 1, slices: 5 },
        { state: running, cpu: 8, delay: 1, slices: 5 },
        { state: running, cpu: 12, delay: 1, slices: 5 },
      ],
      everyMillisecond,
    );
    expect(states).toEqual([running, running]);
  });

  it('takes a thread that is still waiting at the next tick for runnable at both', () => {
    const woken = { state: running, cpu: 8, delay: 1, slices: 5 };
    const ran = { state: waiting, cpu: 11, delay: 15, slices: 6 };
    expect(classify([woken, woken, woken, ran])).toEqual([runnable, runnable, runnable]);
  });

  it('takes a thread of which no clock moved for a long time for runnable', () => {
    const slow = Float64Array.of(0, 30_000, 60_000);
    const starved = { state: running, cpu: 8, delay: 1, slices: 5 };
    expect(classify([starved, starved, { ...starved, delay: 61, slices: 6 }], slow)).toEqual([runnable, runnable]);
  });

  it('leaves sleeping threads as they are', () => {
    expect(classify([{ state: waiting }, { state: waiting, delay: 5 }])).toEqual([waiting]);
  });
});

describe('selectTicks', () => {
  const select = (mode: 'real' | 'virtual' | 'prof', readings: readonly Reading[]): number[] => {
    const kept = new Uint8Array(readings.length);
    selectTicks(mode, [columnsOf(readings)], readings.length - 1, everyTenMilliseconds, kept);
    return [...kept.subarray(0, readings.length - 1)];
  };

  it('keeps every tick in mode real', () => {
    expect(select('real', [{ state: waiting }, { state: running }, { state: waiting }])).toEqual([1, 1]);
  });

  it('keeps the ticks with a running thread in mode prof', () => {
    expect(select('prof', [{ state: waiting }, { state: running }, { state: runnable }, { state: waiting }])).toEqual([
      0, 1, 0,
    ]);
  });

  it('leaves out ticks in which only system time went up in mode virtual', () => {
    const readings = [
      { state: running, user: 1, system: 1 },
      { state: running, user: 1, system: 2 },
      { state: running, user: 1, system: 3 },
      { state: running, user: 1, system: 4 },
    ];
    expect(select('virtual', readings)).toEqual([0, 0, 0]);
  });

  it('keeps ticks that the coarse clocks cannot decide in mode virtual', () => {
    const undecided = { state: running, user: 1, system: 1 };
    expect(select('virtual', [undecided, undecided, undecided])).toEqual([1, 1]);
  });
});
