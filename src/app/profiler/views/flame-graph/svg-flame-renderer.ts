import { select, timerFlush } from 'd3';
import flamegraph, { type FlameChart } from 'd3-flame-graph';
import { computeFrameColor } from './frame-color.ts';
import { FLAME_ROW_HEIGHT, type FlameLayout } from './flame-layout.ts';
import { FLAME_LOOK, type FlameDrawing, type FlameRenderer } from './flame-renderer.ts';

/** As d3-flame-graph wants its data. It writes on it, so it gets objects of its own. */
interface FrameDatum {
  readonly name: string;
  readonly value: number;
  readonly index: number;
  readonly children: FrameDatum[];
}

/** The library's tooltips would be one more element for each frame; the component has its own. */
const NO_TOOLTIP = Object.assign(() => undefined, { show: () => undefined, hide: () => undefined });

/** Draws with d3-flame-graph. Its cost is about five elements a frame: good for a view at rest of some hundred frames. */
export class SvgFlameRenderer implements FlameRenderer {
  readonly #host: HTMLElement;
  #chart: FlameChart<FrameDatum> | undefined;
  #drawing: FlameDrawing | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  draw(drawing: FlameDrawing): void {
    const isSameData = this.#drawing?.layout === drawing.layout;
    this.#drawing = drawing;
    if (this.#chart === undefined) {
      this.#chart = this.#makeChart().width(drawing.width);
      select<HTMLElement, unknown>(this.#host).datum(buildData(drawing.layout)).call(this.#chart);
    } else {
      this.#chart.width(drawing.width).update(isSameData ? undefined : buildData(drawing.layout));
    }
    // Places and labels come by transitions, even without a duration: now rather than two frames later.
    timerFlush();
    this.#finishWidths();
    this.#markFrames(drawing);
  }

  /** The library lets a new frame grow for a quarter of a second, whatever duration it is given. Its group has the final width. */
  #finishWidths(): void {
    select(this.#host)
      .selectAll<SVGRectElement, unknown>('g.frame > rect')
      .interrupt()
      .attr('width', (_, index, rects) => rects[index]?.parentElement?.getAttribute('width') ?? 0);
  }

  clear(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.#drawing = undefined;
  }

  destroy(): void {
    this.clear();
  }

  #makeChart(): FlameChart<FrameDatum> {
    return flamegraph<FrameDatum>()
      .cellHeight(FLAME_ROW_HEIGHT)
      .inverted(true)
      .sort(false)
      .minFrameSize(FLAME_LOOK.smallestFrame)
      .transitionDuration(0)
      .resetHeightOnZoom(true)
      .tooltip(NO_TOOLTIP)
      .setColorMapper(({ data }) => this.#color(data.index));
  }

  #color(index: number): string {
    const node = this.#drawing?.layout.boxes[index]?.node;
    return node === undefined ? 'none' : computeFrameColor(node, this.#drawing?.matches?.has(index) === true);
  }

  #markFrames({ matches, selected }: FlameDrawing): void {
    select(this.#host)
      .selectAll<SVGGElement, { data: FrameDatum }>('g.frame')
      .classed('bbp-match', ({ data }) => matches?.has(data.index) === true)
      .classed('bbp-dimmed', ({ data }) => matches !== undefined && !matches.has(data.index))
      .classed('bbp-same-function', ({ data }) => selected.has(data.index));
  }
}

/** Parents come before their children in a layout, so one pass builds the tree. */
const buildData = ({ boxes }: FlameLayout): FrameDatum => {
  const data = boxes.map(({ node, index }): FrameDatum => ({
    name: node.name,
    value: node.value,
    index,
    children: [],
  }));
  for (const { parent, index } of boxes) {
    const datum = data[index];
    if (datum !== undefined) data[parent]?.children.push(datum);
  }
  return data[0] ?? { name: '', value: 0, index: 0, children: [] };
};
