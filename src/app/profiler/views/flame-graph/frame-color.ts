import type { FlameNode } from '#trace/analysis/flame-tree.ts';
import { computePackageGroup } from '../../shared/package-group.ts';

/** As a CSS color that follows the theme. Searched frames have one strong colour, whatever their package. */
export const computeFrameColor = (node: FlameNode, isMatch: boolean): string => {
  if (isMatch) return 'var(--bbp-flame-match)';
  return node.kind === 'function'
    ? `var(--bbp-flame-${computePackageGroup(node.identity.file)})`
    : 'var(--bbp-flame-thread)';
};
