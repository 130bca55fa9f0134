import { computeBuildBars } from '#trace/analysis/build-bars.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { FoundHold, StallReport } from '#trace/analysis/stalls.ts';
import { threadLabel } from '#trace/analysis/thread-label.ts';
import { computeThreadLanes } from '#trace/analysis/thread-lanes.ts';
import { microseconds } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type { Lanes } from '../shared/analysis-messages.ts';

/** Bars of one kind: more than there is room for beside each other. */
const MAX_BARS = 1000;

/** What lies under the curves, cut to what the time axis shows. */
export const listLanes = (
  model: TraceModel,
  report: StallReport<FoundHold>,
  viewport: TimeRange,
  columns: number,
): Lanes => ({
  viewport,
  threads: computeThreadLanes(model, viewport, columns).map(({ thread, running, runnable, waiting }) => ({
    thread,
    name: threadLabel(model, thread),
    running,
    runnable,
    waiting,
  })),
  builds: computeBuildBars(model, viewport).slice(0, MAX_BARS),
  stalls: report.stalls
    .filter(({ start, duration }) => start < viewport.end && start + duration > viewport.start)
    .slice(0, MAX_BARS)
    .map(({ start, duration }) => ({ start, end: microseconds(start + duration) })),
});
