import { identifyFunction } from '#trace/analysis/function-identity.ts';
import {
  computeStallDistribution,
  describeHold,
  innermostFunctions,
  type FoundHold,
  type StallReport,
} from '#trace/analysis/stalls.ts';
import { threadLabel } from '#trace/analysis/thread-label.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type { HeldLoopRow, StallList } from '../shared/analysis-messages.ts';

/** More than anyone reads, and few enough to send at every update of a live view. */
const MAX_ROWS = 500;

/** What held the event loops, ready to be shown. */
export const listStalls = (
  model: TraceModel,
  { stalls, spells, hasDispatches }: StallReport<FoundHold>,
  threshold: Microseconds,
): StallList => {
  return {
    stalls: stalls.slice(0, MAX_ROWS).map((stall) => toRow(model, stall)),
    stallCount: stalls.length,
    spells: spells.slice(0, MAX_ROWS).map((spell) => toRow(model, spell)),
    spellCount: spells.length,
    distribution: computeStallDistribution(stalls, threshold),
    hasDispatches,
  };
};

const toRow = (model: TraceModel, hold: FoundHold): HeldLoopRow => {
  const { start, duration, shortest, longest, thread, dispatchCount } = hold;
  const { ticks, functions, functionTicks, builds } = describeHold(model, hold);
  return {
    start,
    duration,
    shortest,
    longest,
    thread: threadLabel(model, thread),
    ticks,
    functions: innermostFunctions({ functions }).map((called) => identifyFunction(model, called)),
    functionShare: ticks.all === 0 ? 0 : functionTicks / ticks.all,
    builds: builds.map(({ builder, number }) => `${builder} #${number}`),
    dispatchCount,
  };
};
