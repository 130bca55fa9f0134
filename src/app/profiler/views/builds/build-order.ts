import type { BuildSpan } from '#trace/analysis/build-spans.ts';
import { compareText } from '#trace/analysis/compare-text.ts';

export type BuildSorting = 'start' | 'length' | 'name' | 'result' | 'busy' | 'cpu' | 'stall';

const lengthOf = ({ start, end }: BuildSpan): number => end - start;
const byName = (a: BuildSpan, b: BuildSpan): number => compareText(a.builder, b.builder) || a.number - b.number;

const ORDERS: Readonly<Record<BuildSorting, (a: BuildSpan, b: BuildSpan) => number>> = {
  start: (a, b) => a.start - b.start,
  length: (a, b) => lengthOf(b) - lengthOf(a),
  name: byName,
  result: (a, b) => compareText(a.result ?? '', b.result ?? '') || byName(a, b),
  busy: (a, b) => b.mainBusy - a.mainBusy,
  cpu: (a, b) => b.mainCpu - a.mainCpu,
  stall: (a, b) => b.longestStall - a.longestStall,
};

/** In the wanted order: quantities the largest first. The given ones are ordered by their starts, which decides between equals. */
export const sortBuilds = (builds: readonly BuildSpan[], sorting: BuildSorting): readonly BuildSpan[] =>
  builds.toSorted(ORDERS[sorting]);

/** Those whose largest, and not whose smallest, comes first. */
export const isDescending = (sorting: BuildSorting): boolean => ['length', 'busy', 'cpu', 'stall'].includes(sorting);
