/** What the reader of a report chose. Everything shown is a function of these and of the recording. */
import type { TimeRange, Weight } from '#trace/analysis/selection.ts';
import { DEFAULT_STALL_THRESHOLD } from '#trace/analysis/stalls.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import type { AnalysisRequest } from '../app/profiler/shared/analysis-messages.ts';
import type { FunctionIdentity } from '../app/profiler/shared/function-identity.ts';
import { computePlotWidth } from '../app/profiler/shared/plot-geometry.ts';

export interface ReportChoices {
  /** What the time axis shows. */
  readonly viewport: TimeRange;
  /** Absent: the whole recording. */
  readonly range: TimeRange | undefined;
  /** Index of the one thread that is looked at; absent: all of them. */
  readonly thread: number | undefined;
  readonly weight: Weight;
  /** Whose callers and callees are shown. */
  readonly selected: FunctionIdentity | undefined;
  /** Which alone the flame graph shows. */
  readonly focus: FunctionIdentity | undefined;
  readonly direction: TreeDirection;
  /** Whether frames that only lead to the next one are drawn as one with it. */
  readonly foldChains: boolean;
  readonly search: string;
  readonly stallThreshold: Microseconds;
}

export const firstChoices = (bounds: TimeRange, weight: Weight): ReportChoices => ({
  viewport: bounds,
  range: undefined,
  thread: undefined,
  weight,
  selected: undefined,
  focus: undefined,
  direction: 'top-down',
  foldChains: false,
  search: '',
  stallThreshold: DEFAULT_STALL_THRESHOLD,
});

/** The innermost choice is taken back first; undefined where there is none. */
export const stepBack = ({ search, focus, selected, range }: ReportChoices): Partial<ReportChoices> | undefined => {
  if (search !== '') return { search: '' };
  if (focus !== undefined) return { focus: undefined };
  if (selected !== undefined) return { selected: undefined };
  return range === undefined ? undefined : { range: undefined };
};

/** CSS pixels. */
export interface ReportWidths {
  /** Of the timeline, with the margins of the plot. */
  readonly timeline: number;
  readonly flame: number;
}

/** A frame that is narrower can be neither seen nor hit. */
const SMALLEST_FRAME_PIXELS = 1.5;

/** While a hand moves the range only what follows it is asked for: the curves and the flame graph. */
export const toRequest = (choices: ReportChoices, widths: ReportWidths, isDragging: boolean): AnalysisRequest => {
  const plotWidth = Math.round(computePlotWidth(widths.timeline));
  return {
    // A report is whole from the start.
    revision: 0,
    isGesturing: isDragging,
    viewport: choices.viewport,
    timelinePoints: plotWidth * 2,
    range: choices.range,
    threads: choices.thread === undefined ? undefined : [choices.thread],
    weight: choices.weight,
    focus: choices.focus,
    direction: choices.direction,
    mergeThreads: false,
    folds: [],
    smallestFrameShare: SMALLEST_FRAME_PIXELS / Math.max(1, widths.flame),
    selected: isDragging ? undefined : choices.selected,
    hasFunctions: !isDragging,
    laneColumns: plotWidth,
    stallThreshold: choices.stallThreshold,
    hasStalls: true,
    hasBuilds: false,
    comparedWith: undefined,
    hasDifferenceTree: false,
    comparedRevision: 0,
  };
};
