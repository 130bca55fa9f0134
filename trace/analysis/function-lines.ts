/** Where in a function the weight is: its lines, with what they took themselves and with what they called. */
import type { FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { selectTicks, tickCategory, weighedCategories, type Selection } from './selection.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

export interface LineRow {
  /** 0 where unknown. */
  readonly line: number;
  /** Weight of the stacks that end at the line, microseconds. */
  readonly self: number;
  /** Weight of the stacks that go through the line; where the function recurs, through its outermost call, so that the lines add up to its total. */
  readonly total: number;
}

const NONE = -1;

/** The lines of a function by their numbers. */
export const computeFunctionLines = (model: TraceModel, selection: Selection, called: FunctionIndex): LineRow[] => {
  const lines = new Map<number, { self: number; total: number }>();
  const rowOf = (frame: number): { self: number; total: number } => {
    const line = model.functions.frameLines.values[frame]!;
    const row = lines.get(line) ?? { self: 0, total: 0 };
    lines.set(line, row);
    return row;
  };
  const { parents, frames } = model.stacks;
  const functionOf = model.functions.frameFunctions.values;
  for (const [stack, weight] of weighStacks(model, selection)) {
    let outermost = NONE;
    for (let step = stack; step !== NONE; step = parents.values[step]!)
      if (functionOf[frames.values[step]!] === called) outermost = frames.values[step]!;
    if (outermost === NONE) continue;
    rowOf(outermost).total += weight;
    const leaf = frames.values[stack]!;
    if (functionOf[leaf] === called) rowOf(leaf).self += weight;
  }
  return Array.from(lines, ([line, row]) => ({ line, ...row })).sort((a, b) => a.line - b.line);
};

/** Weight of each stack that has one. */
const weighStacks = (model: TraceModel, selection: Selection): ReadonlyMap<number, number> => {
  const weights = new Map<number, number>();
  const weighed = weighedCategories(selection);
  const range = selectTicks(model, selection.range);
  const wanted = selection.threads && new Set<number>(selection.threads);
  const { stacks, states, gil, stretchCpuPerTick } = model.runs;
  for (const [thread, stretches] of groupStretches(model, range)) {
    if (wanted !== undefined && !wanted.has(thread)) continue;
    visitRuns(model, stretches, range, (run, within, stretch) => {
      const stack = stacks.values[run]!;
      if (stack === NONE || weighed[tickCategory(states.values[run]!, gil.values[run]!)] === 0) return;
      const weight = within * (selection.weight === 'cpu' ? stretchCpuPerTick.values[stretch]! : model.period);
      if (weight > 0) weights.set(stack, (weights.get(stack) ?? 0) + weight);
    });
  }
  return weights;
};
