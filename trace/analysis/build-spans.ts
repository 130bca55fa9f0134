import type { BuildResult, TraceEvent } from '../contract/trace-lines.ts';
import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { selectTicks, type TimeRange } from './selection.ts';
import type { FoundHold } from './stalls.ts';
import { ThreadUsage } from './thread-usage.ts';

/** What went on in the main thread while a build or a step ran; of any build, since all share that thread. */
interface Span {
  readonly id: number;
  readonly start: Microseconds;
  /** The end of the recording where it was not over by then. */
  readonly end: Microseconds;
  /** Absent while it runs, or where it is not known. */
  readonly result?: BuildResult;
  readonly isRunning: boolean;
  /** The main thread was not idle for so long. */
  readonly mainBusy: Microseconds;
  readonly mainCpu: Microseconds;
  /** Length of the longest stall that overlaps it; 0 where there is none. */
  readonly longestStall: Microseconds;
}

export interface StepSpan extends Span {
  readonly name: string;
}

export interface BuildSpan extends Span {
  readonly builder: string;
  readonly number: number;
  readonly worker: string;
  readonly steps: readonly StepSpan[];
}

/** Builds of the list: more than anyone reads, and few enough to send at every update of a live view. */
export const MAX_BUILD_SPANS = 500;
/** Steps of one build. */
export const MAX_STEP_SPANS = 100;

type StepEvent = Extract<TraceEvent, { kind: 'step' }>;

/** The latest builds that ran during the recording, in the order of their starts, each with its steps. */
export const computeBuildSpans = (model: TraceModel, stalls: readonly FoundHold[]): BuildSpan[] => {
  const stepsOf = new Map<number, StepEvent[]>();
  for (const event of model.events) {
    if (event.kind !== 'step') continue;
    const known = stepsOf.get(event.buildId);
    if (known === undefined) stepsOf.set(event.buildId, [event]);
    else known.push(event);
  }
  const measure = measurer(model, stalls);
  return model.events
    .filter((event) => event.kind === 'build')
    .filter(({ start, end }) => start < model.duration && (end ?? model.duration) > 0)
    .sort((a, b) => a.start - b.start || a.id - b.id)
    .slice(-MAX_BUILD_SPANS)
    .map((build) => ({
      ...measure(build),
      builder: build.builder,
      number: build.number,
      worker: build.worker,
      steps: (stepsOf.get(build.id) ?? [])
        .sort((a, b) => a.start - b.start || a.id - b.id)
        .slice(0, MAX_STEP_SPANS)
        .map((step) => ({ ...measure(step), name: step.name })),
    }));
};

type BuildOrStep = Extract<TraceEvent, { kind: 'build' | 'step' }>;

const measurer = (model: TraceModel, stalls: readonly FoundHold[]) => {
  const main = model.threads.findIndex(({ isMain }) => isMain);
  const usage = new ThreadUsage(model, main);
  return ({ id, start, end, result }: BuildOrStep): Span => {
    const range: TimeRange = { start, end: end ?? microseconds(Math.max(start, model.duration)) };
    const longest = stalls.find(
      (stall) => stall.thread === main && stall.start < range.end && stall.start + stall.duration > range.start,
    );
    const { busy, cpu } = usage.measure(selectTicks(model, range));
    return {
      id,
      ...range,
      ...(result === undefined ? {} : { result }),
      isRunning: end === undefined,
      mainBusy: busy,
      mainCpu: cpu,
      longestStall: longest?.duration ?? microseconds(0),
    };
  };
};
