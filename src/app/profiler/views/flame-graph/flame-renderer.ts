import type { FlameLayout } from './flame-layout.ts';

export interface FlameDrawing {
  readonly layout: FlameLayout;
  /** CSS pixels. */
  readonly width: number;
  /** Positions of frames that a search found; absent where nothing is searched. */
  readonly matches: ReadonlySet<number> | undefined;
  /** Positions of frames of the selected function. */
  readonly selected: ReadonlySet<number>;
}

/**
 * Draws frames where the layout puts them, in rows of FLAME_ROW_HEIGHT, and nothing else: pointer, keys and accessibility belong to the
 * component, whatever draws. So a renderer for large or fast changing graphs can take over without anyone noticing.
 */
export interface FlameRenderer {
  draw(drawing: FlameDrawing): void;
  destroy(): void;
}
