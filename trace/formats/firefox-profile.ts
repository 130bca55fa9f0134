/**
 * The Firefox Profiler's processed profile, of version 60 (its `docs-developer/CHANGELOG-formats.md`): the first one whose tables are shared
 * by all threads. Its readers upgrade from there.
 *
 * - Each tick with a share in the selection's weight is a sample that weighs it, in milliseconds. Each run of ticks without a share is one
 *   sample that weighs nothing: of the category Idle where the thread was idle, without a stack where it was lost or absent.
 * - Builds, steps, suspensions and notes are markers of the main thread. What began before the recording begins with it.
 * - The resident memory and the CPU time of the process are counters.
 * - Whether a thread ran, wanted to or waited, the GIL, dispatches, losses and the other counters are lost.
 */
import type { Selection } from '../analysis/selection.ts';
import { ThreadState } from '../contract/thread-state.ts';
import { NO_STACK } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { describeCounters, describeMarkers, FIREFOX_MARKER_SCHEMA } from './firefox-events.ts';
import { FirefoxTables } from './firefox-tables.ts';
import { listWeighedThreads, visitWeighedRuns, type WeighedThread } from './weighed-runs.ts';

export const FIREFOX_VERSION = 60;
/** Of Firefox's own format before it is processed; the version that was current then. */
const GECKO_VERSION = 31;
const MICROSECONDS_PER_MILLISECOND = 1000;
const CELLS_PER_PART = 16_384;

/** The text in parts: it may be too long for one string. */
export function* formatFirefoxProfile(model: TraceModel, selection: Selection): Generator<string, void> {
  const threads = listWeighedThreads(model, selection);
  const main = Math.max(
    0,
    threads.findIndex(({ thread }) => model.threads[thread]!.isMain),
  );
  const tables = new FirefoxTables(model);
  const counters = describeCounters(model, main);
  yield `{"meta":${JSON.stringify(describeProfile(model, main))},"libs":[],"pages":[],`;
  yield `"counters":${JSON.stringify(threads.length === 0 ? [] : counters)},"threads":[`;
  for (const [position, group] of threads.entries()) {
    yield position === 0 ? '\n' : ',\n';
    const markers = position === main ? describeMarkers(model, tables) : describeMarkers(undefined, tables);
    yield `${JSON.stringify({ ...describeThread(model, group), markers }).slice(0, -1)},"samples":`;
    yield* formatTable(collectSamples(model, selection, group, tables), { weightType: 'tracing-ms' });
    yield '}';
  }
  yield '],"shared":{';
  for (const [name, columns] of Object.entries(tables.columns())) {
    yield `"${name}":`;
    yield* formatTable(columns, {});
    yield ',\n';
  }
  yield '"stringArray":[';
  for (const [index, text] of tables.strings.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(text)}`;
  }
  yield ']}}\n';
}

const describeProfile = (model: TraceModel, main: number): object => {
  const { header } = model;
  return {
    interval: model.period / MICROSECONDS_PER_MILLISECOND,
    startTime: header?.clock.startedAt ?? 0,
    profilingStartTime: 0,
    profilingEndTime: model.duration / MICROSECONDS_PER_MILLISECOND,
    processType: 0,
    product: 'CPython',
    importedFrom: 'buildbot-profiler',
    ...(header === undefined ? {} : { arguments: header.target.commandLine.join(' ') }),
    stackwalk: 1,
    version: GECKO_VERSION,
    preprocessedProfileVersion: FIREFOX_VERSION,
    categories: [
      { name: 'Python', color: 'grey', subcategories: ['Other'] },
      { name: 'Idle', color: 'transparent', subcategories: ['Other'] },
    ],
    markerSchema: FIREFOX_MARKER_SCHEMA,
    sampleUnits: { time: 'ms', eventDelay: 'ms', threadCPUDelta: 'µs' },
    symbolicated: true,
    symbolicationNotSupported: true,
    usesOnlyOneStackType: true,
    sourceCodeIsNotOnSearchfox: true,
    keepProfileThreadOrder: true,
    initialSelectedThreads: [main],
  };
};

const describeThread = (model: TraceModel, { thread, label }: WeighedThread): object => {
  const { isMain, nativeId } = model.threads[thread]!;
  return {
    processType: 'default',
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: null,
    pausedRanges: [],
    name: label,
    isMainThread: isMain,
    processName: 'CPython',
    pid: String(model.header?.target.pid ?? 0),
    tid: nativeId || `thread ${thread}`,
  };
};

type Cell = number | string | boolean | null;

const collectSamples = (
  model: TraceModel,
  selection: Selection,
  { stretches }: WeighedThread,
  tables: FirefoxTables,
): Readonly<Record<string, readonly Cell[]>> => {
  const { runs } = model;
  const ticks = model.ticks.values;
  const stacks: (number | null)[] = [];
  const times: number[] = [];
  const weights: number[] = [];
  const add = (tick: number, stack: number | null, weight: number): void => {
    times.push(ticks[tick]! / MICROSECONDS_PER_MILLISECOND);
    stacks.push(stack);
    weights.push(weight / MICROSECONDS_PER_MILLISECOND);
  };
  visitWeighedRuns(model, selection, stretches, (run, tickWeight, ticksWithin, firstTick) => {
    const stack = runs.stacks.values[run]!;
    if (tickWeight > 0) {
      const known = stack === NO_STACK ? tables.unknownStack() : stack;
      for (let tick = firstTick; tick < firstTick + ticksWithin; tick++) {
        add(tick, known, tickWeight);
      }
    } else {
      const isIdle = runs.states.values[run] === ThreadState.idle && stack !== NO_STACK;
      add(firstTick, isIdle ? tables.idleStack(stack) : null, 0);
    }
  });
  return { stack: stacks, time: times, weight: weights };
};

function* formatTable(columns: Readonly<Record<string, readonly Cell[]>>, rest: object): Generator<string, void> {
  const length = Object.values(columns)[0]?.length ?? 0;
  yield `${JSON.stringify({ length, ...rest }).slice(0, -1)}`;
  for (const [name, cells] of Object.entries(columns)) {
    yield `,"${name}":[`;
    for (let start = 0; start < cells.length; start += CELLS_PER_PART) {
      const part = JSON.stringify(cells.slice(start, start + CELLS_PER_PART));
      yield `${start === 0 ? '' : ','}${part.slice(1, -1)}`;
    }
    yield ']';
  }
  yield '}';
}
