/**
 * `npm run bench:sampler [-- ROUNDS [SECONDS]]`: this project's reader, with and without vectored reads, and CPython 3.15's own profiler, by turns on one target that does nothing but call and
 * return. Prints a table and writes `dist/bench-sampler.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTarget } from '../running-target.ts';
import type { Contestant, Measurement } from './measurement.ts';
import { ownSampler } from './own-sampler.ts';
import { pythonSampler } from './python-sampler.ts';
import { median, upperBound } from './statistics.ts';

const PYTHON = fileURLToPath(new URL('../../../.cache/pythons/python3.15', import.meta.url));
const RESULT = fileURLToPath(new URL('../../../dist/bench-sampler.json', import.meta.url));
const DEPTHS = [30, 100, 300];
const FASTEST = 0;
const FREQUENCIES = [1000, FASTEST];
const DEFAULT_ROUNDS = 5;
const DEFAULT_SECONDS = 4;

const [rounds = DEFAULT_ROUNDS, seconds = DEFAULT_SECONDS] = process.argv.slice(2).map(Number);
if (!(rounds >= 1 && seconds >= 1)) throw new Error('ROUNDS and SECONDS are numbers from 1 on.');

const contestants: readonly Contestant[] = [
  ownSampler('bbprofiler', true),
  ownSampler('bbprofiler, /proc/PID/mem alone', false),
  pythonSampler(PYTHON),
];

const summarize = (measured: readonly Measurement[]) => {
  const sum = (pick: (measurement: Measurement) => number): number =>
    measured.reduce((total, measurement) => total + pick(measurement), 0);
  const [impossible, keptInAll] = [sum((one) => one.impossible), sum((one) => one.keptInAll)];
  return {
    kept: median(measured.map(({ kept }) => kept)),
    givenUpPercent: median(measured.map(({ kept, attempted }) => 100 * (1 - kept / attempted))),
    impossiblePercent: (100 * impossible) / keptInAll,
    impossiblePercentAtMost: 100 * upperBound(impossible, keptInAll),
    cpuPercent: median(measured.map(({ cpuPercent }) => cpuPercent)),
  };
};

const results = [];
console.log('depth  asked     sampler                          kept/s  given up  impossible (95 % at most)   CPU');
for (const depth of DEPTHS) {
  const target = await startTarget(PYTHON, 'oracle.py', String(depth));
  try {
    for (const frequencyHz of FREQUENCIES) {
      const measured = contestants.map((): Measurement[] => []);
      for (let round = 0; round < rounds; round++)
        for (const [index, contestant] of contestants.entries())
          measured[index]?.push(await contestant.measure({ pid: target.pid, frequencyHz, seconds }));
      for (const [index, { name }] of contestants.entries()) {
        const result = { depth, frequencyHz, name, ...summarize(measured[index] ?? []) };
        results.push(result);
        const asked = frequencyHz === FASTEST ? 'fastest' : `${frequencyHz} Hz`;
        console.log(
          `${String(depth).padStart(5)}  ${asked.padEnd(8)}  ${name.padEnd(31)} ${result.kept.toFixed(0).padStart(7)}` +
            `${result.givenUpPercent.toFixed(2).padStart(8)} %  ${result.impossiblePercent.toFixed(4).padStart(9)} %` +
            ` (${result.impossiblePercentAtMost.toFixed(4)} %)${result.cpuPercent.toFixed(1).padStart(12)} %`,
        );
      }
    }
  } finally {
    await target.end();
  }
}
mkdirSync(fileURLToPath(new URL('../../../dist', import.meta.url)), { recursive: true });
writeFileSync(RESULT, `${JSON.stringify({ python: '3.15', rounds, seconds, results }, undefined, 2)}\n`);
