import { FLAME_ROW_HEIGHT, type FlameBox, type FlameLayout } from './flame-layout.ts';
import { FLAME_LOOK, type FlameDrawing, type FlameRenderer } from './flame-renderer.ts';
import { computeFrameColor } from './frame-color.ts';
import { TextFitter } from './text-fitter.ts';
import { ThemeColors } from './theme-colors.ts';

/** A stack of a thousand levels would take a canvas larger than browsers make, and most of it is out of sight. */
const ROWS_PER_TILE = 40;
const TILE_HEIGHT = ROWS_PER_TILE * FLAME_ROW_HEIGHT;
/** What is about to be scrolled into sight is drawn already, CSS pixels. */
const SIGHT_MARGIN = 400;

const TEXT_COLOR = 'var(--bbp-flame-text)';
const MATCH_TEXT_COLOR = 'var(--bbp-flame-match-text)';
const SELECTED_COLOR = 'var(--bbp-text)';

interface Tile {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  isInSight: boolean;
}

/** Where the first line of text stands in a row, and what it is written in. */
interface LabelType {
  readonly font: string;
  /** CSS pixels below the upper edge of the row. */
  readonly baseline: number;
  readonly fitter: TextFitter;
}

/**
 * Draws on canvases, one below the other, and only on those in sight. Its cost is far below that of elements, so that it follows a hand. Looks as the styles of the other renderer
 * (`src/styles/charts.css`) do, so that nothing moves when that one takes over.
 */
export class CanvasFlameRenderer implements FlameRenderer {
  readonly #host: HTMLElement;
  readonly #colors: ThemeColors;
  readonly #sight: IntersectionObserver;
  readonly #destroyed = new AbortController();
  /** By path of a function's file, since telling its package takes longer than drawing its frame. */
  readonly #fills = new Map<string, string>();
  #tiles: Tile[] = [];
  #label: LabelType | undefined;
  #drawing: FlameDrawing | undefined;
  #nextFrame = 0;

  constructor(host: HTMLElement) {
    this.#host = host;
    this.#colors = new ThemeColors(host, () => {
      this.#fills.clear();
      this.#drawSoon();
    });
    this.#sight = new IntersectionObserver((entries) => this.#look(entries), { rootMargin: `${SIGHT_MARGIN}px 0px` });
    this.#watchResolution();
  }

  draw(drawing: FlameDrawing): void {
    this.#drawing = drawing;
    this.#fitTiles(Math.ceil(drawing.layout.rows.length / ROWS_PER_TILE));
    this.#drawNow();
  }

  clear(): void {
    this.#drawing = undefined;
    this.#fitTiles(0);
  }

  destroy(): void {
    this.clear();
    cancelAnimationFrame(this.#nextFrame);
    this.#destroyed.abort();
    this.#sight.disconnect();
    this.#colors.destroy();
  }

  #drawNow(): void {
    cancelAnimationFrame(this.#nextFrame);
    for (const [index, tile] of this.#tiles.entries()) if (tile.isInSight) this.#drawTile(tile, index);
  }

  /** Once for all reasons there are in one frame. */
  #drawSoon(): void {
    cancelAnimationFrame(this.#nextFrame);
    this.#nextFrame = requestAnimationFrame(() => this.#drawNow());
  }

  #fitTiles(count: number): void {
    for (const { canvas } of this.#tiles.splice(count)) {
      this.#sight.unobserve(canvas);
      canvas.remove();
    }
    while (this.#tiles.length < count) this.#tiles.push(this.#addTile());
  }

  #addTile(): Tile {
    const canvas = this.#host.ownerDocument.createElement('canvas');
    const context = makeContext(canvas);
    Object.assign(canvas.style, { display: 'block', height: `${TILE_HEIGHT}px` });
    this.#host.append(canvas);
    // The observer tells only after the next frame, which would be empty.
    const { top, bottom } = canvas.getBoundingClientRect();
    const isInSight = bottom > -SIGHT_MARGIN && top < window.innerHeight + SIGHT_MARGIN;
    this.#sight.observe(canvas);
    return { canvas, context, isInSight };
  }

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const tile = this.#tiles.find(({ canvas }) => canvas === target);
      if (tile === undefined || tile.isInSight === isIntersecting) continue;
      tile.isInSight = isIntersecting;
      if (isIntersecting) this.#drawTile(tile, this.#tiles.indexOf(tile));
      // Gives its memory back; the place it takes is by style.
      else tile.canvas.height = 0;
    }
  }

  #watchResolution(): void {
    const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    const { signal } = this.#destroyed;
    const change = (): void => {
      this.#drawSoon();
      this.#watchResolution();
    };
    query.addEventListener('change', change, { once: true, signal });
  }

  #drawTile({ canvas, context }: Tile, index: number): void {
    if (this.#drawing === undefined) return;
    const { layout, width, selected } = this.#drawing;
    sizeCanvas(canvas, width);
    const label = (this.#label ??= readLabelType(this.#host));
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, width, TILE_HEIGHT);
    const first = index * ROWS_PER_TILE;
    const rows = layout.rows.slice(first, first + ROWS_PER_TILE);
    this.#fillFrames(context, rows);
    context.font = label.font;
    for (const [row, boxes] of rows.entries())
      this.#writeNames(context, boxes, row * FLAME_ROW_HEIGHT + label.baseline, label.fitter);
    if (selected.size > 0)
      for (const [row, boxes] of rows.entries()) this.#outlineSelected(context, boxes, row * FLAME_ROW_HEIGHT);
    context.globalAlpha = 1;
  }

  /** Colour by colour: setting one takes the browser longer than filling a frame. */
  #fillFrames(context: CanvasRenderingContext2D, rows: FlameLayout['rows']): void {
    const { width, matches } = this.#drawing!;
    const line = FLAME_LOOK.lineWidth;
    const batches = new Map<string, number[]>();
    for (const [row, boxes] of rows.entries())
      for (const box of boxes) {
        const pixels = box.width * width;
        if (pixels <= FLAME_LOOK.smallestFrame) continue;
        const key = `${opacityOf(box, matches)} ${this.#fillOf(box)}`;
        const batch = batches.get(key);
        // The line around a frame is the background that shows between it and the next.
        const place = [box.x * width + line / 2, row * FLAME_ROW_HEIGHT + line / 2, pixels - line] as const;
        if (batch === undefined) batches.set(key, [...place]);
        else batch.push(...place);
      }
    for (const [key, places] of batches) {
      const space = key.indexOf(' ');
      context.globalAlpha = Number(key.slice(0, space));
      context.fillStyle = key.slice(space + 1);
      for (let place = 0; place < places.length; place += 3)
        context.fillRect(places[place]!, places[place + 1]!, places[place + 2]!, FLAME_ROW_HEIGHT - line);
    }
  }

  #writeNames(
    context: CanvasRenderingContext2D,
    boxes: readonly FlameBox[],
    baseline: number,
    fitter: TextFitter,
  ): void {
    const { width, matches } = this.#drawing!;
    const [color, matchColor] = [this.#colors.resolve(TEXT_COLOR), this.#colors.resolve(MATCH_TEXT_COLOR)];
    const padding = FLAME_LOOK.labelPadding;
    for (const box of boxes) {
      const pixels = box.width * width;
      if (pixels < FLAME_LOOK.smallestLabel) continue;
      context.fillStyle = matches?.has(box.index) === true ? matchColor : color;
      context.globalAlpha = opacityOf(box, matches);
      context.fillText(fitter.fit(box.node.name, pixels - 2 * padding), box.x * width + padding, baseline);
    }
  }

  #outlineSelected(context: CanvasRenderingContext2D, boxes: readonly FlameBox[], top: number): void {
    const { width, matches, selected } = this.#drawing!;
    context.lineWidth = FLAME_LOOK.selectedLineWidth;
    context.strokeStyle = this.#colors.resolve(SELECTED_COLOR);
    for (const box of boxes) {
      if (!selected.has(box.index) || box.width * width <= FLAME_LOOK.smallestFrame) continue;
      context.globalAlpha = opacityOf(box, matches);
      context.strokeRect(box.x * width, top, box.width * width, FLAME_ROW_HEIGHT);
    }
  }

  #fillOf({ node, index }: FlameBox): string {
    const isMatch = this.#drawing?.matches?.has(index) === true;
    if (isMatch || node.kind !== 'function' || node.changes !== undefined)
      return this.#colors.resolve(computeFrameColor(node, isMatch));
    const known = this.#fills.get(node.identity.file);
    if (known !== undefined) return known;
    const fill = this.#colors.resolve(computeFrameColor(node, false));
    this.#fills.set(node.identity.file, fill);
    return fill;
  }
}

const opacityOf = ({ index }: FlameBox, matches: ReadonlySet<number> | undefined): number =>
  matches === undefined || matches.has(index) ? 1 : FLAME_LOOK.dimmedOpacity;

/** To whole pixels of the screen. Setting a size empties a canvas and takes new memory, so only where it changes. */
const sizeCanvas = (canvas: HTMLCanvasElement, width: number): void => {
  const [columns, lines] = [Math.round(width * devicePixelRatio), Math.round(TILE_HEIGHT * devicePixelRatio)];
  if (canvas.width === columns && canvas.height === lines) return;
  canvas.width = columns;
  canvas.height = lines;
  canvas.style.width = `${width}px`;
};

/** The text of the other renderer's labels stands in the middle of a row, ascent and descent rounded as browsers do for lines. */
const readLabelType = (host: HTMLElement): LabelType => {
  const sample = host.ownerDocument.createElement('span');
  sample.className = 'd3-flame-graph-label';
  host.append(sample);
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(sample);
  sample.remove();
  const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  // One of its own: those that are drawn on forget their font with every change of size.
  const ruler = makeContext(host.ownerDocument.createElement('canvas'));
  ruler.font = font;
  const { fontBoundingBoxAscent, fontBoundingBoxDescent } = ruler.measureText('x');
  const [ascent, descent] = [Math.round(fontBoundingBoxAscent), Math.round(fontBoundingBoxDescent)];
  return {
    font,
    baseline: (FLAME_ROW_HEIGHT - ascent - descent) / 2 + ascent,
    fitter: new TextFitter((text) => ruler.measureText(text).width),
  };
};

const makeContext = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser has no canvas to draw on');
  return context;
};
