import type { BuildResult } from '../contract/trace-lines.ts';
import { microseconds, type Microseconds } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { TimeRange } from './selection.ts';

/** A build as a bar over time. */
export interface BuildBar {
  readonly id: number;
  readonly builder: string;
  readonly number: number;
  readonly worker: string;
  readonly start: Microseconds;
  /** The end of the recording where the build was not over by then. */
  readonly end: Microseconds;
  /** Absent while it runs. */
  readonly result?: BuildResult;
  /** Builds that ran at the same time are in different rows. */
  readonly row: number;
}

/** The builds that ran in the range, in as few rows as they need; the rows of a build do not depend on the range. */
export const computeBuildBars = (model: TraceModel, range: TimeRange): BuildBar[] => {
  const rowEnds: number[] = [];
  return model.events
    .filter((event) => event.kind === 'build')
    .map((event) => ({ ...event, end: event.end ?? microseconds(Math.max(event.start, model.duration)) }))
    .sort((a, b) => a.start - b.start || a.id - b.id)
    .map(({ id, builder, number, worker, start, end, result }) => {
      const free = rowEnds.findIndex((rowEnd) => rowEnd <= start);
      const row = free < 0 ? rowEnds.length : free;
      rowEnds[row] = end;
      return { id, builder, number, worker, start, end, row, ...(result === undefined ? {} : { result }) };
    })
    .filter(({ start, end }) => start < range.end && end > range.start);
};
