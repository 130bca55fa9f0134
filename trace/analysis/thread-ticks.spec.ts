import { describe, expect, it } from 'vitest';
import { GilState, ThreadState } from '../contract/thread-state.ts';
import { microseconds } from '../contract/units.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import { computeRangeStatistics, computeThreadTicks } from './thread-ticks.ts';

const DRAWING = `
  main cpu=12ms
    3 running+gil  run
    1 lostTorn
    2 idle         run > poll
  ---
  main cpu=5ms
    4 idle         run > poll
  pool
    1 waiting?gil  loop
    3 absent
`;

describe('thread ticks', () => {
  it('say how often a thread was in each state; a thread was absent in chunks that do not know it', () => {
    const [main, pool] = computeThreadTicks(modelFromText(DRAWING));
    expect(main!.stateTicks[ThreadState.running]).toBe(3);
    expect(main!.stateTicks[ThreadState.idle]).toBe(6);
    expect(main!.stateTicks[ThreadState.lostTorn]).toBe(1);
    expect(main!.gilTicks[GilState.holds]).toBe(3);
    expect(pool!.stateTicks[ThreadState.waiting]).toBe(1);
    expect(pool!.stateTicks[ThreadState.absent]).toBe(9);
    expect(pool!.gilTicks[GilState.wants]).toBe(1);
  });

  it('tell the CPU time that ticks stand for from the one that none stands for', () => {
    const [main] = computeThreadTicks(modelFromText(DRAWING));
    expect([main!.cpu, main!.unattributedCpu]).toEqual([12_000, 5_000]);
  });

  it('are cut by a range, whose ends are in it and not in it', () => {
    const statistics = computeRangeStatistics(modelFromText(DRAWING), {
      start: microseconds(20_000),
      end: microseconds(70_000),
    });
    expect(statistics.tickCount).toBe(5);
    expect(statistics.duration).toBe(50_000);
    const [main, pool] = statistics.threads;
    expect(main!.stateTicks[ThreadState.running]).toBe(1);
    expect(main!.stateTicks[ThreadState.idle]).toBe(3);
    expect(main!.cpu).toBe(4_000);
    expect(pool!.stateTicks).toEqual([4, 0, 0, 1, 0, 0, 0]);
  });
});
