/**
 * What the sampler costs on this machine: `npm run measure:sampler [-- SECONDS]` records the demo at 100 and at 1000 Hz in two modes,
 * and prints the CPU of the whole `bbprofiler record` process, and of a bare Node thread that only wakes up as often.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { explainFailure } from './steps/explain-failure.mjs';
import { fromRoot, PINNED_NODE } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';
import { setUp } from './setup.mjs';

const BBPROFILER = fromRoot('plugin', 'bin', 'bbprofiler.mjs');
const DEMO = fromRoot('plugin', 'demo', 'demo_master.py');
/** A program takes this long to start and to be compiled: what comes after is what day and night cost. */
const WARM_UP_SECONDS = 30;
/** Two rounds of the demo's quiet, busy and blocked phases. */
const DEFAULT_SECONDS = 30;

const startDemo = async () => {
  const demo = spawn('python3', [DEMO], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(demo.stdout, 'data');
  return demo;
};

/** Percent of one core, from the trace's own counter. */
const measureSampler = async (folder, pid, frequency, mode, seconds) => {
  const file = path.join(folder, `${mode}-${frequency}.bbprof`);
  const duration = String(WARM_UP_SECONDS + seconds);
  const options = ['--pid', String(pid), '--duration', duration, '--frequency', String(frequency), '--mode', mode];
  await runCommand(PINNED_NODE, [BBPROFILER, 'record', ...options, '--output', file]);
  const lines = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const rows = lines.flatMap((line) => line.counters ?? []).filter((row) => row.samplerCpu !== undefined);
  const first = rows.find((row) => row.at >= WARM_UP_SECONDS * 1e6);
  const last = rows.at(-1);
  const percent = (cpu) => (100 * (last[cpu] - first[cpu])) / (last.at - first.at);
  return { sampler: percent('samplerCpu'), target: percent('targetUserCpu') + percent('targetSystemCpu') };
};

const WAKE_UP = `
const word = new Int32Array(new SharedArrayBuffer(4));
const [period, ticks] = process.argv.slice(1).map(Number);
const before = process.cpuUsage();
const start = performance.now();
for (let tick = 0; tick < ticks; tick++) Atomics.wait(word, 0, 0, period);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 10 / (performance.now() - start));
`;

const measureWakeUps = async (frequency, seconds) => {
  const child = spawn(PINNED_NODE, ['-e', WAKE_UP, String(1000 / frequency), String(seconds * frequency)]);
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  await once(child, 'close');
  return Number(text);
};

const measure = async () => {
  const seconds = Number(process.argv[2] ?? DEFAULT_SECONDS);
  if (!(seconds >= 1)) throw new Error(`SECONDS is a number of seconds from 1 on, not ${process.argv[2]}`);
  await setUp();
  const folder = await mkdtemp(path.join(tmpdir(), 'bbprofiler-measure-'));
  const demo = await startDemo();
  try {
    for (const frequency of [100, 1000]) {
      const bare = await measureWakeUps(frequency, 10);
      console.log(`${frequency} Hz  a bare Node thread that wakes up: ${bare.toFixed(2)} % of a core`);
      for (const mode of ['virtual', 'real']) {
        const { sampler, target } = await measureSampler(folder, demo.pid, frequency, mode, seconds);
        const load = loadavg()[0].toFixed(1);
        console.log(`${frequency} Hz  ${mode}: ${sampler.toFixed(2)} %, target ${target.toFixed(0)} %, load ${load}`);
      }
    }
  } finally {
    demo.stdin.end();
    await rm(folder, { recursive: true });
  }
};

measure().catch((error) => {
  explainFailure(error);
  process.exitCode = 1;
});
