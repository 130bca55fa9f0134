/**
 * Joins the analyses that one screen needs. Keeps the last result of each: most choices (a click, a resize) change few of them, and a dragged range only the flame graph.
 * What is asked for is the trace at a revision, so that nothing is computed anew for each chunk of a file that is read meanwhile.
 */
import { type BuildSpan, computeBuildSpans } from '#trace/analysis/build-spans.ts';
import { computeCallTree, ROOT_NODE, type CallTree } from '#trace/analysis/call-tree.ts';
import { computeCallees, computeCallers, countSamples, type CallRow } from '#trace/analysis/callers-callees.ts';
import { countPaths } from '#trace/analysis/counted-paths.ts';
import { computeFlameTree } from '#trace/analysis/flame-tree.ts';
import { countFoldedFunctions, findHidden, FOLD_RULE_IDS } from '#trace/analysis/fold-rules.ts';
import { findFunction, identifyFunction, NO_FUNCTION } from '#trace/analysis/function-identity.ts';
import { computeFunctionLines } from '#trace/analysis/function-lines.ts';
import { computeGroupWeights } from '#trace/analysis/group-weights.ts';
import { computeFunctions } from '#trace/analysis/function-weights.ts';
import { type Selection, selectTicks } from '#trace/analysis/selection.ts';
import { findStalls, type FoundHold, type StallReport } from '#trace/analysis/stalls.ts';
import { computeInvertedTree } from '#trace/analysis/inverted-tree.ts';
import type { PrunedTree } from '#trace/analysis/pruned-nodes.ts';
import { computePrunedTree } from '#trace/analysis/pruned-tree.ts';
import { prepareRanges } from '#trace/analysis/thread-weights.ts';
import { computeTimeline, type Timeline } from '#trace/analysis/timeline.ts';
import { functionIndex, microseconds, threadIndex, type FunctionIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type {
  AnalysisAnswer,
  AnalysisRequest,
  CallNeighbours,
  FoldRuleReach,
  FunctionWeight,
  Lanes,
  PackageWeight,
  RangeStats,
  RelatedCall,
  StallList,
} from '../shared/analysis-messages.ts';
import { computePackageGroup, PACKAGE_GROUPS } from '../shared/package-group.ts';
import type { Comparer } from './comparer.ts';
import { LastResult } from './last-result.ts';
import { listLanes } from './list-lanes.ts';
import { listStalls } from './list-stalls.ts';

/** Rows of the functions table: more than anyone reads, and few enough to send at every update of a live view. */
const MAX_FUNCTION_ROWS = 5000;

export class Analyst {
  readonly #wholeTrees = new LastResult<CallTree>();
  readonly #flameTrees = new LastResult<PrunedTree>();
  readonly #timelines = new LastResult<Timeline>();
  readonly #reports = new LastResult<StallReport<FoundHold>>();
  readonly #stalls = new LastResult<StallList>();
  readonly #builds = new LastResult<readonly BuildSpan[]>();
  readonly #neighbours = new LastResult<CallNeighbours>();
  readonly #lastLanes = new LastResult<Lanes>();
  readonly #comparer: Comparer | undefined;

  /** Without a comparer nothing is compared: a report never does, and so does not carry what compares. */
  constructor(comparer?: Comparer) {
    this.#comparer = comparer;
  }

  /** `other` is the trace that `model` may be compared with. */
  analyse(model: TraceModel, request: AnalysisRequest, other?: TraceModel): AnalysisAnswer {
    const tree = this.#flameTree(model, request);
    const selected = request.selected && findFunction(model, request.selected);
    const isSelectedHidden = selected !== undefined && findHidden(model, request.folds)[selected] === 1;
    return {
      request,
      timeline: this.#timeline(model, request),
      flame: computeFlameTree(model, tree, { minShare: request.smallestFrameShare }),
      functions: request.hasFunctions ? listFunctions(model, this.#wholeTree(model, request)) : undefined,
      packages: request.hasFunctions ? listPackages(model, this.#wholeTree(model, request)) : undefined,
      neighbours: this.#callNeighbours(model, request, isSelectedHidden ? undefined : selected),
      isSelectedHidden,
      plumbing: listPlumbing(model, tree),
      stats: computeStats(model, tree, request),
      lanes: this.#lanes(model, request),
      stalls: request.hasStalls ? this.#stallList(model, request) : undefined,
      builds: request.hasBuilds ? this.#buildSpans(model, request) : undefined,
      comparison: this.#comparer?.compare(model, other, request),
    };
  }

  /** What the next ranges will take, while nothing is asked for. Of a trace that grows no more. */
  prepare(model: TraceModel, request: AnalysisRequest): void {
    prepareRanges(model, selectionOf(request));
  }

  #wholeTree(model: TraceModel, request: AnalysisRequest): CallTree {
    const { revision, range, threads, weight, folds } = request;
    return this.#wholeTrees.get(model, [revision, range, threads, weight, folds], () =>
      computeCallTree(model, selectionOf(request)),
    );
  }

  #flameTree(model: TraceModel, request: AnalysisRequest): PrunedTree {
    const { revision, range, threads, weight, folds, focus, direction, mergeThreads, smallestFrameShare } = request;
    const compute = direction === 'top-down' ? computePrunedTree : computeInvertedTree;
    return this.#flameTrees.get(
      model,
      [revision, range, threads, weight, folds, focus, direction, mergeThreads, smallestFrameShare],
      () => {
        const alone = focus && (findFunction(model, focus) ?? NO_FUNCTION);
        return compute(model, { ...selectionOf(request), mergeThreads, focus: alone }, smallestFrameShare);
      },
    );
  }

  /** They take a whole tree, and lines and samples a walk over all runs of the range: neither can follow a hand, so they are as they were until it rests. */
  #callNeighbours(
    model: TraceModel,
    request: AnalysisRequest,
    selected: FunctionIndex | undefined,
  ): CallNeighbours | undefined {
    if (selected === undefined) return undefined;
    const { revision, range, threads, weight, folds, isGesturing } = request;
    const subject = [selected, threads, weight, folds];
    const compute = (): CallNeighbours =>
      computeNeighbours(model, this.#wholeTree(model, request), selectionOf(request), selected);
    const kept = isGesturing ? this.#neighbours.findKept(model, subject) : undefined;
    return kept ?? this.#neighbours.get(model, [subject, revision, range], compute, subject);
  }

  #buildSpans(model: TraceModel, request: AnalysisRequest): readonly BuildSpan[] {
    return this.#builds.get(model, [request.revision, request.stallThreshold], () =>
      computeBuildSpans(model, this.#stallReport(model, request).stalls),
    );
  }

  #stallReport(model: TraceModel, { revision, stallThreshold }: AnalysisRequest): StallReport<FoundHold> {
    return this.#reports.get(model, [revision, stallThreshold], () => findStalls(model, stallThreshold));
  }

  #stallList(model: TraceModel, request: AnalysisRequest): StallList {
    const { revision, stallThreshold } = request;
    return this.#stalls.get(model, [revision, stallThreshold], () =>
      listStalls(model, this.#stallReport(model, request), stallThreshold),
    );
  }

  #lanes(model: TraceModel, request: AnalysisRequest): Lanes {
    const { revision, viewport, laneColumns, stallThreshold } = request;
    return this.#lastLanes.get(model, [revision, viewport, laneColumns, stallThreshold], () =>
      listLanes(model, this.#stallReport(model, request), viewport, laneColumns),
    );
  }

  #timeline(model: TraceModel, { revision, viewport, timelinePoints }: AnalysisRequest): Timeline {
    return this.#timelines.get(model, [revision, viewport, timelinePoints], () =>
      computeTimeline(model, { range: viewport, maxPoints: timelinePoints }),
    );
  }
}

const selectionOf = ({ range, threads, weight, folds }: AnalysisRequest): Selection => ({
  range,
  threads: threads?.map((index) => threadIndex(index)),
  weight,
  folds,
});

const listFunctions = (model: TraceModel, tree: CallTree): FunctionWeight[] =>
  computeFunctions(tree)
    .slice(0, MAX_FUNCTION_ROWS)
    .map(({ functionIndex, self, total }) => ({ identity: identifyFunction(model, functionIndex), self, total }));

const listPackages = (model: TraceModel, tree: CallTree): PackageWeight[] => {
  const groupOf = (index: number): number =>
    PACKAGE_GROUPS.indexOf(computePackageGroup(model.functionFile(functionIndex(index))));
  const weights = computeGroupWeights(tree, groupOf, PACKAGE_GROUPS.length);
  return PACKAGE_GROUPS.map((group, index) => ({ group, ...weights[index]! }));
};

const computeNeighbours = (
  model: TraceModel,
  tree: CallTree,
  selection: Selection,
  index: FunctionIndex,
): CallNeighbours => {
  const counted = countPaths(model, selection);
  const callers = computeCallers(tree, counted, index);
  const callees = computeCallees(tree, counted, index);
  const total = sumWeights(callers);
  return {
    function: { identity: identifyFunction(model, index), self: total - sumWeights(callees), total },
    samples: countSamples(callers),
    callers: callers.map((row) => nameCall(model, row)),
    callees: callees.map((row) => nameCall(model, row)),
    lines: computeFunctionLines(model, selection, index),
  };
};

const sumWeights = (rows: readonly CallRow[]): number => rows.reduce((sum, { weight }) => sum + weight, 0);

const nameCall = (model: TraceModel, { functionIndex, weight, share, samples }: CallRow): RelatedCall => ({
  identity: functionIndex === undefined ? undefined : identifyFunction(model, functionIndex),
  weight,
  share,
  samples,
});

const listPlumbing = (model: TraceModel, { ofRules }: PrunedTree): FoldRuleReach[] => {
  const counts = countFoldedFunctions(model);
  return FOLD_RULE_IDS.map((rule, index) => ({
    rule,
    functionCount: counts[index]!,
    weight: ofRules[index]!,
  })).filter(({ functionCount }) => functionCount > 0);
};

const computeStats = (model: TraceModel, tree: PrunedTree, { range }: AnalysisRequest): RangeStats => {
  const ticks = selectTicks(model, range);
  return {
    start: range?.start ?? microseconds(0),
    end: range?.end ?? model.duration,
    tickCount: ticks.end - ticks.first,
    totalWeight: tree.total[ROOT_NODE]! + tree.outOfFocus,
  };
};
