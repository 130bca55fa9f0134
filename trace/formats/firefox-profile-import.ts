/**
 * Import of the Firefox Profiler's processed profiles, of any program.
 *
 * - A sample weighs what the file says, in milliseconds or, where samples are counted, intervals. It begins at its time, and where its
 *   weight takes it beyond the next sample, the next one moves.
 * - Samples whose frames are of a category of the colour "transparent" (idle) are time in which nothing was done.
 * - Markers and counters are not read.
 * - Up to version 55 threads have texts of their own, up to 59 tables of their own; from 66 on stacks tell their parents by distance.
 */
import { badTrace, FieldDecoder } from '../contract/field-decoder.ts';
import { ProfilerError } from '../contract/errors.ts';
import { MAX_NUMBER } from '../contract/trace-limits.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { MICROSECONDS_PER_SECOND } from '../contract/units.ts';
import { FirefoxStacks } from './firefox-stacks.ts';
import { choosePeriod } from './imported-period.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread, MAX_IMPORTED_SPANS, MAX_IMPORTED_THREADS } from './imported-thread.ts';
import { buildImportedTrace } from './imported-trace.ts';
import { MICROSECONDS_OF_COUNT } from './time-unit.ts';

/** Process ids became texts: before, the shapes are others in more than one place. */
export const OLDEST_FIREFOX_VERSION = 47;
/** The newest one whose changes were looked at. */
export const NEWEST_FIREFOX_VERSION = 70;
const MICROSECONDS_PER_MILLISECOND = MICROSECONDS_PER_SECOND / 1000;
const MAX_MILLISECONDS = 1e15;

/** @throws ProfilerError 'bad-trace' or 'unsupported-trace' */
export const parseFirefoxProfile = (value: unknown): Generator<TraceLine, void> => {
  const file = new FieldDecoder(value, 'profile');
  const meta = file.object('meta');
  checkVersion(meta.wholeNumber('preprocessedProfileVersion'));
  const interval = meta.number('interval', 0, MAX_MILLISECONDS);
  const tables = new ImportedTables();
  const shared = file.has('shared') ? file.object('shared') : undefined;
  const idleCategories = meta.has('categories')
    ? meta.objects('categories', MAX_IMPORTED_THREADS).map((category) => category.text('color') === 'transparent')
    : [];
  const sharedStacks = shared?.has('stackTable')
    ? new FirefoxStacks(shared, shared, idleCategories, tables)
    : undefined;
  const threads = file.objects('threads', MAX_IMPORTED_THREADS).map((fields) => {
    const stacks = sharedStacks ?? new FirefoxStacks(fields, shared ?? fields, idleCategories, tables);
    return readThread(fields, stacks, interval);
  });
  return buildImportedTrace({
    origin: 'Firefox profile',
    startedAt: meta.number('startTime', 0, MAX_MILLISECONDS),
    tables,
    threads: layOut(threads),
  });
};

const checkVersion = (version: number): void => {
  if (version < OLDEST_FIREFOX_VERSION || version > NEWEST_FIREFOX_VERSION) {
    throw new ProfilerError(
      'unsupported-trace',
      `The Firefox profile is of version ${version}; this program reads ${OLDEST_FIREFOX_VERSION} to ${NEWEST_FIREFOX_VERSION}`,
      { version, oldest: OLDEST_FIREFOX_VERSION, newest: NEWEST_FIREFOX_VERSION },
    );
  }
};

interface SampledThread {
  readonly thread: ImportedThread;
  /** Microseconds, as all times here. */
  readonly times: readonly number[];
  readonly weights: readonly number[];
  /** Undefined where nothing was done. */
  readonly stacks: readonly (number | undefined)[];
}

const readThread = (fields: FieldDecoder, stacks: FirefoxStacks, interval: number): SampledThread => {
  const samples = fields.object('samples');
  const stackNumbers = samples.values('stack', MAX_IMPORTED_SPANS);
  const times = readTimes(samples);
  const weights = readWeights(samples, stackNumbers.length, interval);
  if (times.length !== stackNumbers.length || weights.length !== stackNumbers.length) {
    throw badTrace(`The columns of ${samples.path} have different lengths`);
  }
  const thread = new ImportedThread({
    name: fields.text('name'),
    isMain: fields.has('isMainThread') && fields.flag('isMainThread'),
    nativeId: readThreadId(fields),
  });
  return { thread, times, weights, stacks: stackNumbers.map((number) => stacks.find(number)) };
};

const readTimes = (samples: FieldDecoder): number[] => {
  if (samples.has('time')) {
    return samples
      .numbers('time', MAX_IMPORTED_SPANS, -MAX_MILLISECONDS, MAX_MILLISECONDS)
      .map((time) => time * MICROSECONDS_PER_MILLISECOND);
  }
  let time = 0;
  return samples
    .numbers('timeDeltas', MAX_IMPORTED_SPANS, -MAX_MILLISECONDS, MAX_MILLISECONDS)
    .map((delta) => (time += delta * MICROSECONDS_PER_MILLISECOND));
};

const readWeights = (samples: FieldDecoder, count: number, interval: number): readonly number[] => {
  const type = samples.has('weightType') ? samples.choice('weightType', ['samples', 'tracing-ms', 'bytes']) : 'samples';
  const factor =
    type === 'bytes' ? MICROSECONDS_OF_COUNT : MICROSECONDS_PER_MILLISECOND * (type === 'samples' ? interval : 1);
  const weights = samples.hasValue('weight')
    ? samples.numbers('weight', MAX_IMPORTED_SPANS, -MAX_NUMBER)
    : new Array<number>(count).fill(1);
  return weights.map((weight) => weight * factor);
};

/** A number or, in joined profiles, a text. */
const readThreadId = (fields: FieldDecoder): number => {
  const id = fields.value('tid');
  return Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : 0;
};

/**
 * Gives each sample its span. Samples come at uneven times and weigh even ones, so they are put on a grid that the weights are multiples of:
 * else each span would be rounded on its way into ticks, and the weights matter more than the moments.
 */
const layOut = (threads: readonly SampledThread[]): ImportedThread[] => {
  const origin = threads.reduce((first, { times }) => Math.min(first, times[0] ?? first), Number.POSITIVE_INFINITY);
  const lasts = threads.map(({ times, weights }) =>
    Math.max(
      (times.at(-1) ?? origin) - origin,
      weights.reduce((sum, weight) => sum + Math.max(0, weight), 0),
    ),
  );
  const grid = choosePeriod(listWeights(threads), Math.max(0, ...lasts));
  for (const { thread, times, weights, stacks } of threads) {
    stacks.forEach((stack, index) => {
      const weight = weights[index]!;
      // Differences between two profiles have negative weights; they are no time.
      if (stack !== undefined && weight > 0) {
        const start = Math.max(thread.end, Math.round((times[index]! - origin) / grid) * grid);
        thread.addSpan(start, start + weight, stack);
      }
    });
  }
  return threads.map(({ thread }) => thread);
};

function* listWeights(threads: readonly SampledThread[]): Generator<number, void> {
  for (const { weights, stacks } of threads) {
    for (let index = 0; index < weights.length; index++) {
      if (stacks[index] !== undefined && weights[index]! > 0) {
        yield weights[index]!;
      }
    }
  }
}
