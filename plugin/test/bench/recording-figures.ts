/** What the chunks of a recording say of the sampler that made it. */
import type { TraceChunk } from '#trace/contract/trace-lines.ts';
import { MICROSECONDS_PER_SECOND } from '#trace/contract/units.ts';

export interface RecordingFigures {
  /** Percent of one core. */
  readonly samplerCpuPercent: number;
  readonly targetCpuPercent: number;
  readonly ticksAsked: number;
  readonly ticksTaken: number;
  readonly ticksLate: number;
  readonly stacksRetried: number;
  readonly stacksTorn: number;
  readonly stacksUnreadable: number;
}

/** Of the time after the first seconds, in which a program starts and is compiled. Chunks have a row of counters each, but for the last. */
export const computeFigures = (chunks: readonly TraceChunk[], warmUpSeconds: number): RecordingFigures => {
  const rows = chunks.flatMap(({ counters }) => counters);
  const first = rows.find(({ at }) => at >= warmUpSeconds * MICROSECONDS_PER_SECOND);
  const last = rows.at(-1);
  if (first === undefined || last === undefined || first === last)
    throw new Error(`The recording is not longer than ${warmUpSeconds} s`);
  const percent = (counter: 'samplerCpu' | 'targetUserCpu' | 'targetSystemCpu'): number =>
    (100 * ((last[counter] ?? NaN) - (first[counter] ?? NaN))) / (last.at - first.at);
  const counted = chunks.filter(({ counters: [row] }) => row !== undefined && row.at > first.at);
  const sum = (loss: keyof TraceChunk['losses']): number =>
    counted.reduce((total, { losses }) => total + losses[loss], 0);
  return {
    samplerCpuPercent: percent('samplerCpu'),
    targetCpuPercent: percent('targetUserCpu') + percent('targetSystemCpu'),
    ticksAsked: sum('ticksAsked'),
    ticksTaken: sum('ticksTaken'),
    ticksLate: sum('ticksLate'),
    stacksRetried: sum('stacksRetried'),
    stacksTorn: sum('stacksTorn'),
    stacksUnreadable: sum('stacksUnreadable'),
  };
};
