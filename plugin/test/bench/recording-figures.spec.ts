import { describe, expect, it } from 'vitest';
import type { TraceChunk } from '#trace/contract/trace-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { computeFigures } from './recording-figures.ts';

/** One chunk a second, whose counters are read at its end; the sampler uses 50 ms of CPU in the first second, then 10 ms each. */
const chunkOf = (second: number): TraceChunk => ({
  kind: 'chunk',
  sequence: second,
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
  threads: [],
  ticks: [],
  runs: [],
  counters: [
    {
      at: microseconds((second + 1) * 1e6),
      samplerCpu: microseconds(50_000 + second * 10_000),
      targetUserCpu: microseconds(second * 600_000),
      targetSystemCpu: microseconds(second * 100_000),
    },
  ],
  events: [],
  losses: {
    ticksAsked: 100,
    ticksTaken: second === 0 ? 40 : 98,
    ticksLate: 2,
    ticksLeftOut: 0,
    stacksRetried: 3,
    stacksTorn: second === 0 ? 50 : 0,
    stacksUnreadable: 1,
  },
});

describe('the figures of a recording', () => {
  it('are those after warm-up', () => {
    const figures = computeFigures([0, 1, 2, 3, 4].map(chunkOf), 1);
    expect(figures.samplerCpuPercent).toBeCloseTo(1, 9);
    expect(figures.targetCpuPercent).toBeCloseTo(70, 9);
    expect(figures).toMatchObject({
      ticksAsked: 400,
      ticksTaken: 392,
      ticksLate: 8,
      stacksRetried: 12,
      stacksTorn: 0,
      stacksUnreadable: 4,
    });
  });

  it('are not told of a recording that is all warm-up', () => {
    expect(() => computeFigures([0, 1].map(chunkOf), 2)).toThrow('not longer than 2 s');
  });
});
