import { ProfilerError } from '../contract/errors.ts';
import { badTrace, FieldDecoder } from '../contract/field-decoder.ts';
import { MAX_EVENTS_PER_CHUNK, MAX_FRAMES, MAX_STACK_DEPTH, MAX_STRING_LENGTH } from '../contract/trace-limits.ts';
import { BUILD_RESULTS, type BuildResult } from '../contract/trace-lines.ts';

/** The original plugin's file, checked. Times are seconds since 1970. */
export interface OriginalFile {
  /** Seconds that one file was to cover. */
  readonly gatherPeriod: number;
  readonly frequencyHz: number;
  readonly frames: readonly OriginalFrame[];
  /** In the order of their times: the file has some a few milliseconds out of order. */
  readonly samples: readonly OriginalSample[];
  readonly builds: readonly OriginalBuild[];
}

export interface OriginalFrame {
  /** The last 20 characters of the path. */
  readonly file: string;
  /** 0 where unknown. */
  readonly line: number;
  readonly name: string;
}

export interface OriginalSample {
  readonly time: number;
  /** Frame numbers, the innermost first, by the `threading.get_ident()` of the thread. */
  readonly threads: ReadonlyMap<string, readonly number[]>;
  /** Percent per core since the sample before. */
  readonly cpu: readonly number[];
  /** Of the machine, bytes; absent where the sample has none. */
  readonly memory?: { readonly total: number; readonly used: number };
}

export interface OriginalBuild {
  readonly id: number;
  readonly number: number;
  readonly builderId: number;
  readonly workerId: number;
  readonly startedAt: number;
  readonly completeAt?: number;
  readonly result?: BuildResult;
}

/** Samples of one file: five and a half hours at 100 Hz, more than the longest text of this format holds of usual ones. */
export const MAX_ORIGINAL_SAMPLES = 2_000_000;
/** Threads of one file. A master has some dozens; each costs a look at every sample. */
export const MAX_ORIGINAL_THREADS = 4096;
/** More than the largest machines have that Linux is built for. */
export const MAX_CORES = 8192;
/** Beyond the year 5000: more is no time in seconds. */
const MAX_SECONDS = 1e11;
const MAX_FREQUENCY_HZ = 1e6;
const MAX_LINE_NUMBER = 2 ** 31 - 1;

/** Reads and checks the text of a file. @throws ProfilerError 'bad-trace' */
export const parseOriginalFile = (text: string): OriginalFile => {
  let value: unknown;
  // JSON.parse throws a SyntaxError on anything that is not JSON, a file that was cut included: this format cannot be read in part.
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProfilerError('bad-trace', 'The file is not JSON text, or only a part of it', {}, { cause: error });
  }
  const fields = new FieldDecoder(value, 'profile');
  const frames = fields.values('frames', MAX_FRAMES).map(parseFrame);
  const samples = fields.objects('samples', MAX_ORIGINAL_SAMPLES).map((sample) => parseSample(sample, frames.length));
  return {
    gatherPeriod: fields.number('gatherperiod', 0, MAX_SECONDS),
    frequencyHz: fields.number('frequency', 1e-3, MAX_FREQUENCY_HZ),
    frames,
    samples: samples.sort((a, b) => a.time - b.time),
    builds: fields.has('builds') ? fields.objects('builds', MAX_EVENTS_PER_CHUNK).map(parseBuild) : [],
  };
};

const parseFrame = (value: unknown, index: number): OriginalFrame => {
  const [file, line, name] = Array.isArray(value) ? (value as unknown[]) : [];
  if (!isText(file) || !isText(name) || !(line === null || isWhole(line, MAX_LINE_NUMBER))) {
    throw badTrace(`profile.frames[${index}] is not a file, a line and a function`, { frame: index });
  }
  return { file, line: line ?? 0, name };
};

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_STRING_LENGTH;

const isWhole = (value: unknown, max: number): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;

const parseSample = (fields: FieldDecoder, frameCount: number): OriginalSample => ({
  time: fields.number('time', 0, MAX_SECONDS),
  threads: new Map(
    fields.entries('threads', MAX_ORIGINAL_THREADS).map((entry) => checkStack(fields, entry, frameCount)),
  ),
  cpu: fields.has('cpu') ? fields.numbers('cpu', MAX_CORES) : [],
  ...(fields.has('mem') ? { memory: parseMemory(fields.object('mem')) } : {}),
});

const checkStack = (
  sample: FieldDecoder,
  [ident, frames]: readonly [string, unknown],
  frameCount: number,
): [string, readonly number[]] => {
  if (!Array.isArray(frames) || !frames.every((frame) => isWhole(frame, frameCount - 1))) {
    throw badTrace(`${sample.path}.threads.${ident} names a frame that the file does not have`);
  }
  if (frames.length > MAX_STACK_DEPTH) {
    throw badTrace(`${sample.path}.threads.${ident} is deeper than ${MAX_STACK_DEPTH} frames`);
  }
  return [ident, frames];
};

/** As psutil's `percent` has it, memory is used that is not available: caches are not. */
const parseMemory = (fields: FieldDecoder): { total: number; used: number } => {
  const total = fields.number('total');
  return {
    total,
    used: fields.has('available') ? total - fields.number('available', 0, total) : fields.number('used'),
  };
};

const parseBuild = (fields: FieldDecoder): OriginalBuild => ({
  id: fields.wholeNumber('buildid'),
  number: fields.wholeNumber('number'),
  builderId: fields.wholeNumber('builderid'),
  workerId: fields.wholeNumberOrNull('workerid') ?? 0,
  startedAt: fields.number('started_at', 0, MAX_SECONDS),
  ...optional('completeAt', fields.wholeNumberOrNull('complete_at', MAX_SECONDS)),
  ...optional('result', resultOf(fields.wholeNumberOrNull('results', BUILD_RESULTS.length - 1))),
});

const resultOf = (number: number | undefined): BuildResult | undefined =>
  number === undefined ? undefined : BUILD_RESULTS[number];

const optional = <Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Readonly<Record<Key, Value>>> =>
  value === undefined ? {} : ({ [key]: value } as Readonly<Record<Key, Value>>);
