/**
 * `npm run bench:recording [-- OPTIONS]`: what `bbprofiler record` costs on a busy process of five threads, and whether it grows in a long recording of one in which threads and functions come
 * and go. Prints tables as BENCHMARKS.md has them, and writes `dist/bench-recording.json`.
 */
import { parseArgs } from 'node:util';
import { choose, parsePositive } from './bench-options.ts';
import { formatEndurance, measureEndurance } from './endurance.ts';
import { pythonOf } from './oracle-target.ts';
import { formatCosts, measureCosts } from './recording-cost.ts';
import { writeResults } from './results-file.ts';

const PYTHON = pythonOf('3.13');
const USAGE = `npm run bench:recording -- [OPTIONS]
  --only PARTS        of cost, endurance; default: both
  --seconds S         of each recording of the part cost (30)
  --warm-up S         before these (15)
  --minutes M         of the part endurance (30)
  --warm-up-minutes M of these, the first (5)`;
const PARTS = ['cost', 'endurance'] as const;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join() },
    seconds: { type: 'string', default: '30' },
    'warm-up': { type: 'string', default: '15' },
    minutes: { type: 'string', default: '30' },
    'warm-up-minutes': { type: 'string', default: '5' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  const parts = choose(PARTS, values.only);
  const results: Record<string, unknown> = {};
  if (parts.includes('cost')) {
    const costs = await measureCosts({
      python: PYTHON,
      seconds: parsePositive(values.seconds),
      warmUpSeconds: parsePositive(values['warm-up']),
    });
    console.log(`\nWhat a recording costs\n\n${formatCosts(costs)}`);
    results['cost'] = costs;
  }
  if (parts.includes('endurance')) {
    const measured = await measureEndurance({
      python: PYTHON,
      minutes: parsePositive(values.minutes),
      warmUpMinutes: parsePositive(values['warm-up-minutes']),
    });
    console.log(`\nMemory of the recorder\n\n${formatEndurance(measured)}`);
    results['endurance'] = measured;
  }
  writeResults('bench-recording', { options: values, results });
}
