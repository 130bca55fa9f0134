/** A frame in words, as the tooltip, the line above the graph and assistive technology have it. Pure. */
import { type ChangeKind, differenceOf, kindOfChange } from '#trace/analysis/comparison.ts';
import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import { microseconds } from '#trace/contract/units.ts';
import {
  formatDuration,
  formatDurationExactly,
  formatPoints,
  formatShare,
  formatShareExactly,
} from '../../shared/format-quantity.ts';
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
export const describeFrame = (node: FlameNode, measure: FrameMeasure, thread?: FlameNode): FrameText =>
  node.changes === undefined ? describeWeight(node, measure, thread) : describeChanges(node, node.changes, measure);

/** As it goes to the clipboard: a line for each of what is known. */
export const formatFrameText = ({ name, file, total, self, ofThread, exact }: FrameText): string =>
  [name, file, total, self, ofThread, exact].filter((line) => line !== '').join('\n');

const describeChanges = (
  node: FlameNode,
  { self, total }: NonNullable<FlameNode['changes']>,
  { weightName }: FrameMeasure,
): FrameText => ({
  name: node.name,
  file: fileOf(node),
  total: `${CHANGE_WORDS[kindOfChange(total)]}, from ${formatShare(total.before)} to ${formatShare(total.after)} of the ${weightName} (${formatPoints(differenceOf(total))} points)`,
  self: `itself from ${formatShare(self.before)} to ${formatShare(self.after)} (${formatPoints(differenceOf(self))} points)`,
  ofThread: '',
  exact: `before ${formatShareExactly(total.before)}, after ${formatShareExactly(total.after)}`,
});

const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  added: 'added',
  removed: 'removed',
  grew: 'grew',
  shrank: 'shrank',
  same: 'the same',
};

const fileOf = (node: FlameNode): string => {
  if (node.kind !== 'function') return '';
  const { file, firstLine } = node.identity;
  return firstLine > 0 ? `${file}:${firstLine}` : file;
};

const describeWeight = (
  node: FlameNode,
  { weightName, whole, direction }: FrameMeasure,
  thread: FlameNode | undefined,
): FrameText => {
  const [value, self] = [microseconds(node.value), microseconds(node.self)];
  const of = whole || node.value;
  const own = node.kind === 'function' ? DIRECTION_WORDS[direction].own : 'itself';
  return {
    name: node.name,
    file: fileOf(node),
    total: `${formatShare(value / of)} of the ${weightName}, ${formatDuration(value)}`,
    self: `${formatShare(self / of)} ${own}, ${formatDuration(self)}`,
    ofThread: thread === undefined ? '' : `${formatShare(value / thread.value)} of what ${thread.name} spent`,
    exact: `total ${formatDurationExactly(value)}, ${own} ${formatDurationExactly(self)}`,
  };
};
