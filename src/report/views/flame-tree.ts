import {
  childrenOf,
  FLAME_ROW_HEIGHT,
  type FlameBox,
  type FlameLayout,
} from '../../app/profiler/views/flame-graph/flame-layout.ts';
import { make, place, setAttributes } from '../elements.ts';
import type { FrameText } from '../../app/profiler/views/flame-graph/describe-frame.ts';

/** What one key press can reach, and the way to it: all that assistive technology is told of. */
const MAX_TOLD = 200;

/** The frames around the one that the keys are at, as items of a tree: it has the focus, and says which of them is active. */
export class FlameTree {
  #told: readonly HTMLElement[] = [];

  draw(
    tree: HTMLElement,
    layout: FlameLayout,
    around: FlameBox | undefined,
    active: FlameBox | undefined,
    describe: (box: FlameBox) => FrameText | undefined,
  ): void {
    for (const item of this.#told) item.remove();
    this.#told = tell(layout, around).map((box) => makeItem(layout, box, box === active, describe(box)));
    tree.append(...this.#told);
    setAttributes(tree, { 'aria-activedescendant': active && idOf(active) });
  }
}

const tell = (layout: FlameLayout, around: FlameBox | undefined): FlameBox[] => {
  if (around === undefined) return [];
  const way: FlameBox[] = [];
  for (let step = layout.boxes[around.parent]; step !== undefined; step = layout.boxes[step.parent]) way.unshift(step);
  const told = [...way, ...siblingsOf(layout, around), ...childrenOf(layout, around)].slice(0, MAX_TOLD);
  return told.includes(around) ? told : [...told, around];
};

const siblingsOf = (layout: FlameLayout, box: FlameBox): readonly FlameBox[] => {
  const parent = layout.boxes[box.parent];
  return parent === undefined ? [box] : childrenOf(layout, parent);
};

const idOf = ({ index }: FlameBox): string => `bbp-frame-${index}`;

const makeItem = (layout: FlameLayout, box: FlameBox, isActive: boolean, text: FrameText | undefined): HTMLElement => {
  const siblings = siblingsOf(layout, box);
  const item = make('div', {
    class: isActive ? 'told active' : 'told',
    role: 'treeitem',
    id: idOf(box),
    'aria-level': box.depth + 1,
    'aria-posinset': siblings.indexOf(box) + 1,
    'aria-setsize': siblings.length,
    'aria-selected': String(isActive),
    'aria-label': text === undefined ? '' : `${text.name}, ${text.total}, ${text.self}`,
  });
  place(item, {
    left: `${box.x * 100}%`,
    width: `${box.width * 100}%`,
    top: `${box.depth * FLAME_ROW_HEIGHT}px`,
  });
  return item;
};
