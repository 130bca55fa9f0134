/** One request answers everything that is on the screen, so that all views always show the same moment of the same trace. */
import type { BuildSpan } from '#trace/analysis/build-spans.ts';
import type { BuildBar } from '#trace/analysis/build-bars.ts';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { FoldRuleId } from '#trace/analysis/fold-rules.ts';
import type { LineRow } from '#trace/analysis/function-lines.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TimeRange, Weight } from '#trace/analysis/selection.ts';
import type { StallBucket, TickCounts } from '#trace/analysis/stalls.ts';
import type { Timeline } from '#trace/analysis/timeline.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import type { ComparedWith, ComparisonAnswer } from './comparison-messages.ts';
import type { Outcome } from './failure.ts';
import type { PackageGroup } from './package-group.ts';

export interface AnalysisRequest {
  /** Of the trace, as the page has been told of it: what was read since need not be looked at yet. */
  readonly revision: number;
  /** Whether a hand is on the brush: what cannot follow it may stay as it was. */
  readonly isGesturing: boolean;
  readonly viewport: TimeRange;
  /** Points of each of the timeline's curves at most. */
  readonly timelinePoints: number;
  readonly range: TimeRange | undefined;
  /** Indexes of threads. */
  readonly threads: readonly number[] | undefined;
  readonly weight: Weight;
  readonly focus: FunctionIdentity | undefined;
  readonly direction: TreeDirection;
  /** Whether all threads stand together in the flame graph. */
  readonly mergeThreads: boolean;
  /** Rules that hide frames, in all views. */
  readonly folds: readonly FoldRuleId[];
  /** Frames with a smaller share of the whole width are drawn as one. */
  readonly smallestFrameShare: number;
  readonly selected: FunctionIdentity | undefined;
  /** Whether the table of functions is on the screen. */
  readonly hasFunctions: boolean;
  /** Columns of the lanes: one a CSS pixel. */
  readonly laneColumns: number;
  /** From which length on a callback is a stall. */
  readonly stallThreshold: Microseconds;
  /** Whether the list of stalls is on the screen. */
  readonly hasStalls: boolean;
  /** Whether the list of builds is on the screen. */
  readonly hasBuilds: boolean;
  /** Absent where no comparison is on the screen. */
  readonly comparedWith: ComparedWith | undefined;
  /** Whether the comparison is on the screen as a flame graph. */
  readonly hasDifferenceTree: boolean;
  /** As `revision`, of the other trace; 0 where none is compared. */
  readonly comparedRevision: number;
}

/** A function with what it takes of the weight, in microseconds. */
export interface FunctionWeight {
  readonly identity: FunctionIdentity;
  readonly self: number;
  readonly total: number;
}

/** What all functions of a package take together; microseconds. */
export interface PackageWeight {
  readonly group: PackageGroup;
  /** Of the stacks that end in a function of it. */
  readonly self: number;
  /** Of the stacks that any function of it is in. */
  readonly total: number;
  readonly functionCount: number;
}

export interface RelatedCall {
  /** Absent where a thread starts with the function: nothing calls it. */
  readonly identity: FunctionIdentity | undefined;
  /** Microseconds. */
  readonly weight: number;
  /** Of the total of the function in question, 0 to 1. */
  readonly share: number;
  /** That caught the call. */
  readonly samples: number;
}

export interface CallNeighbours {
  readonly function: FunctionWeight;
  /** With the function on the stack. */
  readonly samples: number;
  readonly callers: readonly RelatedCall[];
  readonly callees: readonly RelatedCall[];
  readonly lines: readonly LineRow[];
}

/** What a fold rule hides or, where it is not chosen, would hide. */
export interface FoldRuleReach {
  readonly rule: FoldRuleId;
  /** Functions of the trace that it is about. */
  readonly functionCount: number;
  /** Their own weight in the selection, which counts for their callers where they are hidden; microseconds. */
  readonly weight: number;
}

export interface RangeStats {
  readonly start: Microseconds;
  readonly end: Microseconds;
  readonly tickCount: number;
  /** Of all functions together, in microseconds of the chosen weight. */
  readonly totalWeight: number;
}

/** Something that held up an event loop: one long callback, or many in a row. */
export interface HeldLoopRow {
  readonly start: Microseconds;
  readonly duration: Microseconds;
  /** Between these two its true length lies. */
  readonly shortest: Microseconds;
  readonly longest: Microseconds;
  readonly thread: string;
  readonly ticks: TickCounts;
  /** Where the time went, innermost first; a few. Empty where no stack is known. */
  readonly functions: readonly FunctionIdentity[];
  /** Share of the time in which all of them were on the stack, 0 to 1. */
  readonly functionShare: number;
  /** Builds that ran meanwhile: `builder #12`. */
  readonly builds: readonly string[];
  /** Callbacks in it that a sample caught. */
  readonly dispatchCount: number;
}

export interface StallList {
  /** Longest first; a limited number. */
  readonly stalls: readonly HeldLoopRow[];
  readonly stallCount: number;
  readonly spells: readonly HeldLoopRow[];
  readonly spellCount: number;
  readonly distribution: readonly StallBucket[];
  /** Whether the trace tells callbacks apart at all. */
  readonly hasDispatches: boolean;
}

/** What one thread did over time, as shares of each column of the lanes. */
export interface ThreadLaneRow {
  /** Index of the thread. */
  readonly thread: number;
  readonly name: string;
  /** In 255ths. */
  readonly running: Uint8Array;
  readonly runnable: Uint8Array;
  readonly waiting: Uint8Array;
}

/** What lies under the curves, on the same axis. */
export interface Lanes {
  readonly viewport: TimeRange;
  /** The main thread first, then the busiest. */
  readonly threads: readonly ThreadLaneRow[];
  readonly builds: readonly BuildBar[];
  /** Single long callbacks, by their ranges. */
  readonly stalls: readonly TimeRange[];
}

export interface AnalysisAnswer {
  readonly request: AnalysisRequest;
  readonly timeline: Timeline;
  readonly flame: FlameNode;
  /** Heaviest self first; absent where they were not asked for. */
  readonly functions: readonly FunctionWeight[] | undefined;
  /** In the order of the colours, those without a function too; absent where no functions were asked for. */
  readonly packages: readonly PackageWeight[] | undefined;
  /** Absent where no function is selected, or where the selected one is not in the trace or hidden. */
  readonly neighbours: CallNeighbours | undefined;
  readonly isSelectedHidden: boolean;
  /** Of the rules that are about any function of the trace. */
  readonly plumbing: readonly FoldRuleReach[];
  readonly stats: RangeStats;
  readonly lanes: Lanes;
  /** Absent where they were not asked for. */
  readonly stalls: StallList | undefined;
  /** By their starts; absent where they were not asked for. */
  readonly builds: readonly BuildSpan[] | undefined;
  /** Absent where nothing is compared, or nothing is known yet of what it is compared with. */
  readonly comparison: Outcome<ComparisonAnswer> | undefined;
}
