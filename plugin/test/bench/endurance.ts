/** Whether the recorder grows while threads and functions come and go: its memory by the second, and the slope of that. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTarget } from '../running-target.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { parseFullCollection, type FullCollection } from './garbage-trace.ts';
import { formatNumber, formatTable } from './markdown-table.ts';
import { computeGrowth, type Growth, type MemorySample } from './memory-growth.ts';
import { readMemory } from './process-figures.ts';
import { Recorder } from './recorder.ts';

const FREQUENCY_HZ = 100;
const SECONDS_PER_MINUTE = 60;
const SAMPLE_INTERVAL_MILLISECONDS = 1000;
const MILLISECONDS_PER_SECOND = 1000;
const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** Mebibytes of each of the two halves of Node's heap of young objects, which else take up to 16 and go up and down by that. */
const SMALL_YOUNG_HEAP = '--max-semi-space-size=2';

/** Names that jobs have by turns, as in a program that makes the same again and again; or 0: each has one that never was before. */
const CASES = [
  { churn: 'the same 200 names by turns', names: 200, node: 'as it is', nodeOptions: [] },
  { churn: 'the same 200 names by turns', names: 200, node: 'small young heap', nodeOptions: [SMALL_YOUNG_HEAP] },
  { churn: 'names that never come back', names: 0, node: 'small young heap', nodeOptions: [SMALL_YOUNG_HEAP] },
];

export interface Endurance {
  readonly churn: string;
  readonly node: string;
  readonly growth: Growth;
  readonly samples: readonly MemorySample[];
  readonly collections: readonly FullCollection[];
}

export interface EnduranceOptions {
  readonly python: string;
  readonly minutes: number;
  readonly warmUpMinutes: number;
}

const sampleMemory = async (recorder: Recorder, seconds: number): Promise<MemorySample[]> => {
  const samples: MemorySample[] = [];
  const start = performance.now();
  for (let due = SAMPLE_INTERVAL_MILLISECONDS; due < seconds * MILLISECONDS_PER_SECOND;) {
    await sleep(start + due - performance.now());
    samples.push({ seconds: (performance.now() - start) / MILLISECONDS_PER_SECOND, ...readMemory(recorder.pid) });
    due += SAMPLE_INTERVAL_MILLISECONDS;
  }
  return samples;
};

const measureCase = async (
  { python, minutes, warmUpMinutes }: EnduranceOptions,
  { churn, names, node, nodeOptions }: (typeof CASES)[number],
): Promise<Endurance> => {
  const folder = makeTemporaryFolder();
  const target = await startTarget(python, 'churn.py', String(names));
  const collections: FullCollection[] = [];
  const seconds = minutes * SECONDS_PER_MINUTE;
  const recorder = Recorder.start({
    pid: target.pid,
    frequencyHz: FREQUENCY_HZ,
    mode: 'real',
    seconds,
    output: join(folder.path, 'trace.bbprof'),
    nodeOptions: ['--trace-gc', ...nodeOptions],
    onLine: (line) => {
      const collection = parseFullCollection(line);
      if (collection !== undefined) collections.push(collection);
    },
  });
  try {
    const [samples] = await Promise.all([sampleMemory(recorder, seconds), recorder.ended]);
    return { churn, node, growth: computeGrowth(samples, collections, warmUpMinutes), samples, collections };
  } finally {
    recorder.end();
    await target.end();
    folder.remove();
  }
};

/** All cases at the same time: they use little CPU, and take long. */
export const measureEndurance = (options: EnduranceOptions): Promise<Endurance[]> =>
  Promise.all(CASES.map((one) => measureCase(options, one)));

const toMebibytes = (bytes: number): string => formatNumber(bytes / BYTES_PER_MEBIBYTE, 1);

const formatGrowth = ({ value, low, high }: Growth['anonymous']): string =>
  Number.isNaN(value) ? '-' : `${toMebibytes(value)} (${toMebibytes(low)} to ${toMebibytes(high)})`;

const ENDURANCE_HEAD = [
  'threads and functions have',
  'Node',
  'peaks, MiB: first half, second',
  'growth, MiB an hour (95 %)',
  'live in heaps, MiB: first, last',
  'growth of that, MiB an hour (95 %)',
];

export const formatEndurance = (measured: readonly Endurance[]): string =>
  formatTable(
    ENDURANCE_HEAD,
    measured.map(({ churn, node, growth: { firstPeak, secondPeak, anonymous, heaps } }) => [
      churn,
      node,
      `${toMebibytes(firstPeak)}, ${toMebibytes(secondPeak)}`,
      formatGrowth(anonymous),
      heaps.map(({ first, last }) => `${toMebibytes(first)}, ${toMebibytes(last)}`).join('; '),
      heaps.map(({ growth }) => formatGrowth(growth)).join('; '),
    ]),
  );
