/** Where in a function the weight is: its lines, with what they took themselves and with what they called. */
import type { FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { findHidden } from './fold-rules.ts';
import { PathWeights } from './path-weights.ts';
import { selectTicks, type Selection } from './selection.ts';
import { groupStretches } from './visit-runs.ts';
import { isCountedInTicks, RunWeigher } from './weigh-runs.ts';

export interface LineRow {
  /** 0 where unknown. */
  readonly line: number;
  /** Weight of the stacks that end at the line, or in what fold rules hide below it; microseconds. */
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
  const outermost = findOutermost(model, called);
  const innermost = findInnermost(model, findHidden(model, selection.folds ?? []));
  const { present, presentCount, amounts } = weighStacks(model, selection);
  const unit = isCountedInTicks(selection) ? model.period : 1;
  for (const stack of present.subarray(0, presentCount)) {
    if (outermost[stack] === NONE) continue;
    const weight = amounts[stack]! * unit;
    rowOf(outermost[stack]!).total += weight;
    const leaf = innermost[stack]!;
    if (leaf !== NONE && model.functions.frameFunctions.values[leaf] === called) rowOf(leaf).self += weight;
  }
  return Array.from(lines, ([line, row]) => ({ line, ...row })).sort((a, b) => a.line - b.line);
};

/** The outermost frame of the function on each stack, NONE where it is not on it. Parents come before their children. */
const findOutermost = ({ stacks, functions }: TraceModel, called: FunctionIndex): Int32Array => {
  const found = new Int32Array(stacks.count).fill(NONE);
  for (let stack = 0; stack < found.length; stack++) {
    const parent = stacks.parents.values[stack]!;
    const frame = stacks.frames.values[stack]!;
    if (parent !== NONE && found[parent] !== NONE) found[stack] = found[parent]!;
    else if (functions.frameFunctions.values[frame] === called) found[stack] = frame;
  }
  return found;
};

/** The innermost frame of each stack that is not hidden, NONE where all are. */
const findInnermost = ({ stacks, functions }: TraceModel, isHidden: Uint8Array): Int32Array => {
  const found = new Int32Array(stacks.count).fill(NONE);
  for (let stack = 0; stack < found.length; stack++) {
    const parent = stacks.parents.values[stack]!;
    const frame = stacks.frames.values[stack]!;
    if (isHidden[functions.frameFunctions.values[frame]!] === 0) found[stack] = frame;
    else if (parent !== NONE) found[stack] = found[parent]!;
  }
  return found;
};

/** What each stack weighs: lines are of stacks, where call paths have only functions. */
const weighStacks = (model: TraceModel, selection: Selection): PathWeights => {
  const weights = new PathWeights(model.stacks.count);
  const eachItself = Int32Array.from({ length: model.stacks.count }, (_, stack) => stack);
  const weigher = new RunWeigher(model, selection, eachItself);
  const range = selectTicks(model, selection.range);
  const wanted = selection.threads && new Set<number>(selection.threads);
  for (const [thread, stretches] of groupStretches(model, range))
    if (wanted?.has(thread) !== false) weigher.weigh(stretches, range, weights);
  return weights;
};
