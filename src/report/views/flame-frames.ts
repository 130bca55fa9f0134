import { computePackageGroup } from '../../app/profiler/shared/package-group.ts';
import {
  FLAME_ROW_HEIGHT,
  type FlameBox,
  type FlameLayout,
} from '../../app/profiler/views/flame-graph/flame-layout.ts';
import { make, place } from '../elements.ts';

/** CSS pixels: a narrower frame has no room for two letters. */
const NARROWEST_LABEL = 22;

/**
 * The frames as elements, which take their colours from the style sheet and their widths as shares, so that neither a theme nor a resized
 * window draws them again. Elements are used again from one drawing to the next.
 */
export class FlameFrames {
  readonly element = make('div', { class: 'canvas', 'aria-hidden': 'true' });
  readonly #pool: HTMLElement[] = [];
  #count = 0;

  draw(
    { boxes }: FlameLayout,
    width: number,
    matches: ReadonlySet<number> | undefined,
    isMarked: (box: FlameBox) => boolean,
  ): void {
    for (const box of boxes) {
      const frame = (this.#pool[box.index] ??= make('div'));
      place(frame, {
        left: `${box.x * 100}%`,
        width: `${box.width * 100}%`,
        top: `${box.depth * FLAME_ROW_HEIGHT}px`,
      });
      const match = matches === undefined ? '' : matches.has(box.index) ? ' match' : ' dimmed';
      frame.className = `frame ${groupOf(box)}${match}${isMarked(box) ? ' marked' : ''}`;
      frame.textContent = box.width * width < NARROWEST_LABEL ? '' : box.node.name;
    }
    const frames = this.#pool;
    if (boxes.length < this.#count) for (const frame of frames.slice(boxes.length, this.#count)) frame.remove();
    else this.element.append(...frames.slice(this.#count, boxes.length));
    this.#count = boxes.length;
  }
}

const groupOf = ({ node }: FlameBox): string =>
  node.kind === 'function' ? computePackageGroup(node.identity.file) : 'thread';
