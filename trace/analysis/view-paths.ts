/**
 * The call paths of a view: those of the stacks without what fold rules hide, and of these what a focus leaves. Found once for all stacks, so that neither costs anything
 * for each sample: a range is added up by the call paths as they are, and then moved to these.
 */
import type { FunctionIndex } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { CallPathOrder } from './call-path-order.ts';
import { findHidden } from './fold-rules.ts';
import { PathInterner, layOutPaths, type PathLayout } from './path-layout.ts';
import type { Selection } from './selection.ts';

/** Positions that are no path: all of its frames are hidden, so that only its thread is left; and not in the focus. */
export const THREAD_ALONE = -1;
export const OUT_OF_FOCUS = -2;

export const TREE_DIRECTIONS = ['top-down', 'bottom-up'] as const;
/** From the thread's start to where the time went, or from there back. */
export type TreeDirection = (typeof TREE_DIRECTIONS)[number];

export interface ViewPaths {
  readonly layout: PathLayout;
  /** Of each call path of the order the position in the layout. Absent where they are the same. */
  readonly positions: Int32Array | undefined;
}

export type ViewChoice = Pick<Selection, 'folds' | 'focus'>;

/** As many as a page asks for by turns. */
const KEPT_VIEWS = 3;
const known = new WeakMap<CallPathOrder, Map<string, ViewPaths>>();

export const findViewPaths = (
  model: TraceModel,
  order: CallPathOrder,
  choice: ViewChoice,
  direction: TreeDirection,
): ViewPaths => {
  const views = known.get(order) ?? new Map<string, ViewPaths>();
  known.set(order, views);
  const key = JSON.stringify([choice.folds, choice.focus, choice.focus === undefined ? '' : direction]);
  const view = views.get(key) ?? makeView(model, order, choice, direction);
  // The last one asked for is the last one to go.
  views.delete(key);
  views.set(key, view);
  if (views.size > KEPT_VIEWS) views.delete(views.keys().next().value!);
  return view;
};

const makeView = (
  model: TraceModel,
  order: CallPathOrder,
  { folds = [], focus }: ViewChoice,
  direction: TreeDirection,
): ViewPaths => {
  const isHidden = findHidden(model, folds);
  // Whoever asks for a function alone wants to see it.
  if (focus !== undefined && focus >= 0) isHidden[focus] = 0;
  const folded = isHidden.includes(1) ? foldPaths(order, isHidden) : { layout: order, positions: undefined };
  if (focus === undefined) return folded;
  const focused = direction === 'top-down' ? focusDown(folded.layout, order, focus) : focusUp(folded.layout, focus);
  return { layout: focused.layout, positions: joinPositions(folded.positions, focused.positions) };
};

interface MovedPaths extends ViewPaths {
  readonly positions: Int32Array;
}

/** Leaves hidden functions out of all paths: what ends in them ends in their nearest caller that is shown. */
const foldPaths = (order: CallPathOrder, isHidden: Uint8Array): MovedPaths =>
  movePaths(order, order.ranks, THREAD_ALONE, (called, parent, interner) =>
    isHidden[called] === 1 ? parent : interner.intern(parent, called),
  );

/** What is below the outermost call of a function, wherever that is called from. */
const focusDown = (layout: PathLayout, { ranks }: CallPathOrder, focus: FunctionIndex): MovedPaths =>
  movePaths(layout, ranks, OUT_OF_FOCUS, (called, parent, interner) => {
    if (parent !== OUT_OF_FOCUS) return interner.intern(parent, called);
    return called === focus ? interner.intern(-1, called) : OUT_OF_FOCUS;
  });

/** The ways to the innermost call of a function: what is below it counts for it. */
const focusUp = (layout: PathLayout, focus: FunctionIndex): MovedPaths => {
  const positions = new Int32Array(layout.count);
  for (let position = 0; position < positions.length; position++) {
    const parent = layout.parents[position]!;
    const ofParent = parent < 0 ? OUT_OF_FOCUS : positions[parent]!;
    positions[position] = layout.functions[position] === focus ? position : ofParent;
  }
  return { layout, positions };
};

/** @param move tells where a path goes, given where that of its caller went */
const movePaths = (
  { count, functions, parents }: PathLayout,
  ranks: Int32Array,
  outermost: number,
  move: (called: number, parent: number, interner: PathInterner) => number,
): MovedPaths => {
  const interner = new PathInterner(ranks.length);
  const moved = new Int32Array(count);
  for (let position = 0; position < count; position++) {
    const parent = parents[position]!;
    moved[position] = move(functions[position]!, parent < 0 ? outermost : moved[parent]!, interner);
  }
  const { layout, positions } = layOutPaths(interner.paths, ranks);
  return { layout, positions: moved.map((path) => (path < 0 ? path : positions[path]!)) };
};

const joinPositions = (first: Int32Array | undefined, second: Int32Array): Int32Array =>
  first === undefined ? second : first.map((position) => (position < 0 ? OUT_OF_FOCUS : second[position]!));
