/** What a flame graph says of itself and of its frames, by the end that it is looked at from. */
import type { TreeDirection } from '#trace/analysis/view-paths.ts';

export interface DirectionWords {
  /** The name of the tree. */
  readonly tree: string;
  /** Around the function that is looked at alone. */
  readonly beforeFocus: string;
  readonly afterFocus: string;
  /** What a frame's own weight is: the part of its width with nothing below it. */
  readonly own: string;
}

/** On a button. */
export const DIRECTION_NAMES: Readonly<Record<TreeDirection, string>> = {
  'top-down': 'Top-down',
  'bottom-up': 'Bottom-up',
};

export const DIRECTION_WORDS: Readonly<Record<TreeDirection, DirectionWords>> = {
  'top-down': {
    tree: 'Frames, callers above callees',
    beforeFocus: 'Only what',
    afterFocus: ' spent.',
    own: 'itself',
  },
  'bottom-up': {
    tree: 'Frames, callees above callers',
    beforeFocus: 'Only who called',
    afterFocus: ', each with all that its calls spent.',
    own: 'with no caller',
  },
};
