/**
 * `npm run bench:versions [-- SECONDS]`: this project's sampling loop on every CPython there is, at 1000 Hz and as fast as it can, at several depths. Up to 3.10 also where functions have two callers,
 * which is what frames that are used again make hard. Prints a table as BENCHMARKS.md has it.
 */
import { findPythons, type InstalledPython } from '../installed-pythons.ts';
import { startTarget } from '../running-target.ts';
import { formatNumber, formatPercent, formatTable } from './markdown-table.ts';
import { FASTEST } from './measurement.ts';
import { ownSampler } from './own-sampler.ts';
import { formatFrequency, formatImpossible, measure } from './sampling-rates.ts';

const DEPTHS = [30, 100, 300, 500];
const SHARED_DEPTHS = [30, 100];
const FREQUENCIES_HZ = [1000, FASTEST];
const DEFAULT_SECONDS = 5;
const CHAINS = { program: 'oracle.py', name: 'chains' };
const SHARED = { program: 'shared_oracle.py', name: 'functions with two callers' };
const HEAD = ['CPython', 'target', 'depth', 'asked', 'kept/s', 'ticks taken', 'given up', 'impossible (at most)'];

const [seconds = DEFAULT_SECONDS] = process.argv.slice(2).map(Number);
if (!(Number.isInteger(seconds) && seconds >= 1)) throw new Error('SECONDS is a whole number from 1 on.');

const measureTarget = async (
  { executable, version }: InstalledPython,
  { program, name }: typeof CHAINS,
  depth: number,
): Promise<string[][]> => {
  const target = await startTarget(executable, program, String(depth));
  const contestant = ownSampler('bbprofiler', version, true);
  try {
    const rows: string[][] = [];
    for (const frequencyHz of FREQUENCIES_HZ) {
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
        formatImpossible(one),
      ]);
    }
    return rows;
  } finally {
    await target.end();
  }
};

const rows: string[][] = [];
for (const python of findPythons()) {
  if (!python.isSupported) continue;
  for (const depth of DEPTHS) rows.push(...(await measureTarget(python, CHAINS, depth)));
  if (python.hasFrameObjects)
    for (const depth of SHARED_DEPTHS) rows.push(...(await measureTarget(python, SHARED, depth)));
  console.error(`CPython ${python.version}: done`);
}
console.log(formatTable(HEAD, rows));
