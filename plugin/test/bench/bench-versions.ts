/**
 * `npm run bench:versions [-- SECONDS]`: this project's reader on every CPython there is, at 1000 Hz and as fast as it can, at several depths. Up to 3.10 also where functions have two callers, which is what
 * frames that are used again make hard.
 */
import { findPythons } from '../installed-pythons.ts';
import { startTarget } from '../running-target.ts';
import { ownSampler } from './own-sampler.ts';
import { upperBound } from './statistics.ts';

const DEPTHS = [30, 100, 300, 500];
const SHARED_DEPTHS = [30, 100];
const FASTEST = 0;
const FREQUENCIES = [1000, FASTEST];
const DEFAULT_SECONDS = 5;

const [seconds = DEFAULT_SECONDS] = process.argv.slice(2).map(Number);
if (!(seconds >= 1)) throw new Error('SECONDS is a number from 1 on.');

const reader = ownSampler('bbprofiler', true);
console.log('CPython  target            depth  asked     kept/s  given up  impossible (95 % at most)');
for (const { executable, version, isSupported, hasFrameObjects } of findPythons()) {
  if (!isSupported) continue;
  const cases: [program: string, depth: number][] = DEPTHS.map((depth) => ['oracle.py', depth]);
  if (hasFrameObjects) cases.push(...SHARED_DEPTHS.map((depth): [string, number] => ['shared_oracle.py', depth]));
  for (const [program, depth] of cases) {
    const target = await startTarget(executable, program, String(depth));
    try {
      for (const frequencyHz of FREQUENCIES) {
        const { attempted, kept, impossible, keptInAll } = await reader.measure({
          pid: target.pid,
          frequencyHz,
          seconds,
        });
        const asked = frequencyHz === FASTEST ? 'fastest' : `${frequencyHz} Hz`;
        console.log(
          `${version.padEnd(8)} ${program.padEnd(16)} ${String(depth).padStart(6)}  ${asked.padEnd(8)}` +
            `${kept.toFixed(0).padStart(8)}${(100 * (1 - kept / attempted)).toFixed(2).padStart(8)} %` +
            `${((100 * impossible) / keptInAll).toFixed(4).padStart(10)} %  (${(100 * upperBound(impossible, keptInAll)).toFixed(4)} %)`,
        );
      }
    } finally {
      await target.end();
    }
  }
}
