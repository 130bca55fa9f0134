/**
 * `npm run bench:ui [-- OPTIONS]`: how long our page and speedscope take to open the same data, what they hold for it, and how our flame graph follows a
 * range that is dragged. Prints tables as BENCHMARKS.md has them, and writes `dist/bench-ui.json`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatNumber, formatTable } from '../../plugin/test/bench/markdown-table.ts';
import { median } from '../../plugin/test/bench/statistics.ts';
import { writeResults } from '../../plugin/test/bench/results-file.ts';
import { ProfilerServer } from '../processes/profiler-server.ts';
import { BrowserRun } from './browser-run.ts';
import type { DragFigures } from './drag-figures.ts';
import { measureDrag, measureEmptyPage, measureOpen, OPEN_LIMIT_MS, type OpenFigures } from './measure-ours.ts';
import { measureSpeedscopeOpen, SpeedscopeServer } from './measure-speedscope.ts';
import { PERIOD_MICROSECONDS, type TraceSize } from './generated-trace.ts';
import { loadFixture, makeTraceFiles, type TraceFiles } from './trace-files.ts';

const USAGE = `npm run bench:ui -- [OPTIONS]
  --rounds N        of all, by turns (3)
  --samples LIST    sizes, of 10000, 100000, 180000, 1000000; default: all
  --no-speedscope   ours alone`;

/** Each twentieth sample has a stack of its own; but 180,000 samples have the stacks of the recording alone. */
const SIZES: readonly TraceSize[] = [
  { samples: 10_000, chains: 500 },
  { samples: 100_000, chains: 5000 },
  { samples: 180_000, chains: 546 },
  { samples: 1_000_000, chains: 50_000 },
];
const MIB = 2 ** 20;

interface Measured {
  readonly samples: number;
  readonly chains: number;
  readonly app: 'ours' | 'speedscope';
  /** Absent: did not open in time. */
  readonly open: OpenFigures | undefined;
  readonly drag?: DragFigures | undefined;
}

const withBrowser = async <T>(drawing: 'plain' | 'webgl', use: (run: BrowserRun) => Promise<T>): Promise<T> => {
  const run = await BrowserRun.start(drawing);
  try {
    return await use(run);
  } finally {
    await run.end();
  }
};

const measureOurs = async (url: URL, files: TraceFiles): Promise<Measured> => {
  return withBrowser('plain', async (run) => {
    const open = await measureOpen(run, url, files);
    const drag = open && (await measureDrag(run, files.totals.ticks * PERIOD_MICROSECONDS));
    return { samples: files.samples, chains: files.chains, app: 'ours', open, drag };
  });
};

const measureSpeedscope = async (url: URL, files: TraceFiles): Promise<Measured> => {
  const open = await withBrowser('webgl', (run) => measureSpeedscopeOpen(run, url, files));
  return { samples: files.samples, chains: files.chains, app: 'speedscope', open };
};

const groupMeasured = (measured: readonly Measured[]): Measured[][] => [
  ...Map.groupBy(measured, ({ samples, app }) => `${samples} ${app}`).values(),
];

const formatOpen = (measured: readonly Measured[], emptyPageBytes: number): string =>
  formatTable(
    ['samples', 'stacks', 'page', 'first flame graph', 'whole total', 'memory, peak', 'settled'],
    groupMeasured(measured).map((rounds) => {
      const { samples, chains, app } = rounds[0]!;
      const head = [formatNumber(samples), formatNumber(chains), app];
      const opened = rounds.flatMap(({ open }) => (open === undefined ? [] : [open]));
      if (opened.length < rounds.length) return [...head, `did not open in ${OPEN_LIMIT_MS / 1000} s`, '-', '-', '-'];
      const middle = (pick: (one: (typeof opened)[number]) => number): number => median(opened.map(pick));
      return [
        ...head,
        `${formatNumber(middle(({ firstPaintMs }) => firstPaintMs))} ms`,
        `${formatNumber(middle(({ totalPaintMs }) => totalPaintMs))} ms`,
        `${formatNumber(middle(({ peakBytes }) => (peakBytes - emptyPageBytes) / MIB))} MiB`,
        `${formatNumber(middle(({ lastBytes }) => (lastBytes - emptyPageBytes) / MIB))} MiB`,
      ];
    }),
  );

const formatDrag = (measured: readonly Measured[]): string =>
  formatTable(
    [
      'samples',
      'ranges a second',
      'mouse to painted, p50',
      'p95',
      'moves skipped',
      'full detail after',
      'top 20 frames off by',
    ],
    groupMeasured(measured.filter(({ drag }) => drag !== undefined)).map((rounds) => {
      const middle = (pick: (one: DragFigures) => number): number => median(rounds.map(({ drag }) => pick(drag!)));
      return [
        formatNumber(rounds[0]!.samples),
        formatNumber(
          middle(({ rangesPerSecond }) => rangesPerSecond),
          1,
        ),
        `${formatNumber(middle(({ latencyP50Ms }) => latencyP50Ms))} ms`,
        `${formatNumber(middle(({ latencyP95Ms }) => latencyP95Ms))} ms`,
        `${formatNumber(middle(({ skippedMoves }) => skippedMoves))} of ${formatNumber(middle(({ moves }) => moves))}`,
        `${formatNumber(middle(({ settledAfterMs }) => settledAfterMs))} ms`,
        `${formatNumber(
          middle(({ settledShiftPixels }) => settledShiftPixels),
          1,
        )} px`,
      ];
    }),
  );

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    samples: { type: 'string', default: SIZES.map(({ samples }) => samples).join() },
    'no-speedscope': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  const wanted = values.samples.split(',').map(Number);
  const source = await loadFixture();
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-ui-'));
  const server = await ProfilerServer.start(['view', '--recordings', folder]);
  const speedscope = await SpeedscopeServer.start();
  const emptyPageBytes = await withBrowser('plain', measureEmptyPage);
  const measured: Measured[] = [];
  try {
    for (let round = 0; round < Number(values.rounds); round++)
      for (const size of SIZES.filter(({ samples }) => wanted.includes(samples))) {
        const files = await makeTraceFiles(source, size);
        measured.push(await measureOurs(server.url, files));
        if (!values['no-speedscope']) measured.push(await measureSpeedscope(speedscope.url, files));
        console.error(`Round ${round + 1} of ${values.rounds}: ${size.samples} samples measured`);
      }
  } finally {
    speedscope.stop();
    await server.stop();
    await rm(folder, { recursive: true });
  }
  console.log(`\nOpening, median of ${values.rounds}\n\n${formatOpen(measured, emptyPageBytes)}`);
  console.log(`\nDragging, median of ${values.rounds}\n\n${formatDrag(measured)}`);
  writeResults('bench-ui', { options: values, emptyPageBytes, measured });
}
