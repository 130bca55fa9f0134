/** What it costs to record a busy process of five threads: CPU, ticks, and bytes on disk. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { startTarget } from '../running-target.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { formatNumber, formatPercent, formatTable } from './markdown-table.ts';
import { loadChunks, Recorder } from './recorder.ts';
import { computeFigures, type RecordingFigures } from './recording-figures.ts';

const SECONDS_PER_HOUR = 3600;
const BYTES_PER_MEGABYTE = 1e6;

/** Threads that work, of five; ticks a second; mode. */
const CASES: readonly (readonly [working: number, frequencyHz: number, mode: RecordingMode])[] = [
  [2, 100, 'virtual'],
  [2, 100, 'real'],
  [2, 1000, 'virtual'],
  [2, 1000, 'real'],
  [5, 100, 'real'],
];

export interface RecordingCost extends RecordingFigures {
  readonly working: number;
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  /** As if an hour were recorded: too much rather than too little, for most names and stacks come at first. */
  readonly gzipMegabytesAnHour: number;
}

export interface CostOptions {
  readonly python: string;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

const measureCase = async (
  { python, seconds, warmUpSeconds }: CostOptions,
  [working, frequencyHz, mode]: (typeof CASES)[number],
): Promise<RecordingCost> => {
  const folder = makeTemporaryFolder();
  const target = await startTarget(python, 'five_threads.py', String(working));
  try {
    const output = join(folder.path, 'trace.bbprof');
    const inAll = warmUpSeconds + seconds;
    await Recorder.start({ pid: target.pid, frequencyHz, mode, seconds: inAll, output }).ended;
    const bytes = gzipSync(readFileSync(output)).length;
    return {
      working,
      frequencyHz,
      mode,
      ...computeFigures(loadChunks(output), warmUpSeconds),
      gzipMegabytesAnHour: ((bytes / BYTES_PER_MEGABYTE) * SECONDS_PER_HOUR) / inAll,
    };
  } finally {
    await target.end();
    folder.remove();
  }
};

export const measureCosts = async (options: CostOptions): Promise<RecordingCost[]> => {
  const costs: RecordingCost[] = [];
  for (const one of CASES) costs.push(await measureCase(options, one));
  return costs;
};

const COST_HEAD = [
  'threads that work',
  'asked',
  'mode',
  'CPU of the sampler',
  'of the target',
  'ticks taken',
  'late',
  'retried',
  'given up',
  'unreadable',
  'MB an hour, gzip',
];

export const formatCosts = (costs: readonly RecordingCost[]): string =>
  formatTable(
    COST_HEAD,
    costs.map((cost) => [
      `${cost.working} of 5`,
      `${cost.frequencyHz} Hz`,
      cost.mode,
      formatPercent(cost.samplerCpuPercent, 2),
      formatPercent(cost.targetCpuPercent, 0),
      `${formatNumber(cost.ticksTaken)} of ${formatNumber(cost.ticksAsked)} (${formatPercent((100 * cost.ticksTaken) / cost.ticksAsked, 2)})`,
      formatPercent((100 * cost.ticksLate) / cost.ticksTaken, 2),
      formatNumber(cost.stacksRetried),
      formatNumber(cost.stacksTorn),
      formatNumber(cost.stacksUnreadable),
      formatNumber(cost.gzipMegabytesAnHour, 1),
    ]),
  );
