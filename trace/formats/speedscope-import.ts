/**
 * Import of speedscope's own JSON, sampled and evented. Each of its profiles is a thread; the one that it shows first is the main thread.
 *
 * - Samples follow each other without gaps, as weights are all that the format has. A sample without frames is time in which nothing was done.
 * - Units that are no time (`none`, `bytes`) become microseconds.
 * - A frame is a function whose first line is the frame's; the lines within are unknown.
 */
import { badTrace, FieldDecoder } from '../contract/field-decoder.ts';
import { MAX_FUNCTIONS, MAX_NUMBER, MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { NO_STACK } from '../contract/units.ts';
import { ImportedTables } from './imported-tables.ts';
import { ImportedThread, MAX_IMPORTED_SPANS, MAX_IMPORTED_THREADS } from './imported-thread.ts';
import { buildImportedTrace } from './imported-trace.ts';
import { MICROSECONDS_OF_COUNT, microsecondsOfUnit } from './time-unit.ts';
import { NO_STACK_LABEL } from './weighed-runs.ts';

/** @throws ProfilerError 'bad-trace' */
export const parseSpeedscope = (value: unknown): Generator<TraceLine, void> => {
  const file = new FieldDecoder(value, 'profile');
  const tables = new ImportedTables();
  const frames = file
    .object('shared')
    .objects('frames', MAX_FUNCTIONS)
    .map((frame) => internFrame(frame, tables));
  const profiles = file.objects('profiles', MAX_IMPORTED_THREADS);
  const active = file.has('activeProfileIndex') ? file.wholeNumberOrNull('activeProfileIndex') : 0;
  const threads = profiles.map((profile, index) => {
    const name = profile.has('name') ? profile.text('name') : '';
    const thread = new ImportedThread({ name, isMain: index === (active ?? 0), nativeId: 0 });
    const reader = new StackReader(profile.path, frames, tables);
    const factor = microsecondsOfUnit(profile.has('unit') ? profile.text('unit') : '') ?? MICROSECONDS_OF_COUNT;
    if (profile.choice('type', ['sampled', 'evented']) === 'sampled') {
      addSamples(profile, thread, reader, factor);
    } else {
      addEvents(profile, thread, reader, factor);
    }
    return thread;
  });
  return buildImportedTrace({ origin: 'speedscope', startedAt: 0, tables, threads });
};

/** @returns the frame's number, undefined for the frame that stands for no stack. */
const internFrame = (fields: FieldDecoder, tables: ImportedTables): number | undefined => {
  const name = fields.text('name');
  if (name === NO_STACK_LABEL && !fields.has('file')) {
    return undefined;
  }
  const file = fields.textOrNull('file') ?? '';
  const firstLine = fields.wholeNumberOrNull('line') ?? 0;
  return tables.internFrame(tables.internFunction({ name, file, firstLine }), 0);
};

/** Turns the file's frames into stacks. */
class StackReader {
  readonly #path: string;
  readonly #frames: readonly (number | undefined)[];
  readonly #tables: ImportedTables;

  constructor(path: string, frames: readonly (number | undefined)[], tables: ImportedTables) {
    this.#path = path;
    this.#frames = frames;
    this.#tables = tables;
  }

  intern(parent: number, frame: unknown): number {
    if (!Number.isInteger(frame) || (frame as number) < 0 || (frame as number) >= this.#frames.length) {
      throw badTrace(`${this.#path} names a frame that the file does not have`);
    }
    const number = this.#frames[frame as number];
    return number === undefined ? parent : this.#tables.internStack(parent, number);
  }
}

const addSamples = (profile: FieldDecoder, thread: ImportedThread, reader: StackReader, factor: number): void => {
  const samples = profile.values('samples', MAX_IMPORTED_SPANS);
  const weights = profile.numbers('weights', MAX_IMPORTED_SPANS);
  if (samples.length !== weights.length) {
    throw badTrace(`${profile.path} has ${samples.length} samples and ${weights.length} weights`);
  }
  let time = 0;
  samples.forEach((sample, index) => {
    if (!Array.isArray(sample) || sample.length > MAX_STACK_DEPTH) {
      throw badTrace(`${profile.path}.samples[${index}] is not an array of at most ${MAX_STACK_DEPTH} frames`);
    }
    const end = time + weights[index]! * factor;
    if (sample.length > 0) {
      thread.addSpan(
        time,
        end,
        (sample as unknown[]).reduce<number>((parent, frame) => reader.intern(parent, frame), NO_STACK),
      );
    }
    time = end;
  });
};

const addEvents = (profile: FieldDecoder, thread: ImportedThread, reader: StackReader, factor: number): void => {
  const startValue = profile.number('startValue', -MAX_NUMBER);
  const stacks: number[] = [];
  const frames: number[] = [];
  let last = startValue;
  for (const event of profile.objects('events', MAX_IMPORTED_SPANS)) {
    const at = event.number('at', last);
    if (stacks.length > 0) {
      thread.addSpan((last - startValue) * factor, (at - startValue) * factor, stacks.at(-1)!);
    }
    last = at;
    const frame = event.wholeNumber('frame');
    if (event.choice('type', ['O', 'C']) === 'O') {
      stacks.push(reader.intern(stacks.at(-1) ?? NO_STACK, frame));
      frames.push(frame);
    } else if (frames.pop() === frame) {
      stacks.pop();
    } else {
      throw badTrace(`${event.path} closes a frame that is not the innermost one`);
    }
  }
};
