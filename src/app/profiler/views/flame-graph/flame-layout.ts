/**
 * Where each frame of a flame graph stands: the geometry that every renderer, the pointer and the keys share. Pure.
 */
import type { DrawnNode } from '#trace/analysis/flame-tree.ts';
import { linksOf } from '#trace/analysis/folded-chains.ts';

export const FLAME_ROW_HEIGHT = 18;

export interface FlameBox {
  readonly node: DrawnNode;
  /** Position in the layout, and so a name for it within one drawing. */
  readonly index: number;
  /** -1 for the root. */
  readonly parent: number;
  readonly depth: number;
  /** Left edge and width as shares of the whole width. */
  readonly x: number;
  readonly width: number;
}

export interface FlameLayout {
  readonly boxes: readonly FlameBox[];
  /** Boxes of each depth, from left to right. */
  readonly rows: readonly (readonly FlameBox[])[];
}

/** Children stand below their parent from the left; what is left over at the right is the parent's own. */
export const layoutFlame = (root: DrawnNode): FlameLayout => {
  const boxes: FlameBox[] = [];
  const rows: FlameBox[][] = [];
  const place = (node: DrawnNode, parent: number, depth: number, x: number, width: number): FlameBox => {
    const box = { node, index: boxes.length, parent, depth, x, width };
    boxes.push(box);
    (rows[depth] ??= []).push(box);
    return box;
  };
  // Level by level, so that rows come out sorted and deep stacks need no recursion.
  let level = [place(root, -1, 0, 0, 1)];
  while (level.length > 0) {
    level = level.flatMap(({ node, index, depth, x, width }) => {
      let left = x;
      return node.children.map((child) => {
        const share = node.value > 0 ? (child.value / node.value) * width : 0;
        const box = place(child, index, depth + 1, left, share);
        left += share;
        return box;
      });
    });
  }
  return { boxes, rows };
};

/** The frame under a point; `x` as a share of the width, `y` in CSS pixels from the top. */
export const findBox = ({ rows }: FlameLayout, x: number, y: number): FlameBox | undefined =>
  rows[Math.floor(y / FLAME_ROW_HEIGHT)]?.find((box) => x >= box.x && x < box.x + box.width);

/** Names on the way from the root, those in a chain one by one: finds a frame again when the drawing has changed, also between frames that are folded and the same ones alone. */
export const describePath = ({ boxes }: FlameLayout, box: FlameBox): string[] => {
  const path: string[] = [];
  for (let step: FlameBox | undefined = box; step !== undefined; step = boxes[step.parent])
    path.unshift(...keysOf(step.node));
  return path;
};

/** The frame of the thread that a frame is below. */
export const findThreadOf = ({ boxes }: FlameLayout, box: FlameBox): FlameBox | undefined => {
  let step = boxes[box.parent];
  while (step !== undefined && step.node.kind !== 'thread') step = boxes[step.parent];
  return step;
};

/** The frame of this path, or the deepest that is left of it. */
export const findPath = (layout: FlameLayout, path: readonly string[]): FlameBox | undefined => {
  let found = layout.boxes[0];
  for (let at = 1; found !== undefined && at < path.length;) {
    const parent: number = found.index;
    const next = layout.rows[found.depth + 1]?.find((box) => box.parent === parent && keysOf(box.node)[0] === path[at]);
    if (next === undefined) return found;
    const keys = keysOf(next.node);
    const apart = keys.findIndex((key, index) => key !== path[at + index]);
    if (apart !== -1) return next;
    at += keys.length;
    found = next;
  }
  return found;
};

const keysOf = (node: DrawnNode): readonly string[] => {
  const links = linksOf(node);
  return links.length === 0
    ? [node.name]
    : links.map(({ name, identity: { file, firstLine } }) => `${name}\n${file}\n${firstLine}`);
};

/** Where an arrow key leads: to the parent, the widest child, or the neighbour in the same row. */
export const walkFrames = (layout: FlameLayout, from: FlameBox, key: string): FlameBox | undefined => {
  switch (key) {
    case 'ArrowUp':
      return layout.boxes[from.parent];
    case 'ArrowDown':
      return findWidestChild(layout, from);
    case 'ArrowLeft':
      return findNeighbour(layout, from, -1);
    case 'ArrowRight':
      return findNeighbour(layout, from, 1);
    case 'Home':
      return layout.boxes[0];
    default:
      return undefined;
  }
};

export const childrenOf = ({ rows }: FlameLayout, { index, depth }: FlameBox): readonly FlameBox[] =>
  rows[depth + 1]?.filter(({ parent }) => parent === index) ?? [];

const findWidestChild = (layout: FlameLayout, from: FlameBox): FlameBox | undefined =>
  childrenOf(layout, from).reduce<FlameBox | undefined>(
    (widest, child) => (widest === undefined || child.width > widest.width ? child : widest),
    undefined,
  );

const findNeighbour = ({ rows }: FlameLayout, from: FlameBox, step: 1 | -1): FlameBox | undefined => {
  const row = rows[from.depth] ?? [];
  return row[row.indexOf(from) + step];
};
