import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { buildCpuSteps, buildMachineCpuSteps, buildMemorySteps } from './counter-steps.ts';
import { buildLoadSteps } from './load-steps.ts';
import type { TimeRange } from './selection.ts';
import { binSteps, binTimes, chooseBins, type StepSeries } from './time-bins.ts';

export const TIMELINE_SERIES = ['masterCpu', 'machineCpu', 'memory', 'machineMemory', 'load', 'samplerCpu'] as const;
/**
 * | series | percent of | absolute |
 * |---|---|---|
 * | `masterCpu` | one core | CPU microseconds a second |
 * | `machineCpu` | all cores | CPU microseconds a second |
 * | `memory` (the master's resident size) | the machine's memory | bytes |
 * | `machineMemory` | the machine's memory | bytes |
 * | `load` (main thread not idle) | its ticks | microseconds a second |
 * | `samplerCpu` | one core | CPU microseconds a second |
 */
export type TimelineSeriesId = (typeof TIMELINE_SERIES)[number];

export interface TimelineSeries {
  readonly id: TimelineSeriesId;
  /** Over the timeline's times; NaN in gaps. */
  readonly percent: Float64Array;
  readonly absolute: Float64Array;
}

export interface Timeline {
  readonly binWidth: Microseconds;
  /** Times of the points, two a bin, the same for all series: microseconds since the recording's start. */
  readonly times: Float64Array;
  readonly series: readonly TimelineSeries[];
}

export interface TimelineOptions {
  /** The whole recording if absent. */
  readonly range?: TimeRange | undefined;
  /** Points per series at most. */
  readonly maxPoints: number;
}

/** The curves over the range, thinned out to `maxPoints` each with every extreme kept. */
export const computeTimeline = (model: TraceModel, { range, maxPoints }: TimelineOptions): Timeline => {
  const shown = range ?? { start: microseconds(0), end: model.duration };
  const bins = chooseBins(shown, maxPoints);
  return {
    binWidth: bins.width,
    times: binTimes(bins),
    series: TIMELINE_SERIES.map((id) => ({ id, ...binSteps(buildSteps(model, id, shown), bins) })),
  };
};

const buildSteps = (model: TraceModel, id: TimelineSeriesId, range: TimeRange): StepSeries => {
  switch (id) {
    case 'masterCpu':
      return buildCpuSteps(model, ['targetUserCpu', 'targetSystemCpu']);
    case 'machineCpu':
      return buildMachineCpuSteps(model);
    case 'memory':
      return buildMemorySteps(model, 'targetResident');
    case 'machineMemory':
      return buildMemorySteps(model, 'machineMemoryUsed');
    case 'load':
      return buildLoadSteps(model, range);
    case 'samplerCpu':
      return buildCpuSteps(model, ['samplerCpu']);
  }
};
