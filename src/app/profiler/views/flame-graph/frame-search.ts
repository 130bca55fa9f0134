/** Which frames a search is about, and which are of a function. Pure. */
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { formatShare } from '../../shared/format-quantity.ts';
import { isSameFunction } from '../../shared/function-identity.ts';
import type { FlameLayout } from './flame-layout.ts';

export interface SearchResult {
  /** By position in the layout. */
  readonly matches: ReadonlySet<number>;
  /** Of the whole, each stack counted once however many of its frames match; 0 to 1. */
  readonly share: number;
}

/** Part of a function's name or of its file, in any case. */
export const searchFrames = ({ boxes }: FlameLayout, search: string): SearchResult | undefined => {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return undefined;
  const matches = new Set<number>();
  const covered = new Set<number>();
  let share = 0;
  for (const { node, index, parent, width } of boxes) {
    const isMatch =
      node.kind === 'function' &&
      (node.name.toLowerCase().includes(wanted) || node.identity.file.toLowerCase().includes(wanted));
    if (isMatch) matches.add(index);
    // Callers come first in the layout: below one that matches everything is counted already.
    if (covered.has(parent)) covered.add(index);
    else if (isMatch) {
      covered.add(index);
      share += width;
    }
  }
  return { matches, share };
};

/** As in "3 frames, 12 % of what is shown". Empty where nothing is searched. */
export const describeSearch = (found: SearchResult | undefined): string => {
  if (found === undefined) return '';
  const { size } = found.matches;
  if (size === 0) return 'No frame matches';
  return `${size === 1 ? '1 frame' : `${size} frames`}, ${formatShare(found.share)} of what is shown`;
};

/** Positions of the frames of a function. */
export const findFrames = ({ boxes }: FlameLayout, wanted: FunctionIdentity | undefined): ReadonlySet<number> =>
  new Set(
    boxes
      .filter(({ node }) => node.kind === 'function' && isSameFunction(node.identity, wanted))
      .map(({ index }) => index),
  );
