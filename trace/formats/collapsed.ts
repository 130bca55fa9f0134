/**
 * Collapsed stacks, as flamegraph.pl, inferno and speedscope read them: one stack a line, `thread;outermost;…;innermost weight`.
 *
 * - A frame is `function (file:line)`, without the line where it is unknown. Frames of one function at different lines are different stacks.
 * - The weight is a whole number of microseconds: of wall time, CPU time or time with the GIL, as the selection says. Each line is
 *   rounded by itself; a line that rounds to 0 is left out.
 * - The format knows no escapes. `;` in a name becomes `:`, and a line break or another control character becomes a space.
 * - Threads, and below them frames, are in the order of their texts, so that equal traces give equal files.
 */
import { compareText } from '../analysis/compare-text.ts';
import type { Selection } from '../analysis/selection.ts';
import { orderTree, type TreeOrder } from '../analysis/tree-order.ts';
import { frameIndex, NO_STACK, type FrameIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { listWeighedThreads, NO_STACK_LABEL, visitWeighedRuns } from './weighed-runs.ts';

/** The whole text, each line with its line end. {@link formatCollapsedLines} gives a text too long for one string. */
export const formatCollapsed = (model: TraceModel, selection: Selection): string =>
  Array.from(formatCollapsedLines(model, selection), (line) => `${line}\n`).join('');

/** The lines, without line ends. */
export function* formatCollapsedLines(model: TraceModel, selection: Selection): Generator<string, void> {
  const frameLabels = Array.from({ length: model.functions.frameCount }, (_, frame) =>
    frameLabel(model, frameIndex(frame)),
  );
  const order = orderStacks(model, frameLabels);
  const weights = new Float64Array(model.stacks.count);
  for (const { prefix, stretches } of groupByThread(model, selection)) {
    const withoutStack = weighStacks(model, selection, stretches, weights);
    if (Math.round(withoutStack) > 0) {
      yield `${[...prefix, NO_STACK_LABEL].join(';')} ${Math.round(withoutStack)}`;
    }
    const path = [...prefix];
    for (const stack of order.nodes) {
      path.length = prefix.length + model.stacks.depths.values[stack]! - 1;
      path.push(frameLabels[model.stacks.frames.values[stack]!]!);
      const weight = Math.round(weights[stack]!);
      if (weight > 0) {
        yield `${path.join(';')} ${weight}`;
      }
    }
    weights.fill(0);
  }
}

interface StretchGroup {
  /** Labels that come before the outermost frame. */
  readonly prefix: readonly string[];
  readonly stretches: readonly number[];
}

const groupByThread = (model: TraceModel, selection: Selection): StretchGroup[] => {
  const groups = listWeighedThreads(model, selection);
  if (selection.mergeThreads === true) {
    return [{ prefix: [], stretches: groups.flatMap(({ stretches }) => stretches) }];
  }
  return groups
    .map(({ label, stretches }) => ({ label: toPlainText(label), stretches }))
    .sort((a, b) => compareText(a.label, b.label))
    .map(({ label, stretches }) => ({ prefix: [label], stretches }));
};

/** Adds to `weights`, per stack. @returns the weight of ticks whose stack is not known. */
const weighStacks = (
  model: TraceModel,
  selection: Selection,
  stretches: readonly number[],
  weights: Float64Array,
): number => {
  let withoutStack = 0;
  visitWeighedRuns(model, selection, stretches, (run, tickWeight, ticksWithin) => {
    const stack = model.runs.stacks.values[run]!;
    if (stack === NO_STACK) {
      withoutStack += ticksWithin * tickWeight;
    } else {
      weights[stack]! += ticksWithin * tickWeight;
    }
  });
  return withoutStack;
};

const orderStacks = ({ stacks }: TraceModel, frameLabels: readonly string[]): TreeOrder => {
  const ranks = new Int32Array(frameLabels.length);
  frameLabels
    .map((_, frame) => frame)
    .sort((a, b) => compareText(frameLabels[a]!, frameLabels[b]!) || a - b)
    .forEach((frame, rank) => {
      ranks[frame] = rank;
    });
  const frames = stacks.frames.values;
  return orderTree(stacks.count, stacks.parents.values, (stack) => ranks[frames[stack]!]!, frameLabels.length);
};

const frameLabel = (model: TraceModel, frame: FrameIndex): string => {
  const called = model.frameFunction(frame);
  const line = model.frameLine(frame);
  const place = line === 0 ? model.functionFile(called) : `${model.functionFile(called)}:${line}`;
  return toPlainText(`${model.functionName(called)} (${place})`);
};

/** C0 and C1 control characters, line and paragraph separators. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]+/gu;

const toPlainText = (text: string): string => text.replaceAll(';', ':').replace(CONTROL_CHARACTERS, ' ');
