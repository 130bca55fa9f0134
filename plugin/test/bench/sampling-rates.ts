/** How many stacks each contestant keeps, how many of them cannot exist, and what CPU it takes for that. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { ALL_CONTESTANTS, groupByPython } from './contestants.ts';
import { formatNumber, formatPercent, formatTable } from './markdown-table.ts';
import { FASTEST, type Contestant, type SamplingRequest, type SamplingResult } from './measurement.ts';
import { pythonOf, startOracle } from './oracle-target.ts';
import { watchCpu } from './process-figures.ts';
import { median, upperBound } from './statistics.ts';

/** Its CPU is watched between these: after it began, and before it ends and writes what it saw. */
const SETTLE_SECONDS = 0.2;
const MARGIN_SECONDS = 0.3;
const MILLISECONDS_PER_SECOND = 1000;

export interface Situation {
  readonly depth: number;
  readonly threads: number;
  readonly frequencyHz: number;
  /** The one CPU that target and sampler share. */
  readonly core?: number;
}

export interface Measurement extends SamplingResult {
  /** Percent of one core. */
  readonly cpuPercent: number;
}

export interface RateResult extends Situation {
  readonly name: string;
  readonly pythonVersion: string;
  readonly keptPerSecond: number;
  /** Of the ticks asked for; NaN at the fastest rate. */
  readonly takenPercent: number;
  readonly ownErrorPercent: number;
  readonly kept: number;
  readonly impossible: number;
  readonly cpuPercent: number;
}

/** One run of one contestant. */
export const measure = async (
  contestant: Contestant,
  request: Omit<SamplingRequest, 'folder'>,
): Promise<Measurement> => {
  const folder = makeTemporaryFolder();
  const running = contestant.start({ ...request, folder: folder.path });
  const watch = async (): Promise<number> => {
    await running.begun;
    await sleep(SETTLE_SECONDS * MILLISECONDS_PER_SECOND);
    const cpuPercent = watchCpu(running.pid);
    await sleep((request.seconds - SETTLE_SECONDS - MARGIN_SECONDS) * MILLISECONDS_PER_SECOND);
    return cpuPercent();
  };
  try {
    const [result, cpuPercent] = await Promise.all([running.ended, watch()]);
    return { ...result, cpuPercent };
  } finally {
    await running.end();
    folder.remove();
  }
};

const summarize = (
  { name, pythonVersion }: Contestant,
  { depth, threads, frequencyHz, core }: Situation,
  measured: readonly Measurement[],
): RateResult => {
  const medianOf = (pick: (one: Measurement) => number): number => median(measured.map(pick));
  const sumOf = (pick: (one: Measurement) => number): number => measured.reduce((sum, one) => sum + pick(one), 0);
  return {
    name,
    pythonVersion,
    depth,
    threads,
    frequencyHz,
    ...(core === undefined ? {} : { core }),
    keptPerSecond: medianOf(({ kept, seconds }) => kept / seconds),
    takenPercent:
      frequencyHz === FASTEST ? NaN : medianOf(({ ticks, seconds }) => (100 * ticks) / seconds / frequencyHz),
    ownErrorPercent: 100 * medianOf(({ errorShare }) => errorShare),
    kept: sumOf(({ kept }) => kept),
    impossible: sumOf(({ impossible }) => impossible),
    cpuPercent: medianOf(({ cpuPercent }) => cpuPercent),
  };
};

export interface RateOptions {
  readonly rounds: number;
  readonly seconds: number;
}

/** All contestants by turns, as many rounds as asked; each round on targets of its own. */
export const measureRates = async (situation: Situation, { rounds, seconds }: RateOptions): Promise<RateResult[]> => {
  const measured = new Map<Contestant, Measurement[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [pythonVersion, contestants] of groupByPython(ALL_CONTESTANTS)) {
      const target = await startOracle({ python: pythonOf(pythonVersion), ...situation });
      try {
        for (const contestant of contestants) {
          const one = await measure(contestant, { pid: target.pid, ...situation, seconds });
          measured.set(contestant, [...(measured.get(contestant) ?? []), one]);
        }
      } finally {
        await target.end();
      }
    }
  }
  return Array.from(measured, ([contestant, some]) => summarize(contestant, situation, some));
};

export const formatFrequency = (frequencyHz: number): string =>
  frequencyHz === FASTEST ? 'fastest' : `${formatNumber(frequencyHz)} Hz`;

export const formatImpossible = ({ impossible, kept }: Pick<SamplingResult, 'impossible' | 'kept'>): string => {
  const share = impossible === 0 ? '0' : formatPercent((100 * impossible) / kept, 4);
  return `${share} (${formatPercent(100 * upperBound(impossible, kept), 4)})`;
};

const RATE_HEAD = [
  'depth',
  'threads',
  'asked',
  'CPython',
  'sampler',
  'kept/s',
  'ticks taken',
  'own errors',
  'impossible (at most)',
  'CPU',
];

export const formatRates = (results: readonly RateResult[]): string =>
  formatTable(
    RATE_HEAD,
    results.map((result) => [
      String(result.depth),
      String(result.threads),
      formatFrequency(result.frequencyHz),
      result.pythonVersion,
      result.name,
      formatNumber(result.keptPerSecond),
      formatPercent(result.takenPercent, 1),
      formatPercent(result.ownErrorPercent, 2),
      formatImpossible(result),
      formatPercent(result.cpuPercent, 1),
    ]),
  );
