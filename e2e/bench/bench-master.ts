/**
 * `npm run bench:master [-- OPTIONS]`: whether the reactor of a master that builds is later while the plugin records, two tabs follow live and a large recording is
 * downloaded over a slow line. Prints a table as BENCHMARKS.md has it, and writes `dist/bench-master.json`.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { parsePositive } from '../../plugin/test/bench/bench-options.ts';
import { formatNumber, formatTable } from '../../plugin/test/bench/markdown-table.ts';
import { writeResults } from '../../plugin/test/bench/results-file.ts';
import { BASE_PLUGIN, MasterWeb, withWeb } from '../master/master-web.ts';
import { putRecording } from '../master/slow-download.ts';
import { BuildbotMaster, findFreePort } from '../processes/buildbot-master.ts';
import { waitUntil } from '../processes/child-process.ts';
import { PythonWithPlugin } from '../processes/python-with-plugin.ts';
import { startLoad } from './master-load.ts';
import { delaysIn, isWithinNoise, parseDelays, summarizeDelays, type Block, type DelayPair } from './reactor-delay.ts';

const USAGE = `npm run bench:master -- [OPTIONS]
  --pairs N      of blocks with and without the load, and as many of two without (10)
  --seconds S    of a block (10)`;
const DOWNLOAD_BYTES = 50 * 1024 * 1024;
/** As if all of it took a minute. */
const BYTES_PER_SECOND = DOWNLOAD_BYTES / 60;
/** What was begun or ended is to be over before the next block. */
const SETTLE_MS = 1000;
/** The probe writes some lines at a time. */
const LAST_LINES_MS = 2000;
const START_TIMEOUT_MS = 60_000;
const MS = 1000;

const monotonicSeconds = (): number => Number(process.hrtime.bigint()) / 1e9;

interface Measured {
  readonly subject: DelayPair[];
  readonly control: DelayPair[];
}

/** Blocks one after the other: pairs with the load, which comes first by turns, and pairs without, the same way. */
const measure = async (
  web: MasterWeb,
  id: string,
  delayFile: string,
  pairs: number,
  seconds: number,
): Promise<Measured> => {
  const takeBlock = async (isLoaded: boolean): Promise<Block> => {
    const load = isLoaded ? await startLoad(web, id, BYTES_PER_SECOND) : undefined;
    await sleep(SETTLE_MS);
    const from = monotonicSeconds();
    await sleep(seconds * MS);
    const to = monotonicSeconds();
    await load?.end();
    return { from, to };
  };
  const blocks: { readonly isSubject: boolean; readonly plain: Block; readonly loaded: Block }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    for (const isSubject of pair % 2 === 0 ? [true, false] : [false, true]) {
      const isPlainFirst = (pair >> 1) % 2 === 0;
      const first = await takeBlock(isSubject && !isPlainFirst);
      const second = await takeBlock(isSubject && isPlainFirst);
      blocks.push({ isSubject, plain: isPlainFirst ? first : second, loaded: isPlainFirst ? second : first });
    }
    console.error(`pair ${String(pair + 1)} of ${String(pairs)}`);
  }
  await sleep(LAST_LINES_MS);
  const delays = parseDelays(readFileSync(delayFile, 'utf8'));
  const pairsOf = (wanted: boolean): DelayPair[] =>
    blocks
      .filter(({ isSubject }) => isSubject === wanted)
      .map(({ plain, loaded }) => ({ plain: delaysIn(delays, plain), loaded: delaysIn(delays, loaded) }));
  return { subject: pairsOf(true), control: pairsOf(false) };
};

const HEAD = ['blocks', 'pairs', 'median, ms: without, with', 'p99, ms: without, with', 'p99 later by, ms (95 %)'];

const formatRow = (name: string, pairs: readonly DelayPair[]): string[] => {
  const { plainMedian, loadedMedian, plainWorst, loadedWorst, worstDifference } = summarizeDelays(pairs);
  const inMs = (seconds: number): string => formatNumber(seconds * MS, 2);
  return [
    name,
    String(pairs.length),
    `${inMs(plainMedian)}, ${inMs(loadedMedian)}`,
    `${inMs(plainWorst)}, ${inMs(loadedWorst)}`,
    `${inMs(worstDifference.value)} (${inMs(worstDifference.low)} to ${inMs(worstDifference.high)})`,
  ];
};

const run = async (pairs: number, seconds: number): Promise<Measured> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-master-'));
  const delayFile = path.join(folder, 'delays');
  const plugin = await PythonWithPlugin.create();
  const port = await findFreePort();
  const probe = readFileSync(new URL('reactor_probe.py', import.meta.url), 'utf8');
  const environment = { PYTHONPATH: BASE_PLUGIN, DELAY_FILE: delayFile };
  const master = await BuildbotMaster.start({ python: plugin.python, additions: withWeb(port, probe), environment });
  try {
    const web = new MasterWeb(port);
    let status = 0;
    const asking = setInterval(() => void web.statusOf('/api/v1/status').then((now) => (status = now)), SETTLE_MS);
    await waitUntil(
      () => status === 200,
      START_TIMEOUT_MS,
      () => 'The sampler does not answer',
    ).finally(() => clearInterval(asking));
    return await measure(web, putRecording(master, randomBytes(DOWNLOAD_BYTES)), delayFile, pairs, seconds);
  } finally {
    await master.stop();
    await plugin.remove();
    await rm(folder, { recursive: true });
  }
};

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  const { subject, control } = await run(Math.ceil(parsePositive(values.pairs)), parsePositive(values.seconds));
  const rows = [formatRow('with the load, and without', subject), formatRow('without, and without', control)];
  console.log(`\n${formatTable(HEAD, rows)}\n`);
  const isNoise = isWithinNoise(summarizeDelays(subject), summarizeDelays(control));
  console.log(`The difference is ${isNoise ? 'within' : 'beyond'} the noise of the control.`);
  writeResults('bench-master', {
    options: values,
    subject: summarizeDelays(subject),
    control: summarizeDelays(control),
    isNoise,
  });
}
