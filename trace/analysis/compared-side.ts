import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { computeCallTree, ROOT_NODE, type CallTree } from './call-tree.ts';
import type { Selection, TimeRange, Weight } from './selection.ts';

/** A side of a comparison: what of a trace is compared, as trees without threads ({@link Selection.mergeThreads}), one for each piece of it. */
export interface ComparedSide {
  readonly model: TraceModel;
  readonly weight: Weight;
  readonly trees: readonly CallTree[];
}

/** `pieces` take the place of the selection's range; they must not overlap. */
export const computeComparedSide = (
  model: TraceModel,
  selection: Pick<Selection, 'weight' | 'threads' | 'folds'>,
  pieces: readonly (TimeRange | undefined)[] = [undefined],
): ComparedSide => ({
  model,
  weight: selection.weight,
  trees: pieces.map((range) => computeCallTree(model, { ...selection, range, mergeThreads: true })),
});

export const weightOfSide = ({ trees }: ComparedSide): Microseconds =>
  microseconds(trees.reduce((sum, tree) => sum + tree.total[ROOT_NODE]!, 0));

/** A tick at the end of a range is outside of it, and the last piece has all ticks. */
const AFTER_EVERYTHING = microseconds(Number.MAX_SAFE_INTEGER);

/** What lies before and after a range; of the whole trace nothing is left. */
export const piecesAround = (range: TimeRange | undefined): readonly TimeRange[] =>
  range === undefined
    ? []
    : [
        { start: microseconds(0), end: range.start },
        { start: range.end, end: AFTER_EVERYTHING },
      ];
