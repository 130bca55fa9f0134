import { selectTicks, type Selection } from '../analysis/selection.ts';
import { NO_STACK } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { visitWeighedRuns, type WeighedThread } from './weighed-runs.ts';

/** What stands in place of a call path. */
export const SampledPath = {
  /** The thread had a share in the weight; its stack is not known. */
  unknown: -1,
  /** The thread had no share: it was idle, lost or absent. */
  nothing: -2,
} as const;

/** What a thread did, in the order of time: columns of equal length. */
export interface PathSamples {
  /** Call paths, or {@link SampledPath}; no two in a row are equal. */
  readonly paths: readonly number[];
  /** Microseconds. */
  readonly weights: readonly number[];
}

/**
 * For formats whose time axis is the sum of the weights. Where the weight is wall time, ticks without a share take their place on it, so that
 * equal places on the axes of two threads are equal times; CPU time and time with the GIL have axes of their own.
 */
export const collectPathSamples = (
  model: TraceModel,
  selection: Selection,
  { stretches }: WeighedThread,
): PathSamples => {
  const paths: number[] = [];
  const weights: number[] = [];
  const add = (path: number, weight: number): void => {
    if (weight > 0 && paths.at(-1) === path) {
      weights[weights.length - 1]! += weight;
    } else if (weight > 0) {
      paths.push(path);
      weights.push(weight);
    }
  };
  const gapWeight = selection.weight === 'wall' ? model.period : 0;
  let nextTick = selectTicks(model, selection.range).first;
  visitWeighedRuns(model, selection, stretches, (run, tickWeight, ticks, firstTick) => {
    add(SampledPath.nothing, (firstTick - nextTick) * gapWeight);
    nextTick = firstTick + ticks;
    const stack = model.runs.stacks.values[run]!;
    if (tickWeight === 0) {
      add(SampledPath.nothing, ticks * gapWeight);
    } else {
      add(stack === NO_STACK ? SampledPath.unknown : model.stacks.paths.values[stack]!, ticks * tickWeight);
    }
  });
  return { paths, weights };
};
