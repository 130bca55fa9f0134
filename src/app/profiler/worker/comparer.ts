/**
 * Compares what is selected with what it is to be compared with. Keeps both sides and what came out: while a range is dragged only one side
 * changes, and a click or a resize changes none.
 */
import { explainIncomparable } from '#trace/analysis/comparable.ts';
import { type ComparedSide, computeComparedSide, piecesAround, weightOfSide } from '#trace/analysis/compared-side.ts';
import { type ComparedFunction, type Comparison, computeComparison, differenceOf } from '#trace/analysis/comparison.ts';
import { computeDifferenceTree } from '#trace/analysis/difference-tree.ts';
import { focusComparison } from '#trace/analysis/focused-comparison.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { threadLabel } from '#trace/analysis/thread-label.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { threadIndex, type ThreadIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type { AnalysisRequest } from '../shared/analysis-messages.ts';
import type { ComparedWith, ComparisonAnswer } from '../shared/comparison-messages.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import type { Outcome } from '../shared/failure.ts';
import { LastResult } from './last-result.ts';

/** More than anyone reads, and few enough to send at every update of a live view. */
const MAX_COMPARED_FUNCTIONS = 5000;

export class Comparer {
  #before = new LastResult<ComparedSide>();
  #after = new LastResult<ComparedSide>();
  #last: { readonly before: ComparedSide; readonly after: ComparedSide; readonly comparison: Comparison } | undefined;

  /** Absent where nothing is compared, or nothing is known yet of one side. `other` is the trace of the side before, where that is another one. */
  compare(
    open: TraceModel,
    other: TraceModel | undefined,
    request: AnalysisRequest,
  ): Outcome<ComparisonAnswer> | undefined {
    const { comparedWith } = request;
    if (comparedWith === undefined) return this.#forget();
    const model = comparedWith.kind === 'trace' ? other : open;
    if (open.header === undefined || model?.header === undefined) return this.#forget();
    // Sides that cannot be compared are told in words, beside everything else that the same answer shows.
    try {
      const before = this.#sideBefore(open, model, request, comparedWith);
      return { kind: 'ok', value: this.#compareSides(before, this.#sideAfter(open, request), request) };
    } catch (error: unknown) {
      return { kind: 'failed', error: describeFailure(error) };
    }
  }

  /** What is kept holds on to both traces. */
  #forget(): undefined {
    this.#before = new LastResult();
    this.#after = new LastResult();
    this.#last = undefined;
  }

  #sideBefore(
    open: TraceModel,
    model: TraceModel,
    { revision, comparedRevision, weight, threads, folds, range }: AnalysisRequest,
    comparedWith: ComparedWith,
  ): ComparedSide {
    const pieces = comparedWith.kind === 'rest' ? piecesAround(range) : [comparedWith.range];
    const matched = threads && (model === open ? threads.map(threadIndex) : matchThreads(open, model, threads));
    return this.#before.get(model, [model === open ? revision : comparedRevision, weight, matched, folds, pieces], () =>
      computeComparedSide(model, { weight, threads: matched, folds }, pieces),
    );
  }

  #sideAfter(open: TraceModel, { revision, weight, threads, folds, range }: AnalysisRequest): ComparedSide {
    return this.#after.get(open, [revision, weight, threads, folds, range], () =>
      computeComparedSide(open, { weight, threads: threads?.map(threadIndex), folds }, [range]),
    );
  }

  #compareSides(
    before: ComparedSide,
    after: ComparedSide,
    { hasDifferenceTree, smallestFrameShare, focus }: AnalysisRequest,
  ): ComparisonAnswer {
    const reason = explainIncomparable(before, after);
    if (reason !== undefined) throw new ProfilerError('not-comparable', reason);
    if (this.#last?.before !== before || this.#last.after !== after)
      this.#last = { before, after, comparison: computeComparison(before, after) };
    const { comparison } = this.#last;
    const { functions } = comparison;
    return {
      weightBefore: weightOfSide(before),
      weightAfter: weightOfSide(after),
      functions: selectChanged(functions),
      functionCount: functions.length,
      ...(hasDifferenceTree ? drawDifferences(comparison, focus, smallestFrameShare) : NO_DIFFERENCES),
    };
  }
}

const NO_DIFFERENCES = { tree: undefined, focus: undefined };

const drawDifferences = (
  comparison: Comparison,
  focus: FunctionIdentity | undefined,
  minShare: number,
): Pick<ComparisonAnswer, 'tree' | 'focus'> => {
  const shown = focus === undefined ? comparison : focusComparison(comparison, focus);
  return { tree: computeDifferenceTree(shown, minShare), focus };
};

const selectChanged = (functions: readonly ComparedFunction[]): readonly ComparedFunction[] =>
  functions.length <= MAX_COMPARED_FUNCTIONS
    ? functions
    : functions.toSorted((a, b) => sizeOfChange(b) - sizeOfChange(a)).slice(0, MAX_COMPARED_FUNCTIONS);

const sizeOfChange = ({ self, total }: ComparedFunction): number =>
  Math.abs(differenceOf(self)) + Math.abs(differenceOf(total));

/** Threads of another trace by the names of those chosen: their numbers say nothing there. */
const matchThreads = (open: TraceModel, other: TraceModel, threads: readonly number[]): ThreadIndex[] => {
  const known = threads.filter((thread) => thread < open.threadCount);
  const names = new Set(known.map((thread) => threadLabel(open, threadIndex(thread))));
  const matched = other.threads.flatMap((_, index) =>
    names.has(threadLabel(other, threadIndex(index))) ? [threadIndex(index)] : [],
  );
  if (matched.length === 0)
    throw new ProfilerError('not-comparable', `The side before has no thread named ${[...names].join(' or ')}.`);
  return matched;
};
