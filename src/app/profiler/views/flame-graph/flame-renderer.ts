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
 * component, whatever draws.
 */
export interface FlameRenderer {
  draw(drawing: FlameDrawing): void;
  /** Takes the picture off the page; the next drawing brings it back. */
  clear(): void;
  destroy(): void;
}

/** What all renderers have to agree on, CSS pixels. */
export const FLAME_LOOK = {
  /** Narrower frames cannot be seen. */
  smallestFrame: 0.5,
  /** Narrower ones carry no name; that of d3-flame-graph, which cannot be told another. */
  smallestLabel: 35,
  labelPadding: 4,
  lineWidth: 0.5,
  selectedLineWidth: 1.5,
  dimmedOpacity: 0.35,
} as const;
