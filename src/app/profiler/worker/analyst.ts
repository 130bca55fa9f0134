/**
 * Joins the analyses that one screen needs. Keeps the last call tree and the last timeline: most choices (a click, a resize) change neither,
 * and a dragged range only the first.
 */
import { type BuildSpan, computeBuildSpans } from '#trace/analysis/build-spans.ts';
import { computeCallTree, ROOT_NODE, type CallTree } from '#trace/analysis/call-tree.ts';
import { computeCallees, computeCallers, type CallRow } from '#trace/analysis/callers-callees.ts';
import { computeFlameTree } from '#trace/analysis/flame-tree.ts';
import { focusCallTree } from '#trace/analysis/focus-tree.ts';
import { findFunction, identifyFunction, type FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { computeFunctionLines } from '#trace/analysis/function-lines.ts';
import { computeFunctions } from '#trace/analysis/function-weights.ts';
import { type Selection, selectTicks } from '#trace/analysis/selection.ts';
import { findStalls, type FoundHold, type StallReport } from '#trace/analysis/stalls.ts';
import { computePrunedTree, type PrunedTree } from '#trace/analysis/pruned-tree.ts';
import { computeTimeline, type Timeline } from '#trace/analysis/timeline.ts';
import { microseconds, threadIndex } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type {
  AnalysisAnswer,
  AnalysisRequest,
  CallNeighbours,
  FunctionWeight,
  Lanes,
  RangeStats,
  RelatedCall,
  StallList,
} from '../shared/analysis-messages.ts';
import { listLanes } from './list-lanes.ts';
import { listStalls } from './list-stalls.ts';

/** Rows of the functions table: more than anyone reads, and few enough to send at every update of a live view. */
const MAX_FUNCTION_ROWS = 5000;

export class Analyst {
  readonly #trees = new LastResult<CallTree>();
  readonly #prunedTrees = new LastResult<PrunedTree>();
  readonly #timelines = new LastResult<Timeline>();
  readonly #reports = new LastResult<StallReport<FoundHold>>();
  readonly #stalls = new LastResult<StallList>();
  readonly #builds = new LastResult<readonly BuildSpan[]>();
  readonly #neighbours = new LastResult<CallNeighbours | undefined>();
  readonly #lastLanes = new LastResult<Lanes>();

  analyse(model: TraceModel, request: AnalysisRequest): AnalysisAnswer {
    const tree = needsWholeTree(request) ? this.#callTree(model, request) : this.#prunedTree(model, request);
    return {
      request,
      timeline: this.#timeline(model, request),
      flame: computeFlameTree(model, focusTree(model, tree, request.focus), { minShare: request.smallestFrameShare }),
      functions: request.hasFunctions ? listFunctions(model, tree) : undefined,
      neighbours: this.#callNeighbours(model, tree, request),
      stats: computeStats(model, tree, request),
      lanes: this.#lanes(model, request),
      stalls: request.hasStalls ? this.#stallList(model, request) : undefined,
      builds: request.hasBuilds ? this.#buildSpans(model, request) : undefined,
    };
  }

  #callTree(model: TraceModel, { range, threads, weight }: AnalysisRequest): CallTree {
    return this.#trees.get(model, [range, threads, weight], () => {
      return computeCallTree(model, selectionOf({ range, threads, weight }));
    });
  }

  #prunedTree(model: TraceModel, { range, threads, weight, smallestFrameShare }: AnalysisRequest): PrunedTree {
    return this.#prunedTrees.get(model, [range, threads, weight, smallestFrameShare], () =>
      computePrunedTree(model, selectionOf({ range, threads, weight }), smallestFrameShare),
    );
  }

  /** Lines take a walk over all runs of the range: not one for every resize. */
  #callNeighbours(model: TraceModel, tree: CallTree, request: AnalysisRequest): CallNeighbours | undefined {
    const { range, threads, weight, selected } = request;
    return this.#neighbours.get(model, [range, threads, weight, selected], () =>
      computeNeighbours(model, tree, selectionOf(request), selected),
    );
  }

  #buildSpans(model: TraceModel, request: AnalysisRequest): readonly BuildSpan[] {
    return this.#builds.get(model, [request.stallThreshold], () =>
      computeBuildSpans(model, this.#stallReport(model, request).stalls),
    );
  }

  #stallReport(model: TraceModel, { stallThreshold }: AnalysisRequest): StallReport<FoundHold> {
    return this.#reports.get(model, [stallThreshold], () => findStalls(model, stallThreshold));
  }

  #stallList(model: TraceModel, request: AnalysisRequest): StallList {
    const { stallThreshold } = request;
    return this.#stalls.get(model, [stallThreshold], () =>
      listStalls(model, this.#stallReport(model, request), stallThreshold),
    );
  }

  #lanes(model: TraceModel, request: AnalysisRequest): Lanes {
    const { viewport, laneColumns, stallThreshold } = request;
    return this.#lastLanes.get(model, [viewport, laneColumns, stallThreshold], () =>
      listLanes(model, this.#stallReport(model, request), viewport, laneColumns),
    );
  }

  #timeline(model: TraceModel, { viewport, timelinePoints }: AnalysisRequest): Timeline {
    const timeline = this.#timelines.get(model, [viewport, timelinePoints], () =>
      computeTimeline(model, { range: viewport, maxPoints: timelinePoints }),
    );
    // The answer's arrays are handed over to the page; these stay.
    return { ...timeline, times: timeline.times.slice() };
  }
}

/** Whether more is asked for than the flame graph and the total. */
const needsWholeTree = ({ hasFunctions, focus, selected }: AnalysisRequest): boolean =>
  hasFunctions || focus !== undefined || selected !== undefined;

/** One result, for as long as neither the trace nor the question changes. */
class LastResult<T> {
  #model: TraceModel | undefined;
  #key = '';
  #result: T | undefined;

  get(model: TraceModel, question: readonly unknown[], compute: () => T): T {
    const key = JSON.stringify([model.revision, ...question]);
    if (this.#result === undefined || this.#model !== model || this.#key !== key) {
      this.#result = compute();
      this.#model = model;
      this.#key = key;
    }
    return this.#result;
  }
}

const selectionOf = ({ range, threads, weight }: Pick<AnalysisRequest, 'range' | 'threads' | 'weight'>): Selection => ({
  range,
  threads: threads?.map((index) => threadIndex(index)),
  weight,
});

const focusTree = (model: TraceModel, tree: CallTree, focus: FunctionIdentity | undefined): CallTree => {
  const index = focus && findFunction(model, focus);
  return index === undefined ? tree : focusCallTree(model, tree, index);
};

const listFunctions = (model: TraceModel, tree: CallTree): FunctionWeight[] =>
  computeFunctions(tree)
    .slice(0, MAX_FUNCTION_ROWS)
    .map(({ functionIndex, self, total }) => ({ identity: identifyFunction(model, functionIndex), self, total }));

const computeNeighbours = (
  model: TraceModel,
  tree: CallTree,
  selection: Selection,
  selected: FunctionIdentity | undefined,
): CallNeighbours | undefined => {
  const index = selected && findFunction(model, selected);
  if (index === undefined) return undefined;
  const callers = computeCallers(tree, index);
  const callees = computeCallees(tree, index);
  const total = sumWeights(callers);
  return {
    function: { identity: identifyFunction(model, index), self: total - sumWeights(callees), total },
    callers: callers.map((row) => nameCall(model, row)),
    callees: callees.map((row) => nameCall(model, row)),
    lines: computeFunctionLines(model, selection, index),
  };
};

const sumWeights = (rows: readonly CallRow[]): number => rows.reduce((sum, { weight }) => sum + weight, 0);

const nameCall = (model: TraceModel, { functionIndex, weight, share }: CallRow): RelatedCall => ({
  identity: functionIndex === undefined ? undefined : identifyFunction(model, functionIndex),
  weight,
  share,
});

const computeStats = (model: TraceModel, tree: CallTree, { range }: AnalysisRequest): RangeStats => {
  const ticks = selectTicks(model, range);
  return {
    start: range?.start ?? microseconds(0),
    end: range?.end ?? model.duration,
    tickCount: ticks.end - ticks.first,
    totalWeight: tree.total[ROOT_NODE] ?? 0,
  };
};
