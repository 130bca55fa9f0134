/**
 * Import of pprof profiles, of any program.
 *
 * - Of several kinds of values, the one that the file names as its default is taken, else the last one, as pprof's own tools do.
 * - Counts of samples become time where the file says how long a period is; other values that are no time become microseconds.
 * - Threads are told by the labels that samplers put there. Samples without one are of the thread "all threads".
 * - There are no times: stacks follow each other in the order of the file.
 */
import { badTrace } from '../contract/field-decoder.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { NO_STACK } from '../contract/units.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread, MAX_IMPORTED_THREADS } from './imported-thread.ts';
import { buildImportedTrace } from './imported-trace.ts';
import { parsePprofFile, type PprofFile, type PprofSample } from './pprof-file.ts';
import { MICROSECONDS_OF_COUNT, microsecondsOfUnit } from './time-unit.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

const NANOSECONDS_PER_MILLISECOND = 1e6;
/** Of ours, of Parca's and of Datadog's samplers. */
const THREAD_NAME_LABELS = ['thread', 'thread_name', 'thread name', 'comm'];
const THREAD_ID_LABELS = ['thread_id', 'thread id', 'tid'];
const WITHOUT_THREAD = 'all threads';

/** @throws ProfilerError 'bad-trace' */
export const parsePprof = (bytes: Uint8Array): Generator<TraceLine, void> => {
  const file = parsePprofFile(bytes);
  const tables = new ImportedTables();
  const internStack = stackInterner(file, tables);
  const { position, factor } = chooseValue(file);
  const threads = new Map<string, ImportedThread>();
  for (const sample of file.samples) {
    const value = sample.values[position];
    if (value === undefined) {
      throw badTrace('The pprof profile has a sample with fewer values than it has kinds of them');
    }
    // Differences between two profiles have negative values; they are no time.
    if (value > 0) {
      threadOf(threads, readThread(file, sample)).appendSpan(value * factor, internStack(sample.locations));
    }
  }
  return buildImportedTrace({
    origin: 'pprof',
    startedAt: Math.max(0, file.timeNanos / NANOSECONDS_PER_MILLISECOND),
    tables,
    threads: Array.from(threads.values()),
  });
};

const textOf = ({ strings }: PprofFile, index: number): string => {
  const text = strings[index];
  if (text === undefined) {
    // Protobuf's 0 for what is missing is no error in a file without texts.
    if (index === 0) {
      return '';
    }
    throw badTrace(`The pprof profile names string ${index} of ${strings.length}`, { index });
  }
  return text;
};

/** Which value of a sample counts, and its microseconds. */
const chooseValue = (file: PprofFile): { position: number; factor: number } => {
  const { sampleTypes, defaultSampleType, period, periodType } = file;
  const chosen = defaultSampleType === 0 ? -1 : sampleTypes.findIndex(({ type }) => type === defaultSampleType);
  const position = chosen === -1 ? sampleTypes.length - 1 : chosen;
  const valueType = sampleTypes[position];
  if (valueType === undefined) {
    throw badTrace('The pprof profile does not say what its values are');
  }
  const unit = textOf(file, valueType.unit);
  const periodUnit = microsecondsOfUnit(textOf(file, periodType.unit));
  const countFactor = unit === 'count' && periodUnit !== undefined && period > 0 ? periodUnit * period : undefined;
  return { position, factor: microsecondsOfUnit(unit) ?? countFactor ?? MICROSECONDS_OF_COUNT };
};

interface ThreadName {
  readonly name: string;
  readonly nativeId: number;
}

const readThread = (file: PprofFile, { labels }: PprofSample): ThreadName => {
  let name = '';
  let nativeId = 0;
  for (const label of labels) {
    const key = textOf(file, label.key);
    if (THREAD_NAME_LABELS.includes(key)) {
      name = textOf(file, label.text);
    } else if (THREAD_ID_LABELS.includes(key)) {
      nativeId = Math.max(0, label.number);
    }
  }
  return { name: name === '' && nativeId === 0 ? WITHOUT_THREAD : name, nativeId };
};

const threadOf = (threads: Map<string, ImportedThread>, { name, nativeId }: ThreadName): ImportedThread => {
  const key = `${nativeId} ${name}`;
  const known = threads.get(key);
  if (known !== undefined) {
    return known;
  }
  if (threads.size === MAX_IMPORTED_THREADS) {
    throw badTrace(`The file has more than ${MAX_IMPORTED_THREADS} threads`, { cap: MAX_IMPORTED_THREADS });
  }
  const thread = new ImportedThread({
    name,
    nativeId,
    isMain: name === WITHOUT_THREAD || name.startsWith('MainThread'),
  });
  threads.set(key, thread);
  return thread;
};

const stackInterner = (file: PprofFile, tables: ImportedTables): ((locations: readonly number[]) => number) => {
  /** Frames of a location, the outermost first; none for the one that stands for no stack. */
  const framesOf = new Map<number, readonly number[]>();
  const internLocation = (id: number): readonly number[] => {
    const known = framesOf.get(id);
    if (known !== undefined) {
      return known;
    }
    const location = file.locations.get(id);
    if (location === undefined) {
      throw badTrace(`The pprof profile names location ${id}, which it does not have`, { location: id });
    }
    const { address, lines } = location;
    const frames =
      lines.length === 0
        ? [tables.internFrame(internAddress(tables, address), 0)]
        : lines.flatMap(({ functionId, line }) => internLine(file, tables, functionId, line)).reverse();
    framesOf.set(id, frames);
    return frames;
  };
  return (locations) =>
    locations.reduceRight<number>(
      (parent, id) => internLocation(id).reduce((stack, frame) => tables.internStack(stack, frame), parent),
      NO_STACK,
    );
};

/** Code whose function nobody looked up. */
const internAddress = (tables: ImportedTables, address: number): number =>
  tables.internFunction({ name: `0x${address.toString(16)}`, file: '', firstLine: 0 });

const internLine = (file: PprofFile, tables: ImportedTables, functionId: number, line: number): number[] => {
  const called = file.functions.get(functionId);
  if (called === undefined) {
    throw badTrace(`The pprof profile names function ${functionId}, which it does not have`, { function: functionId });
  }
  const name = textOf(file, called.name);
  const path = textOf(file, called.file);
  if (name === NO_STACK_LABEL && path === '') {
    return [];
  }
  return [tables.internFrame(tables.internFunction({ name, file: path, firstLine: called.startLine }), line)];
};
