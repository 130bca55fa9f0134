/** Which frames a search is about. Pure. */
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
