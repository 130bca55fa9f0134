/**
 * What the user chose. Everything shown is a function of these and of the trace; the address is their written form.
 */
import type { TimeRange, Weight } from '#trace/analysis/selection.ts';
import type { FoldRuleId } from '#trace/analysis/fold-rules.ts';
import { DEFAULT_STALL_THRESHOLD } from '#trace/analysis/stalls.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import type { ComparedWith } from '../shared/comparison-messages.ts';
import type { FunctionIdentity } from '../shared/function-identity.ts';
import type { PackageGroup } from '../shared/package-group.ts';
import type { TraceSource } from '../shared/trace-state.ts';

export const DETAIL_VIEWS = ['flame', 'functions', 'stalls', 'builds', 'compare'] as const;
export type DetailView = (typeof DETAIL_VIEWS)[number];

export const DIFFERENCE_SHAPES = ['table', 'flame'] as const;
/** How a comparison is shown. */
export type DifferenceShape = (typeof DIFFERENCE_SHAPES)[number];

export interface Choices {
  readonly source: TraceSource | undefined;
  /** Absent: the whole trace. */
  readonly range: TimeRange | undefined;
  /** Indexes of threads; absent: all of them. */
  readonly threads: readonly number[] | undefined;
  /** Absent: the one that the recording's mode shows first. */
  readonly weight: Weight | undefined;
  /** Whose callers and callees are shown. */
  readonly selected: FunctionIdentity | undefined;
  /** On which the flame graph is zoomed. */
  readonly focus: FunctionIdentity | undefined;
  readonly direction: TreeDirection;
  /** Whether the flame graph has no level of threads. */
  readonly mergeThreads: boolean;
  /** Whether frames of the flame graph that only lead to the next one are drawn as one with it. */
  readonly foldChains: boolean;
  /** Rules that hide frames of frameworks, in the order of all rules. */
  readonly folds: readonly FoldRuleId[];
  readonly search: string;
  /** Whose functions alone the table lists; absent: those of all packages. */
  readonly packageGroup: PackageGroup | undefined;
  readonly view: DetailView;
  /** From which length on a callback of the event loop is a stall. */
  readonly stallThreshold: Microseconds;
  /** What the range is compared with; absent: nothing yet. */
  readonly comparedWith: ComparedWith | undefined;
  readonly differencesAs: DifferenceShape;
}

export const NO_CHOICES: Choices = {
  source: undefined,
  range: undefined,
  threads: undefined,
  weight: undefined,
  selected: undefined,
  focus: undefined,
  direction: 'top-down',
  mergeThreads: false,
  foldChains: false,
  folds: [],
  search: '',
  packageGroup: undefined,
  view: 'flame',
  stallThreshold: DEFAULT_STALL_THRESHOLD,
  comparedWith: undefined,
  differencesAs: 'table',
};
