/** How many samples end in each call path: what CPU time does not tell, since a tick weighs what its thread used around it. */
import type { TraceModel } from '../model/trace-model.ts';
import { orderCallPaths } from './call-path-order.ts';
import { selectTicks, type Selection, tickCategory, weighedCategories } from './selection.ts';
import { findViewPaths } from './view-paths.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';
import { isCountedInTicks } from './weigh-runs.ts';

/** Call paths as fold rules leave them, each after its parent, of all selected threads together. */
export interface CountedPaths {
  readonly functions: Int32Array;
  /** Position of the parent, -1 for the outermost. */
  readonly parents: Int32Array;
  /** Samples that end here and weigh anything. */
  readonly self: Float64Array;
}

/** One walk over the runs of the range: too much to follow a hand, and an index of ticks beside that of the weight would not be worth its memory. */
export const countPaths = (
  model: TraceModel,
  selection: Pick<Selection, 'range' | 'threads' | 'weight' | 'includeIdle' | 'folds'>,
): CountedPaths => {
  const order = orderCallPaths(model);
  const { layout, positions } = findViewPaths(model, order, { folds: selection.folds }, 'top-down');
  const self = new Float64Array(layout.count);
  const { stacks, states, gil, stretchCpuPerTick } = model.runs;
  const weighed = weighedCategories(selection);
  const hasOwnWeight = !isCountedInTicks(selection);
  const wanted = selection.threads && new Set<number>(selection.threads);
  const range = selectTicks(model, selection.range);
  for (const [thread, stretches] of groupStretches(model, range)) {
    if (wanted?.has(thread) === false) continue;
    visitRuns(model, stretches, range, (run, count, stretch) => {
      const stack = stacks.values[run]!;
      if (stack < 0 || weighed[tickCategory(states.values[run]!, gil.values[run]!)] === 0) return;
      if (hasOwnWeight && stretchCpuPerTick.values[stretch] === 0) return;
      const path = order.ofStacks[stack]!;
      const position = positions === undefined ? path : positions[path]!;
      // Else all of its frames are hidden.
      if (position >= 0) self[position]! += count;
    });
  }
  return { functions: layout.functions, parents: layout.parents, self };
};
