/** Which frames a search is about, and which are of a function. Pure. */
import { linksOf } from '#trace/analysis/folded-chains.ts';
import type { FunctionIdentity } from '#trace/analysis/function-identity.ts';
import { formatShare } from '../../shared/format-quantity.ts';
import { isSameFunction } from '../../shared/function-identity.ts';
import type { FlameLayout } from './flame-layout.ts';

export interface SearchResult {
  /** By position in the layout. */
  readonly matches: ReadonlySet<number>;
  /** Frames, each of a chain for itself. */
  readonly count: number;
  /** Of the whole, each stack counted once however many of its frames match; 0 to 1. */
  readonly share: number;
}

/** Part of a function's name or of its file, in any case. */
export const searchFrames = ({ boxes }: FlameLayout, search: string): SearchResult | undefined => {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return undefined;
  const matches = new Set<number>();
  const covered = new Set<number>();
  let [count, share] = [0, 0];
  for (const { node, index, parent, width } of boxes) {
    const found = linksOf(node).filter(
      ({ name, identity }) => name.toLowerCase().includes(wanted) || identity.file.toLowerCase().includes(wanted),
    );
    const [first] = found;
    if (first !== undefined) matches.add(index);
    count += found.length;
    // Callers come first in the layout: below one that matches everything is counted already.
    if (covered.has(parent)) covered.add(index);
    else if (first !== undefined) {
      covered.add(index);
      // Of a chain only from the first that matches on.
      share += node.value > 0 ? (width * first.value) / node.value : 0;
    }
  }
  return { matches, count, share };
};

/** As in "3 frames, 12 % of what is shown". Empty where nothing is searched. */
export const describeSearch = (found: SearchResult | undefined): string => {
  if (found === undefined) return '';
  const { count, share } = found;
  if (count === 0) return 'No frame matches';
  return `${count === 1 ? '1 frame' : `${count} frames`}, ${formatShare(share)} of what is shown`;
};

/** Positions of the frames of a function, and of chains that it is in. */
export const findFrames = ({ boxes }: FlameLayout, wanted: FunctionIdentity | undefined): ReadonlySet<number> =>
  new Set(
    boxes
      .filter(({ node }) => linksOf(node).some(({ identity }) => isSameFunction(identity, wanted)))
      .map(({ index }) => index),
  );
