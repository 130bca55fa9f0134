/** A frame in words, as the tooltip, the line above the graph and assistive technology have it. Pure. */
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import { microseconds } from '#trace/contract/units.ts';
import { formatDuration, formatDurationExactly, formatShare } from '../../shared/format-quantity.ts';
import { DIRECTION_WORDS } from './direction-words.ts';

export interface FrameText {
  readonly name: string;
  readonly file: string;
  readonly total: string;
  readonly self: string;
  /** Empty for threads, and where the tree has none. */
  readonly ofThread: string;
  readonly exact: string;
}

export interface FrameMeasure {
  /** What the weight is, as in "38 % of the CPU time". */
  readonly weightName: string;
  /** Of the whole selection, microseconds. */
  readonly whole: number;
  readonly direction: TreeDirection;
}

/** `thread` is the one that the frame was called in. */
export const describeFrame = (
  node: FlameNode,
  { weightName, whole, direction }: FrameMeasure,
  thread?: FlameNode,
): FrameText => {
  const [value, self] = [microseconds(node.value), microseconds(node.self)];
  const of = whole || node.value;
  const own = node.kind === 'function' ? DIRECTION_WORDS[direction].own : 'itself';
  const line = node.kind === 'function' && node.identity.firstLine > 0 ? `:${node.identity.firstLine}` : '';
  return {
    name: node.name,
    file: node.kind === 'function' ? node.identity.file + line : '',
    total: `${formatShare(value / of)} of the ${weightName}, ${formatDuration(value)}`,
    self: `${formatShare(self / of)} ${own}, ${formatDuration(self)}`,
    ofThread: thread === undefined ? '' : `${formatShare(value / thread.value)} of what ${thread.name} spent`,
    exact: `total ${formatDurationExactly(value)}, ${own} ${formatDurationExactly(self)}`,
  };
};
