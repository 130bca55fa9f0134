/** From columns of the analysis to what the plot draws and the hover says. Pure. */
import type { Timeline, TimelineSeries, TimelineSeriesId } from '#trace/analysis/timeline.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';
import { bytes, microseconds, MICROSECONDS_PER_SECOND, type UnixMilliseconds } from '#trace/contract/units.ts';
import {
  formatBytes,
  formatDuration,
  formatMoment,
  formatShare,
  formatWallClock,
} from '../../shared/format-quantity.ts';
import type { Nvd3Series } from './nvd3.ts';

export interface Curve {
  readonly kind: 'cpu' | 'memory' | 'load';
  readonly name: string;
  /** What the percentage is of. */
  readonly meaning: string;
  readonly color: string;
  readonly series: TimelineSeries;
}

interface CurveSource {
  readonly id: TimelineSeriesId;
  readonly name: string;
  readonly meaning: string;
}

/** The first of each that has values: recordings of the original plugin know only the machine's. */
const CURVE_SOURCES: readonly { readonly kind: Curve['kind']; readonly sources: readonly CurveSource[] }[] = [
  {
    kind: 'cpu',
    sources: [
      { id: 'masterCpu', name: 'CPU', meaning: 'of one core' },
      { id: 'machineCpu', name: 'CPU of the machine', meaning: 'of all cores' },
    ],
  },
  {
    kind: 'memory',
    sources: [
      { id: 'memory', name: 'Memory', meaning: "of the machine's memory" },
      { id: 'machineMemory', name: 'Memory of the machine', meaning: 'of all memory' },
    ],
  },
  { kind: 'load', sources: [{ id: 'load', name: 'Load', meaning: 'of the time busy or blocked (main thread)' }] },
];

export const selectCurves = ({ series }: Timeline): Curve[] =>
  CURVE_SOURCES.flatMap(({ kind, sources }) => {
    const candidates = sources.flatMap((source) => {
      const found = series.find(({ id }) => id === source.id);
      return found === undefined ? [] : [{ source, series: found }];
    });
    const chosen = candidates.find((candidate) => hasValues(candidate.series)) ?? candidates[0];
    if (chosen === undefined) return [];
    const { name, meaning } = chosen.source;
    return [{ kind, name, meaning, color: `var(--bbp-series-${kind})`, series: chosen.series }];
  });

const hasValues = ({ percent }: TimelineSeries): boolean => percent.some((value) => !Number.isNaN(value));

export const buildNvd3Series = (timeline: Timeline, curves: readonly Curve[]): Nvd3Series[] =>
  curves.map(({ name, color, series }) => ({
    key: name,
    color,
    values: Array.from(timeline.times, (x, index) => ({ x, y: series.percent[index] ?? Number.NaN })),
  }));

/** Up to 100 %, and further in whole steps where several cores are in use. */
export const computePercentLimit = (curves: readonly Curve[]): number => {
  let highest = 100;
  for (const { series } of curves) for (const value of series.percent) if (value > highest) highest = value;
  // A counter that is read a moment early or late shows a little over 100.
  return highest <= 110 ? 100 : Math.ceil(highest / 100) * 100;
};

/** Whether drawing one looks like drawing the other. */
export const isSameTimeline = (a: Timeline | undefined, b: Timeline | undefined): boolean =>
  a === b ||
  (a !== undefined &&
    b !== undefined &&
    isSameColumn(a.times, b.times) &&
    a.series.length === b.series.length &&
    a.series.every(({ percent }, index) => isSameColumn(percent, b.series[index]?.percent)));

/** NaN, a gap, is the same as NaN. */
const isSameColumn = (a: Float64Array, b: Float64Array | undefined): boolean =>
  b !== undefined && a.length === b.length && a.every((value, index) => Object.is(value, b[index]));

export interface HoverRow {
  readonly kind: Curve['kind'];
  readonly name: string;
  readonly value: string;
}

export interface HoverText {
  readonly moment: string;
  readonly rows: readonly HoverRow[];
}

export const describeMoment = (
  timeline: Timeline,
  curves: readonly Curve[],
  at: number,
  startedAt: UnixMilliseconds | undefined,
): HoverText => {
  const index = timeline.times.indexOf(at);
  const clock = formatWallClock(startedAt, microseconds(at));
  return {
    moment: [formatMoment(microseconds(at)), ...(clock === '' ? [] : [clock])].join(', '),
    rows: curves.map(({ kind, name, meaning, series }) => {
      const percent = series.percent[index] ?? Number.NaN;
      const absolute = series.absolute[index] ?? Number.NaN;
      const value = Number.isNaN(percent)
        ? 'not known'
        : `${formatShare(percent / 100)} ${meaning}, ${formatAbsolute(kind, absolute)}`;
      return { kind, name, value };
    }),
  };
};

const formatAbsolute = (kind: Curve['kind'], value: number): string =>
  kind === 'memory' ? formatBytes(bytes(value)) : `${formatDuration(microseconds(value))} a second`;

const SECOND = MICROSECONDS_PER_SECOND;
/** Distances between time marks that people count in. */
const TICK_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  21_600, 43_200, 86_400,
].map((seconds) => seconds * SECOND);
const PIXELS_BETWEEN_TICKS = 80;

export interface TimeTicks {
  readonly values: readonly number[];
  readonly step: number;
}

export const computeTimeTicks = ({ start, end }: TimeRange, plotWidth: number): TimeTicks => {
  const wanted = Math.max(1, plotWidth / PIXELS_BETWEEN_TICKS);
  const smallest = (end - start) / wanted;
  const step = TICK_STEPS.find((candidate) => candidate >= smallest) ?? Math.ceil(smallest / SECOND) * SECOND;
  const first = Math.ceil(start / step);
  const count = Math.max(0, Math.floor(end / step) - first + 1);
  return { values: Array.from({ length: count }, (_, index) => (first + index) * step), step };
};

/** `0:07`, with as many decimals as the distance between the marks needs. */
export const formatTimeTick = (at: number, step: number): string => {
  const text = formatMoment(microseconds(at));
  return step >= SECOND ? text.slice(0, -4) : step >= SECOND / 10 ? text.slice(0, -2) : text;
};
