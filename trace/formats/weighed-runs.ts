import { compareText } from '../analysis/compare-text.ts';
import { selectTicks, tickCategory, weighedCategories, type Selection } from '../analysis/selection.ts';
import { threadLabel } from '../analysis/thread-label.ts';
import { groupStretches, visitRuns } from '../analysis/visit-runs.ts';
import { threadIndex, type ThreadIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';

/** Stands for the frames of ticks that have a weight and no stack. */
export const NO_STACK_LABEL = '(no stack)';

export interface WeighedThread {
  readonly thread: ThreadIndex;
  readonly label: string;
  readonly stretches: readonly number[];
}

/** The selected threads that have ticks in the range, by label. */
export const listWeighedThreads = (model: TraceModel, { range, threads }: Selection): WeighedThread[] => {
  const selected = threads === undefined ? undefined : new Set<number>(threads);
  return Array.from(groupStretches(model, selectTicks(model, range)))
    .filter(([thread]) => selected === undefined || selected.has(thread))
    .map(([thread, stretches]) => ({ thread: threadIndex(thread), stretches }))
    .map((group) => ({ ...group, label: threadLabel(model, group.thread) }))
    .sort((a, b) => compareText(a.label, b.label) || a.thread - b.thread);
};

/** Called with a run, what each of its ticks weighs (0 where it has no share), how many are in the range, and the first of those. */
export type WeighedRunVisitor = (run: number, tickWeight: number, ticksWithin: number, firstTick: number) => void;

/** Visits the runs of the stretches in the order of time, those without a share in the weight included. */
export const visitWeighedRuns = (
  model: TraceModel,
  selection: Selection,
  stretches: readonly number[],
  visit: WeighedRunVisitor,
): void => {
  const { runs, period } = model;
  const weighed = weighedCategories(selection);
  visitRuns(model, stretches, selectTicks(model, selection.range), (run, ticksWithin, stretch, firstTick) => {
    const hasShare = weighed[tickCategory(runs.states.values[run]!, runs.gil.values[run]!)] !== 0;
    const tickWeight = selection.weight === 'cpu' ? runs.stretchCpuPerTick.values[stretch]! : period;
    visit(run, hasShare ? tickWeight : 0, ticksWithin, firstTick);
  });
};
