import { isLost, ThreadState } from '../contract/thread-state.ts';
import { microseconds, MICROSECONDS_PER_SECOND } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { buildShareSteps } from './counter-steps.ts';
import { selectTicks, type TimeRange } from './selection.ts';
import type { StepSeries } from './time-bins.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

/** Ticks that a share is taken of: fewer make it jump, more hide short stalls. */
const MIN_TICKS_PER_STEP = 16;

/** Bounds the memory, whatever times a trace claims: three days at 100 Hz before steps get wider. */
const MAX_STEPS = 2 ** 20;

/** The narrowest step, a power of two wide, that holds enough ticks, 262 ms at 100 Hz; wider for a span of too many such steps. */
const chooseStepWidth = (period: number, span: number): number =>
  2 ** Math.ceil(Math.log2(Math.max(MIN_TICKS_PER_STEP * period, span / MAX_STEPS)));

/**
 * Reactor load: the share of the main thread's ticks in which it was not idle. Absolute is busy microseconds a second. Where the
 * recording's mode left ticks out, it is what the sampler has counted.
 */
export const buildLoadSteps = (model: TraceModel, range: TimeRange): StepSeries => {
  const { values, length } = model.counters.column('reactorLoad');
  const isCounted = model.losses.ticksLeftOut > 0 && values.subarray(0, length).some(Number.isFinite);
  return isCounted ? buildShareSteps(model, 'reactorLoad') : deriveLoadSteps(model, range);
};

/** From the ticks. Those that the mode left out, if nobody counted, are those at which the target used no CPU: they count as idle. */
const deriveLoadSteps = (model: TraceModel, range: TimeRange): StepSeries => {
  const rangeStart = Math.max(0, range.start);
  const rangeEnd = Math.max(rangeStart, Math.min(range.end, model.duration));
  const width = chooseStepWidth(model.period, rangeEnd - rangeStart);
  const firstStep = Math.floor(rangeStart / width);
  const stepCount = Math.ceil(rangeEnd / width) - firstStep;
  const { alive, busy } = countTicks(model, width, firstStep, stepCount);

  const starts = new Float64Array(stepCount);
  const ends = new Float64Array(stepCount);
  const percent = new Float64Array(stepCount);
  const absolute = new Float64Array(stepCount);
  const { ticksLeftOut, ticksTaken, ticksAsked } = model.losses;
  const leavesTicksOut = ticksLeftOut > 0 && model.threads.some(({ isMain }) => isMain);
  // A sampler that was late for some ticks took fewer than it was asked for: those are missing everywhere, not idle.
  const ticksPerMicrosecond = Math.min(1, ticksTaken / ticksAsked) / model.period;
  let length = 0;
  for (let step = 0; step < stepCount; step++) {
    const start = (firstStep + step) * width;
    const end = Math.min(start + width, model.duration);
    const ticks = leavesTicksOut ? Math.max(alive[step]!, (end - start) * ticksPerMicrosecond) : alive[step]!;
    if (ticks === 0) {
      continue;
    }
    const load = busy[step]! / ticks;
    starts[length] = start;
    ends[length] = end;
    percent[length] = load * 100;
    absolute[length] = load * MICROSECONDS_PER_SECOND;
    length++;
  }
  return { starts, ends, percent, absolute, length };
};

/** Ticks per step at which the main thread's state is known, and those of them at which it was not idle. */
const countTicks = (
  model: TraceModel,
  width: number,
  firstStep: number,
  stepCount: number,
): { alive: Float64Array; busy: Float64Array } => {
  const alive = new Float64Array(stepCount);
  const busy = new Float64Array(stepCount);
  const main = model.threads.findIndex(({ isMain }) => isMain);
  const ticks = selectTicks(model, {
    start: microseconds(firstStep * width),
    end: microseconds((firstStep + stepCount) * width),
  });
  const stretches = groupStretches(model, ticks).get(main) ?? [];
  const times = model.ticks.values;
  const states = model.runs.states.values;
  let stretchAtWork = -1;
  let tick = 0;
  visitRuns(model, stretches, ticks, (run, within, stretch) => {
    if (stretch !== stretchAtWork) {
      stretchAtWork = stretch;
      tick = Math.max(ticks.first, model.runs.stretchFirstTicks.values[stretch]!);
    }
    const state = states[run] as ThreadState;
    const isKnown = state !== ThreadState.absent && !isLost(state);
    for (const end = tick + within; tick < end; tick++) {
      const step = Math.floor(times[tick]! / width) - firstStep;
      if (isKnown && step < stepCount) {
        alive[step]!++;
        busy[step]! += state === ThreadState.idle ? 0 : 1;
      }
    }
  });
  return { alive, busy };
};
