/**
 * `npm run bench:versions [-- OPTIONS]`: this project's sampling loop on every CPython there is, at 1000 Hz and as fast as it can, at several depths. Up to 3.10 also where functions have two callers,
 * which is what frames that are used again make hard. Prints a table as BENCHMARKS.md has it.
 */
import { parseArgs } from 'node:util';
import { findPythons, type InstalledPython } from '../installed-pythons.ts';
import { startTarget } from '../running-target.ts';
import { parsePositive, parsePositives } from './bench-options.ts';
import { formatNumber, formatPercent, formatTable } from './markdown-table.ts';
import { FASTEST } from './measurement.ts';
import { ownSampler } from './own-sampler.ts';
import { formatFrequency, formatImpossible, measure } from './sampling-rates.ts';

const USAGE = `npm run bench:versions -- [OPTIONS]
  --only VERSIONS        as 3.13,3.15: the newest CPython of each; default: all there are
  --depths LIST          of the chains (30,100,300,500)
  --seconds S            at 1000 Hz, whole ones (5)
  --fastest-seconds S    as fast as it can, whole ones (5)`;
const SHARED_DEPTHS = [30, 100];
const FREQUENCY_HZ = 1000;
const CHAINS = { program: 'oracle.py', name: 'chains' };
const SHARED = { program: 'shared_oracle.py', name: 'functions with two callers' };
const HEAD = [
  'CPython',
  'target',
  'depth',
  'asked',
  'kept/s',
  'ticks taken',
  'given up',
  'kept in all',
  'impossible (at most)',
  'CPU',
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    depths: { type: 'string', default: '30,100,300,500' },
    seconds: { type: 'string', default: '5' },
    'fastest-seconds': { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});

/** Supported ones; the newest of each version asked for, if any is. @throws Error where one asked for is missing. */
const choosePythons = (only: string | undefined): InstalledPython[] => {
  const supported = findPythons().filter(({ isSupported }) => isSupported);
  if (only === undefined) return supported;
  return only.split(',').map((wanted) => {
    const python = supported.findLast(({ version }) => version.startsWith(`${wanted}.`));
    if (python === undefined)
      throw new Error(`There is no CPython ${wanted}: ${supported.map((one) => one.version).join(', ')}`);
    return python;
  });
};

interface Duration {
  readonly frequencyHz: number;
  readonly seconds: number;
}

const measureTarget = async (
  { executable, version }: InstalledPython,
  { program, name }: typeof CHAINS,
  depth: number,
  durations: readonly Duration[],
): Promise<string[][]> => {
  const target = await startTarget(executable, program, String(depth));
  const contestant = ownSampler('bbprofiler', version, true);
  try {
    const rows: string[][] = [];
    for (const { frequencyHz, seconds } of durations) {
      const one = await measure(contestant, { pid: target.pid, frequencyHz, seconds, threads: 1 });
      const taken = frequencyHz === FASTEST ? NaN : (100 * one.ticks) / one.seconds / frequencyHz;
      rows.push([
        version,
        name,
        String(depth),
        formatFrequency(frequencyHz),
        formatNumber(one.kept / one.seconds),
        formatPercent(taken, 1),
        formatPercent(100 * one.errorShare, 2),
        formatNumber(one.kept),
        formatImpossible(one),
        formatPercent(one.cpuPercent, 1),
      ]);
    }
    return rows;
  } finally {
    await target.end();
  }
};

const runBench = async (): Promise<void> => {
  const durations = [
    { frequencyHz: FREQUENCY_HZ, seconds: Math.ceil(parsePositive(values.seconds)) },
    { frequencyHz: FASTEST, seconds: Math.ceil(parsePositive(values['fastest-seconds'])) },
  ];
  const depths = parsePositives(values.depths);
  const rows: string[][] = [];
  for (const python of choosePythons(values.only)) {
    for (const depth of depths) rows.push(...(await measureTarget(python, CHAINS, depth, durations)));
    if (python.hasFrameObjects)
      for (const depth of SHARED_DEPTHS) rows.push(...(await measureTarget(python, SHARED, depth, durations)));
    console.error(`CPython ${python.version}: done`);
  }
  console.log(formatTable(HEAD, rows));
};

if (values.help) console.log(USAGE);
else await runBench();
