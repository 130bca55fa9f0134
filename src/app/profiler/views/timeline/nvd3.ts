/** The part of nvd3 in use, typed; and how it gets onto the page. */
export interface Nvd3Point {
  readonly x: number;
  readonly y: number;
}

export interface Nvd3Series {
  readonly key: string;
  readonly color: string;
  readonly values: readonly Nvd3Point[];
}

/** What the guideline's tooltip is asked to show. */
export interface Nvd3TooltipContent {
  /** x of the point under the pointer. */
  readonly value: number;
}

interface Nvd3Axis {
  showMaxMin(isShown: boolean): this;
  tickFormat(format: (value: number) => string): this;
  tickValues(values: readonly number[]): this;
}

interface Nvd3Tooltip {
  hidden(isHidden: boolean): this;
  contentGenerator(draw: (content: Nvd3TooltipContent | null, element: HTMLElement) => false): this;
}

export interface Nvd3LineChart {
  (selection: unknown): void;
  options(options: Readonly<Record<string, unknown>>): this;
  useInteractiveGuideline(isUsed: boolean): this;
  width(pixels: number): this;
  height(pixels: number): this;
  xDomain(domain: readonly [number, number]): this;
  yDomain(domain: readonly [number, number]): this;
  readonly xAxis: Nvd3Axis;
  readonly yAxis: Nvd3Axis;
  readonly interactiveLayer: { readonly tooltip: Nvd3Tooltip };
}

export interface Nvd3 {
  readonly nv: { dev: boolean; readonly models: { lineChart(): Nvd3LineChart } };
  readonly d3: { select(element: Element): { datum(data: unknown): { call(chart: unknown): unknown } } };
}

declare global {
  interface Window {
    /** Left by the script `nvd3.js`, which keeps both libraries out of the global names. */
    bbpNvd3?: Nvd3;
  }
}

let loading: Promise<Nvd3> | undefined;

/** Loads nvd3 once; it is not part of the page's modules, since its d3 of version 3 cannot be bundled. */
export const loadNvd3 = (): Promise<Nvd3> => (loading ??= insertScript());

const insertScript = (): Promise<Nvd3> =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = new URL('nvd3.js', import.meta.url).href;
    script.onload = () => {
      if (window.bbpNvd3 === undefined) reject(new Error('nvd3.js did not define what it should'));
      else resolve(window.bbpNvd3);
    };
    script.onerror = () => {
      // Another try is possible once the server is back.
      loading = undefined;
      reject(new Error('The timeline could not be loaded'));
    };
    document.head.append(script);
  });
