/**
 * Makes a trace out of what another format says. What none of them says is filled in thus:
 *
 * - **Ticks** are made up: one a period, whose length is chosen so that all spans are whole numbers of ticks where that can be
 *   (`imported-period.ts`). None counts as lost.
 * - **States.** A span with a weight is `running`, whatever its thread did then; between the first and the last one a thread is `idle`,
 *   before and after it `absent`.
 * - **CPU time and GIL.** There are none: the views of CPU time and of the GIL are empty, whatever the weight in the file was. The mode
 *   becomes `real`, whose first view is wall time.
 */
import { badTrace } from '../contract/field-decoder.ts';
import { GilState, ThreadState } from '../contract/thread-state.ts';
import {
  TRACE_FORMAT,
  TRACE_VERSION,
  type ThreadRuns,
  type TraceChunk,
  type TraceHeader,
  type TraceLine,
} from '../contract/trace-lines.ts';
import { microseconds, MICROSECONDS_PER_SECOND, NO_STACK, unixMilliseconds } from '../contract/units.ts';
import { choosePeriod } from './imported-period.ts';
import type { ImportedTables } from './imported-tables.ts';
import { MAX_IMPORTED_SPANS, MAX_IMPORTED_THREADS, type ImportedThread } from './imported-thread.ts';

export interface ImportedProfile {
  /** Name of the format. */
  readonly origin: string;
  /** Milliseconds since 1970; 0 where unknown. */
  readonly startedAt: number;
  readonly tables: ImportedTables;
  readonly threads: readonly ImportedThread[];
}

/** Ticks of a chunk: few enough to be read while the rest is on its way. */
const TICKS_PER_CHUNK = 10_000;

/** The caps of one file, so that tests can reach them with small files. */
export const IMPORT_CAPS = { threads: MAX_IMPORTED_THREADS, samples: MAX_IMPORTED_SPANS } as const;
export type ImportCaps = Readonly<Record<keyof typeof IMPORT_CAPS, number>>;

/** @throws ProfilerError 'bad-trace' before the first line or not at all */
export function* buildImportedTrace(
  profile: ImportedProfile,
  caps: ImportCaps = IMPORT_CAPS,
): Generator<TraceLine, void> {
  const threads = profile.threads.filter(({ stacks }) => stacks.length > 0);
  if (threads.length === 0) {
    throw badTrace('The file has no samples');
  }
  checkCount('threads', threads.length, caps);
  checkCount(
    'samples',
    threads.reduce((sum, { stacks }) => sum + stacks.length, 0),
    caps,
  );
  const period = choosePeriod(listBoundaries(threads), Math.max(...threads.map(({ end }) => end)));
  const tracks = threads.map((thread) => new ImportedTrack(thread, period));
  const tickCount = Math.max(...tracks.map(({ endTick }) => endTick));
  yield describeTrace(profile, period, tickCount);
  for (let sequence = 0, first = 0; first < tickCount; sequence++, first += TICKS_PER_CHUNK) {
    const count = Math.min(TICKS_PER_CHUNK, tickCount - first);
    yield {
      ...emptyChunk(sequence, count),
      ...(sequence === 0 ? { ...profile.tables.rows(), threads: describeThreads(threads) } : {}),
      ticks: Array.from({ length: count }, (_, tick) => (tick === 0 ? first * period : period)),
      runs: tracks.flatMap((track, thread) => track.takeRuns(thread, first, first + count)),
    };
  }
  yield { kind: 'end', at: microseconds(tickCount * period), reason: 'stopped' };
}

const checkCount = (what: keyof ImportCaps, count: number, caps: ImportCaps): void => {
  if (count > caps[what]) {
    throw badTrace(`The file has more than ${caps[what]} ${what}`, { cap: caps[what] });
  }
};

function* listBoundaries(threads: readonly ImportedThread[]): Generator<number, void> {
  for (const { starts, ends } of threads) {
    yield* starts;
    yield* ends;
  }
}

const describeTrace = ({ origin, startedAt }: ImportedProfile, period: number, tickCount: number): TraceHeader => ({
  kind: 'header',
  format: TRACE_FORMAT,
  version: TRACE_VERSION,
  recordingId: `${origin.replaceAll(/\W+/g, '-')}-${Math.round(startedAt)}`,
  target: { pid: 0, startTimeClockTicks: 0, commandLine: [], executable: '', pythonVersion: '', host: '' },
  frequencyHz: MICROSECONDS_PER_SECOND / period,
  mode: 'real',
  periodSeconds: (tickCount * period) / MICROSECONDS_PER_SECOND,
  samplerVersion: origin,
  clock: { startedAt: unixMilliseconds(startedAt), monotonic: microseconds(0) },
});

const emptyChunk = (sequence: number, tickCount: number): TraceChunk => ({
  kind: 'chunk',
  sequence,
  strings: [],
  functions: { names: [], files: [], firstLines: [] },
  frames: { functions: [], lines: [] },
  stacks: { parents: [], frames: [] },
  threads: [],
  ticks: [],
  runs: [],
  counters: [],
  events: [],
  losses: {
    ticksAsked: tickCount,
    ticksTaken: tickCount,
    ticksLate: 0,
    ticksLeftOut: 0,
    stacksRetried: 0,
    stacksTorn: 0,
    stacksUnreadable: 0,
  },
});

const describeThreads = (threads: readonly ImportedThread[]): TraceChunk['threads'] =>
  threads.map(({ facts }, thread) => ({ thread, isNameTruncated: false, ...facts }));

/** Goes through the spans of one thread as chunk follows chunk. */
class ImportedTrack {
  readonly endTick: number;
  readonly #thread: ImportedThread;
  readonly #period: number;
  /** First span that the chunks so far have not covered. */
  #span = 0;

  constructor(thread: ImportedThread, period: number) {
    this.#thread = thread;
    this.#period = period;
    // A trace has a tick, however short its spans are.
    this.endTick = Math.max(1, this.#tick(thread.end));
  }

  takeRuns(thread: number, first: number, end: number): ThreadRuns[] {
    const { starts, ends, stacks } = this.#thread;
    const firstTick = this.#tick(starts[0]!);
    if (firstTick >= end || this.endTick <= first) {
      return [];
    }
    const runs = new RunColumns();
    runs.add(Math.min(firstTick, end) - first, ThreadState.absent, NO_STACK);
    let tick = Math.max(first, firstTick);
    for (; this.#span < stacks.length && tick < end; this.#span++) {
      const spanStart = Math.min(this.#tick(starts[this.#span]!), end);
      const spanEnd = Math.min(this.#tick(ends[this.#span]!), end);
      runs.add(spanStart - tick, ThreadState.idle, NO_STACK);
      runs.add(spanEnd - Math.max(tick, spanStart), ThreadState.running, stacks[this.#span]!);
      tick = Math.max(tick, spanEnd);
      if (this.#tick(ends[this.#span]!) > end) {
        break;
      }
    }
    runs.add(end - tick, ThreadState.absent, NO_STACK);
    return [{ thread, cpu: microseconds(0), ...runs.columns(), gil: runs.columns().ticks.map(() => GilState.unknown) }];
  }

  #tick(time: number): number {
    return Math.round(time / this.#period);
  }
}

class RunColumns {
  readonly #ticks: number[] = [];
  readonly #states: number[] = [];
  readonly #stacks: number[] = [];

  add(ticks: number, state: ThreadState, stack: number): void {
    if (ticks > 0) {
      this.#ticks.push(ticks);
      this.#states.push(state);
      this.#stacks.push(stack);
    }
  }

  columns(): Pick<ThreadRuns, 'ticks' | 'states' | 'stacks'> {
    return { ticks: this.#ticks, states: this.#states, stacks: this.#stacks };
  }
}
