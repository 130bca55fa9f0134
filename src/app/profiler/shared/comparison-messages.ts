/** What of which traces is compared, and what comes out of it. */
import type { ComparedFunction } from '#trace/analysis/comparison.ts';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import type { Microseconds } from '#trace/contract/units.ts';
import type { TraceSource } from './trace-state.ts';

/**
 * What the selection is compared with, the side before; the side after is the selection itself.
 * - `range`: another range of the same trace;
 * - `rest`: all of the same trace that is not selected;
 * - `trace`: another trace, or a range of it.
 */
export type ComparedWith =
  | { readonly kind: 'range'; readonly range: TimeRange }
  | { readonly kind: 'rest' }
  | { readonly kind: 'trace'; readonly source: TraceSource; readonly range: TimeRange | undefined };

export interface ComparisonAnswer {
  /** What each side weighs. */
  readonly weightBefore: Microseconds;
  readonly weightAfter: Microseconds;
  /** In no order; a limited number, those that changed most. */
  readonly functions: readonly ComparedFunction[];
  readonly functionCount: number;
  /** Of both sides; absent where it was not asked for. */
  readonly tree: FlameNode | undefined;
  /** The function that the tree is of alone; absent where it is of everything. */
  readonly focus: FunctionIdentity | undefined;
}
