import { describe, expect, it } from 'vitest';
import { ThreadState } from '#trace/contract/thread-state.ts';
import type { TraceChunk } from '#trace/contract/trace-lines.ts';
import { microseconds } from '#trace/contract/units.ts';
import { StackTally } from './stack-tally.ts';

const CHUNK: TraceChunk = {
  kind: 'chunk',
  sequence: 0,
  // <module> a000 a001, and <module> b001, which cannot be.
  strings: ['<module>', 'a000', 'a001', 'b001', 'oracle'],
  functions: { names: [0, 1, 2, 3], files: [4, 4, 4, 4], firstLines: [1, 1, 3, 3] },
  frames: { functions: [0, 1, 2, 3], lines: [9, 2, 4, 4] },
  stacks: { parents: [-1, 0, 1, 0], frames: [0, 1, 2, 3] },
  threads: [],
  ticks: [1_000_000, 1000, 1000, 1000, 1000],
  runs: [
    {
      thread: 0,
      cpu: microseconds(4000),
      ticks: [3, 1, 1],
      stacks: [2, 3, -1],
      states: [ThreadState.running, ThreadState.running, ThreadState.lostTorn],
      gil: [0, 0, 0],
    },
  ],
  counters: [],
  events: [],
  losses: {
    ticksAsked: 5,
    ticksTaken: 5,
    ticksLate: 0,
    ticksLeftOut: 0,
    stacksRetried: 0,
    stacksTorn: 1,
    stacksUnreadable: 0,
  },
};

/** The same stacks half a second later, in a chunk that brings nothing new. */
const NEXT: TraceChunk = {
  ...CHUNK,
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
  ticks: [1_500_000, 1000, 1000, 1000, 1000],
};

describe('the tally of stacks', () => {
  it('counts the ticks of those that can exist and of those that cannot, and what was lost', () => {
    const tally = new StackTally();
    tally.add(CHUNK);
    tally.add(NEXT);
    expect(tally.result(0.5)).toEqual({ seconds: 0.5, ticks: 10, errorShare: 0.2, kept: 8, impossible: 2 });
  });
});
