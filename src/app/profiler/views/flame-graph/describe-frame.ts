/** A frame in words, as the tooltip, the line above the graph and assistive technology have it. Pure. */
import { type ChangeKind, differenceOf, kindOfChange } from '#trace/analysis/comparison.ts';
import type { ChainLink, DrawnNode } from '#trace/analysis/flame-tree.ts';
import { linksOf } from '#trace/analysis/folded-chains.ts';
import type { TreeDirection } from '#trace/analysis/view-paths.ts';
import { microseconds } from '#trace/contract/units.ts';
import {
  formatDuration,
  formatDurationExactly,
  formatPoints,
  formatShare,
  formatShareExactly,
} from '../../shared/format-quantity.ts';
import { formatShortFile } from '../../shared/package-group.ts';
import { DIRECTION_WORDS } from './direction-words.ts';

/** More would not fit beside a frame. */
const MAX_TOLD_LINKS = 16;

export interface FrameText {
  readonly name: string;
  readonly file: string;
  /** Of a chain the frames in it, with files; those in the middle of a long one left out. */
  readonly links: readonly string[];
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
export const describeFrame = (node: DrawnNode, measure: FrameMeasure, thread?: DrawnNode): FrameText => ({
  name: node.name,
  file: fileOf(node),
  links: listLinks(node),
  ...describeShares(node, measure),
  ...(node.changes === undefined ? describeWeight(node, measure, thread) : describeChanges(node.changes)),
});

/** What it weighs: all that is told of each frame of a picture, of which there are hundreds. */
export const describeShares = (node: DrawnNode, measure: FrameMeasure): Pick<FrameText, 'total' | 'self'> =>
  node.changes === undefined ? describeWeightShares(node, measure) : describeChangedShares(node.changes, measure);

/** As it goes to the clipboard: a line for each of what is known. */
export const formatFrameText = ({ name, file, links, total, self, ofThread, exact }: FrameText): string =>
  [name, file, ...links, total, self, ofThread, exact].filter((line) => line !== '').join('\n');

type Changes = NonNullable<DrawnNode['changes']>;

const describeChangedShares = (
  { self, total }: Changes,
  { weightName }: FrameMeasure,
): Pick<FrameText, 'total' | 'self'> => ({
  total: `${CHANGE_WORDS[kindOfChange(total)]}, from ${formatShare(total.before)} to ${formatShare(total.after)} of the ${weightName} (${formatPoints(differenceOf(total))} points)`,
  self: `itself from ${formatShare(self.before)} to ${formatShare(self.after)} (${formatPoints(differenceOf(self))} points)`,
});

const describeChanges = ({ total }: Changes): Pick<FrameText, 'ofThread' | 'exact'> => ({
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

const fileOf = (node: DrawnNode): string => {
  if (node.kind !== 'function') return '';
  const { file, firstLine } = node.identity;
  return firstLine > 0 ? `${file}:${firstLine}` : file;
};

const listLinks = (node: DrawnNode): readonly string[] => {
  if (node.kind !== 'chain') return [];
  const { links } = node;
  if (links.length <= MAX_TOLD_LINKS) return links.map(nameLink);
  const [first, last] = [links.slice(0, MAX_TOLD_LINKS / 2), links.slice(-MAX_TOLD_LINKS / 2)];
  return [...first.map(nameLink), `… ${links.length - MAX_TOLD_LINKS} more …`, ...last.map(nameLink)];
};

const nameLink = ({ name, identity: { file, firstLine } }: ChainLink): string =>
  `${name} (${formatShortFile(file)}${firstLine > 0 ? `:${firstLine}` : ''})`;

const describeWeightShares = (node: DrawnNode, measure: FrameMeasure): Pick<FrameText, 'total' | 'self'> => {
  const of = measure.whole || node.value;
  return {
    total: `${formatShare(node.value / of)} of the ${measure.weightName}, ${formatDuration(microseconds(node.value))}`,
    self: `${formatShare(node.self / of)} ${nameOwn(node, measure)}, ${formatDuration(microseconds(node.self))}`,
  };
};

const describeWeight = (
  node: DrawnNode,
  measure: FrameMeasure,
  thread: DrawnNode | undefined,
): Pick<FrameText, 'ofThread' | 'exact'> => {
  const [total, self] = [microseconds(node.value), microseconds(node.self)].map(formatDurationExactly);
  return {
    ofThread: thread === undefined ? '' : `${formatShare(node.value / thread.value)} of what ${thread.name} spent`,
    exact: `total ${total}, ${nameOwn(node, measure)} ${self}`,
  };
};

const nameOwn = (node: DrawnNode, { direction }: FrameMeasure): string =>
  linksOf(node).length > 0 ? DIRECTION_WORDS[direction].own : 'itself';
