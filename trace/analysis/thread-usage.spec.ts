import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ThreadState, isLost } from '../contract/thread-state.ts';
import { modelFromText } from '../testing/trace-from-text.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { ThreadUsage } from './thread-usage.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';
import type { TickRange } from './selection.ts';

const STATES = ['running *', 'waiting', 'idle', 'runnable'] as const;

/** Run by run, within the range alone. */
const walk = (model: TraceModel, thread: number, range: TickRange): { busy: number; cpu: number } => {
  let [busy, cpu] = [0, 0];
  const { states, stretchCpuPerTick } = model.runs;
  visitRuns(model, groupStretches(model, range).get(thread) ?? [], range, (run, within, stretch) => {
    const state = states.values[run] as ThreadState;
    if (state !== ThreadState.idle && state !== ThreadState.absent && !isLost(state)) busy += within * model.period;
    if (state === ThreadState.running) cpu += within * stretchCpuPerTick.values[stretch]!;
  });
  return { busy, cpu };
};

it('is in any range what a walk over its runs adds up', () => {
  const runs = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom(...STATES)), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(runs, fc.nat(60), fc.nat(60), (drawn, first, length) => {
      const lines = drawn.map(([ticks, state]) => `  ${ticks} ${state} work`);
      const model = modelFromText(['main cpu=40ms', ...lines].join('\n'));
      const range = { first: Math.min(first, model.tickCount), end: Math.min(first + length, model.tickCount) };
      const { busy, cpu } = new ThreadUsage(model, 0).measure(range);
      const expected = walk(model, 0, range);
      expect(busy).toBe(expected.busy);
      expect(cpu).toBeCloseTo(expected.cpu, 6);
    }),
  );
});

it('is nothing where there is no such thread', () => {
  const model = modelFromText('main\n  5 running work');
  expect(new ThreadUsage(model, -1).measure({ first: 0, end: 5 })).toEqual({ busy: 0, cpu: 0 });
});
