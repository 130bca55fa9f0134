/** A frame in words, as the tooltip, the line above the graph and assistive technology have it. Pure. */
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatDuration, formatDurationExactly, formatShare } from '../../shared/format-quantity.ts';

export interface FrameText {
  readonly name: string;
  readonly file: string;
  readonly total: string;
  readonly self: string;
  readonly exact: string;
}

export interface FrameMeasure {
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName: string;
  /** Of the whole selection, microseconds. */
  readonly whole: number;
}

export const describeFrame = (node: FlameNode, { weightName, whole }: FrameMeasure): FrameText => {
  const [value, self] = [microseconds(node.value), microseconds(node.self)];
  const of = whole || node.value;
  const line = node.kind === 'function' && node.identity.firstLine > 0 ? `:${node.identity.firstLine}` : '';
  return {
    name: node.name,
    file: node.kind === 'function' ? node.identity.file + line : '',
    total: `${formatShare(value / of)} of the ${weightName}, ${formatDuration(value)}`,
    self: `${formatShare(self / of)} itself, ${formatDuration(self)}`,
    exact: `total ${formatDurationExactly(value)}, self ${formatDurationExactly(self)}`,
  };
};
