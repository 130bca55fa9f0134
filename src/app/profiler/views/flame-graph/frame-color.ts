import type { DrawnNode } from '#trace/analysis/flame-tree.ts';
import { type Change, differenceOf } from '#trace/analysis/comparison.ts';
import { functionOf } from '#trace/analysis/folded-chains.ts';
import { computePackageGroup, PACKAGE_GROUP_NAMES, PACKAGE_GROUPS } from '../../shared/package-group.ts';

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
}

const SAME_COLOR = 'var(--bbp-flame-thread)';
/** Shades on each side of none. More could not be told apart. */
const SHADES = 4;

/** As a CSS color that follows the theme. Searched frames have one strong colour, whatever their package. */
export const computeFrameColor = (node: DrawnNode, isMatch: boolean): string => {
  if (isMatch) return 'var(--bbp-flame-match)';
  if (node.changes !== undefined) return computeChangeColor(node.changes.total);
  const identity = functionOf(node);
  return identity === undefined ? 'var(--bbp-flame-thread)' : `var(--bbp-flame-${computePackageGroup(identity.file)})`;
};

/** The more of a frame is new, or gone, the stronger; what is on one side only is strongest. */
export const computeChangeColor = (change: Change): string => {
  const larger = Math.max(change.before, change.after);
  const shade = larger === 0 ? 0 : Math.round((differenceOf(change) / larger) * SHADES);
  if (shade === 0) return SAME_COLOR;
  const [token, strength] = [shade > 0 ? '--bbp-flame-more' : '--bbp-flame-less', (Math.abs(shade) / SHADES) * 100];
  return `color-mix(in srgb, var(${token}) ${strength}%, ${SAME_COLOR})`;
};

export const PACKAGE_LEGEND: readonly LegendEntry[] = PACKAGE_GROUPS.map((id) => ({
  name: PACKAGE_GROUP_NAMES[id],
  color: `var(--bbp-flame-${id})`,
}));

export const DIFFERENCE_LEGEND: readonly LegendEntry[] = [
  { name: 'only after', color: computeChangeColor({ before: 0, after: 1 }) },
  { name: 'twice as much', color: computeChangeColor({ before: 1, after: 2 }) },
  { name: 'same', color: computeChangeColor({ before: 1, after: 1 }) },
  { name: 'half as much', color: computeChangeColor({ before: 2, after: 1 }) },
  { name: 'only before', color: computeChangeColor({ before: 1, after: 0 }) },
];
