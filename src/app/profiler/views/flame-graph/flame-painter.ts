import { CanvasFlameRenderer } from './canvas-flame-renderer.ts';
import type { FlameLayout } from './flame-layout.ts';
import { FLAME_LOOK, type FlameDrawing, type FlameRenderer } from './flame-renderer.ts';
import { SvgFlameRenderer } from './svg-flame-renderer.ts';

/** d3-flame-graph takes about 0.15 ms for each; with more, the page would stand still for longer than a hand waits. */
export const MOST_FRAMES_OF_ELEMENTS = 600;

export type FlameMedium = 'elements' | 'canvas';

/** Whether the picture is about to be replaced by the next one: while a range is dragged, and live. */
export type FlamePace = 'moving' | 'resting';

export const selectMedium = ({ layout, width }: FlameDrawing, pace: FlamePace): FlameMedium =>
  pace === 'moving' || countVisible(layout, width) > MOST_FRAMES_OF_ELEMENTS ? 'canvas' : 'elements';

const countVisible = ({ boxes }: FlameLayout, width: number): number =>
  boxes.reduce((count, box) => (box.width * width > FLAME_LOOK.smallestFrame ? count + 1 : count), 0);

/** Draws with what suits: d3-flame-graph at rest, a canvas where that cannot follow. */
export class FlamePainter {
  readonly #host: HTMLElement;
  readonly #renderers = new Map<FlameMedium, FlameRenderer>();
  #medium: FlameMedium | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  draw(drawing: FlameDrawing, pace: FlamePace): void {
    const medium = selectMedium(drawing, pace);
    if (this.#medium !== undefined && this.#medium !== medium) this.#renderers.get(this.#medium)?.clear();
    this.#medium = medium;
    this.#find(medium).draw(drawing);
  }

  destroy(): void {
    for (const renderer of this.#renderers.values()) renderer.destroy();
    this.#renderers.clear();
  }

  #find(medium: FlameMedium): FlameRenderer {
    const known = this.#renderers.get(medium);
    if (known !== undefined) return known;
    const renderer = medium === 'canvas' ? new CanvasFlameRenderer(this.#host) : new SvgFlameRenderer(this.#host);
    this.#renderers.set(medium, renderer);
    return renderer;
  }
}
