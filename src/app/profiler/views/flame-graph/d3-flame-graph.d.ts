/** The part of d3-flame-graph in use; the package brings no types. */
declare module 'd3-flame-graph' {
  import type { Selection } from 'd3';

  /** What the library makes of the data: a node of d3-hierarchy. */
  export interface PlacedFrame<Datum> {
    readonly data: Datum;
  }

  export interface FlameChart<Datum> {
    (selection: Selection<HTMLElement, Datum, null, undefined>): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    inverted(isInverted: boolean): this;
    sort(isSorted: boolean): this;
    minFrameSize(pixels: number): this;
    transitionDuration(milliseconds: number): this;
    resetHeightOnZoom(isReset: boolean): this;
    tooltip(tooltip: unknown): this;
    setColorMapper(color: (frame: PlacedFrame<Datum>) => string): this;
    update(data?: Datum): this;
    destroy(): this;
  }

  export default function flamegraph<Datum>(): FlameChart<Datum>;
}
