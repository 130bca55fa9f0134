/**
 * `npm run bench:sampler [-- OPTIONS]`: this project's sampling loop, with and without vectored reads, CPython's own profiler and austin, by turns on a target that does nothing but call and return.
 * Prints tables as BENCHMARKS.md has them, and writes `dist/bench-sampler.json`.
 */
import { parseArgs } from 'node:util';
import { choose, parsePositive, parsePositives } from './bench-options.ts';
import { FASTEST } from './measurement.ts';
import { writeResults } from './results-file.ts';
import { formatFrequency, formatRates, measureRates, type RateResult } from './sampling-rates.ts';
import { formatSlowdown, measureSlowdown } from './slowdown.ts';

const USAGE = `npm run bench:sampler -- [OPTIONS]
  --only PARTS      of rates, threads, pinned, slowdown, pinned-slowdown; default: all
  --rounds N        of the first three (5)
  --seconds S       of each sampler in each round, whole ones (2)
  --depths LIST     of the part rates; the others have 30 (30,100,300)
  --rates LIST      ticks a second; fastest is one (100,1000,10000,fastest)
  --pairs N         with and without a sampler, for the slowdown (20)
  --slot S          seconds of each half of a pair (1)
  --core N          that the pinned parts share (0)`;
const PARTS = ['rates', 'threads', 'pinned', 'slowdown', 'pinned-slowdown'] as const;
const DEPTH = 30;
const MANY_THREADS = 4;
const SLOWDOWN_FREQUENCIES_HZ = [100, 1000, FASTEST];

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join() },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    depths: { type: 'string', default: '30,100,300' },
    rates: { type: 'string', default: '100,1000,10000,fastest' },
    pairs: { type: 'string', default: '20' },
    slot: { type: 'string', default: '1' },
    core: { type: 'string', default: '0' },
    help: { type: 'boolean', default: false },
  },
});

const parseRates = (text: string): number[] =>
  text.split(',').map((word) => (word === 'fastest' ? FASTEST : parsePositive(word)));

const runBench = async (): Promise<void> => {
  const parts = choose(PARTS, values.only);
  const rateOptions = { rounds: parsePositive(values.rounds), seconds: Math.ceil(parsePositive(values.seconds)) };
  const slowdownOptions = {
    pairs: parsePositive(values.pairs),
    seconds: parsePositive(values.slot),
    frequenciesHz: SLOWDOWN_FREQUENCIES_HZ,
  };
  const core = Number(values.core);
  const frequencies = parseRates(values.rates);
  const results: Record<string, unknown> = {};

  const ratesOf = async (depths: readonly number[], threads: number, pinned: { readonly core?: number } = {}) => {
    const measured: RateResult[] = [];
    for (const depth of depths)
      for (const frequencyHz of frequencies) {
        measured.push(...(await measureRates({ depth, threads, frequencyHz, ...pinned }, rateOptions)));
        console.error(`depth ${depth}, ${formatFrequency(frequencyHz)}: done`);
      }
    return measured;
  };
  const show = (part: (typeof PARTS)[number], title: string, table: string, figures: unknown): void => {
    console.error(`${part}: done`);
    console.log(`\n### ${title}\n\n${table}`);
    results[part] = figures;
  };

  for (const part of parts) {
    switch (part) {
      case 'rates': {
        const measured = await ratesOf(parsePositives(values.depths), 1);
        show(part, 'One thread', formatRates(measured), measured);
        break;
      }
      case 'threads': {
        const measured = await ratesOf([DEPTH], MANY_THREADS);
        show(part, 'Four threads', formatRates(measured), measured);
        break;
      }
      case 'pinned': {
        const measured = await ratesOf([DEPTH], 1, { core });
        show(part, 'Target and sampler on one core', formatRates(measured), measured);
        break;
      }
      case 'slowdown': {
        const measured = await measureSlowdown(slowdownOptions);
        show(part, 'Slowdown of the target', formatSlowdown(measured), measured);
        break;
      }
      case 'pinned-slowdown': {
        const measured = await measureSlowdown({ ...slowdownOptions, core });
        show(part, 'Slowdown of the target, on one core with the sampler', formatSlowdown(measured), measured);
        break;
      }
    }
  }
  writeResults('bench-sampler', { options: values, results });
};

if (values.help) console.log(USAGE);
else await runBench();
