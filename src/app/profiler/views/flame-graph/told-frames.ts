/** What assistive technology is told of a picture: every frame in it. Pure. */
import { describeShares, type FrameMeasure } from './describe-frame.ts';
import type { DrawnNode } from '#trace/analysis/flame-tree.ts';
import type { FlameBox, FlameLayout } from './flame-layout.ts';
import { FLAME_LOOK } from './flame-renderer.ts';

/** Far more than a screen has room for; a bound for what is built, not for what is seen. */
export const MAX_TOLD_FRAMES = 5000;

export interface ToldFrame {
  readonly box: FlameBox;
  readonly text: string;
  /** Among the callees of its caller, from 1. */
  readonly position: number;
  readonly siblings: number;
}

export interface ToldFrames {
  readonly layout: FlameLayout;
  readonly frames: readonly ToldFrame[];
}

export const NO_TOLD_FRAMES: ToldFrames = { layout: { boxes: [], rows: [] }, frames: [] };

/** Signs between the names of a chain are for the eye. */
const nameAloud = (node: DrawnNode): string =>
  node.kind === 'chain'
    ? `${node.links.length} frames as one, ${node.links[0]!.name} to ${node.links.at(-1)!.name}`
    : node.name;

/**
 * Caller before callees, so that levels alone make a tree of the flat list. Where there are too many frames, the deepest are left out.
 */
export const tellFrames = (layout: FlameLayout, width: number, measure: FrameMeasure): ToldFrames => {
  const visible = layout.boxes.filter((box) => box.width * width > FLAME_LOOK.smallestFrame).slice(0, MAX_TOLD_FRAMES);
  const callees = Map.groupBy(visible, ({ parent }) => parent);
  const frames: ToldFrame[] = [];
  const tell = (box: FlameBox, position: number, siblings: number): void => {
    const { total, self } = describeShares(box.node, measure);
    frames.push({ box, text: `${nameAloud(box.node)}, ${total}, ${self}`, position, siblings });
  };
  // Without recursion, since recorded stacks may be deeper than ours.
  const open: { readonly boxes: readonly FlameBox[]; next: number }[] = [{ boxes: callees.get(-1) ?? [], next: 0 }];
  while (open.length > 0) {
    const level = open.at(-1)!;
    const box = level.boxes[level.next];
    if (box === undefined) {
      open.pop();
      continue;
    }
    level.next += 1;
    tell(box, level.next, level.boxes.length);
    open.push({ boxes: callees.get(box.index) ?? [], next: 0 });
  }
  return { layout, frames };
};
