/**
 * pprof's `profile.proto`, not compressed: what stores or sends it packs it with gzip, as its readers expect.
 *
 * - A sample is a stack of one thread, with three values in nanoseconds: wall time, CPU time and time with the GIL. The selection's weight is
 *   the one shown first. Each is rounded by itself.
 * - A location is a function at a line. The thread's name and id are labels, as the format has no threads.
 * - When a stack was seen is lost, and with it idle time, counters and events.
 */
import { WEIGHTS, type Selection } from '../analysis/selection.ts';
import { MICROSECONDS_PER_SECOND, NO_STACK } from '../contract/units.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { PprofField } from './pprof-fields.ts';
import { ProtobufWriter } from './protobuf-writer.ts';
import { listWeighedThreads, NO_STACK_LABEL, visitWeighedRuns, type WeighedThread } from './weighed-runs.ts';

const NANOSECONDS_PER_MICROSECOND = 1000;
const NANOSECONDS_PER_MILLISECOND = MICROSECONDS_PER_SECOND;
const PART_BYTES = 256 * 1024;

/** The bytes in parts. */
export function* formatPprof(model: TraceModel, selection: Selection): Generator<Uint8Array, void> {
  const strings = new StringNumbers(model.strings);
  const writer = new ProtobufWriter(PART_BYTES * 2);
  writeHead(writer, model, selection, strings);
  for (const group of listWeighedThreads(model, selection)) {
    for (const { stack, values } of sumStacks(model, selection, group)) {
      writeSample(writer, model, group, strings, stack, values);
      yield* takeFull(writer);
    }
  }
  yield* writeTables(writer, model, strings);
  for (const text of strings.texts()) {
    writer.text(PprofField.stringTable, text);
    yield* takeFull(writer);
  }
  yield writer.take();
}

function* takeFull(writer: ProtobufWriter): Generator<Uint8Array, void> {
  if (writer.length >= PART_BYTES) {
    yield writer.take();
  }
}

const writeHead = (writer: ProtobufWriter, model: TraceModel, selection: Selection, strings: StringNumbers): void => {
  const type = strings.number.bind(strings);
  for (const weight of WEIGHTS) {
    writer.message(PprofField.sampleType, (value) => {
      value.number(PprofField.valueType.type, type(weight));
      value.number(PprofField.valueType.unit, type('nanoseconds'));
    });
  }
  writer.number(PprofField.timeNanos, (model.header?.clock.startedAt ?? 0) * NANOSECONDS_PER_MILLISECOND);
  writer.number(PprofField.durationNanos, Math.round(model.duration * NANOSECONDS_PER_MICROSECOND));
  writer.message(PprofField.periodType, (value) => {
    value.number(PprofField.valueType.type, type('wall'));
    value.number(PprofField.valueType.unit, type('nanoseconds'));
  });
  writer.number(PprofField.period, Math.round(model.period * NANOSECONDS_PER_MICROSECOND));
  writer.number(PprofField.defaultSampleType, type(selection.weight));
};

interface StackSum {
  readonly stack: number;
  /** Nanoseconds, as {@link WEIGHTS} has them. */
  readonly values: readonly number[];
}

const sumStacks = (model: TraceModel, selection: Selection, { stretches }: WeighedThread): StackSum[] => {
  const sums = new Map<number, number[]>();
  WEIGHTS.forEach((weight, position) => {
    visitWeighedRuns(model, { ...selection, weight }, stretches, (run, tickWeight, ticks) => {
      if (tickWeight > 0) {
        const stack = model.runs.stacks.values[run]!;
        const sum = sums.get(stack) ?? WEIGHTS.map(() => 0);
        sum[position]! += ticks * tickWeight;
        sums.set(stack, sum);
      }
    });
  });
  return Array.from(sums, ([stack, sum]) => ({
    stack,
    values: sum.map((value) => Math.round(value * NANOSECONDS_PER_MICROSECOND)),
  })).filter(({ values }) => values.some((value) => value > 0));
};

const writeSample = (
  writer: ProtobufWriter,
  model: TraceModel,
  { thread, label }: WeighedThread,
  strings: StringNumbers,
  stack: number,
  values: readonly number[],
): void => {
  writer.message(PprofField.sample, (sample) => {
    sample.numbers(PprofField.sampleFields.locationId, listLocations(model, stack));
    sample.numbers(PprofField.sampleFields.value, values);
    sample.message(PprofField.sampleFields.label, (written) => {
      written.number(PprofField.label.key, strings.number('thread'));
      written.number(PprofField.label.str, strings.number(label));
    });
    sample.message(PprofField.sampleFields.label, (written) => {
      written.number(PprofField.label.key, strings.number('thread_id'));
      written.number(PprofField.label.num, model.threads[thread]!.nativeId);
    });
  });
};

/** Ids are from 1; the one after the last stands for no stack. The innermost comes first. */
const listLocations = ({ stacks, functions }: TraceModel, innermost: number): number[] => {
  if (innermost === NO_STACK) {
    return [functions.frameCount + 1];
  }
  const locations: number[] = [];
  for (let stack = innermost; stack !== NO_STACK; stack = stacks.parents.values[stack]!) {
    locations.push(stacks.frames.values[stack]! + 1);
  }
  return locations;
};

/** Locations and functions. */
function* writeTables(writer: ProtobufWriter, model: TraceModel, strings: StringNumbers): Generator<Uint8Array, void> {
  const { functions } = model;
  const { frameFunctions, frameLines, names, files, firstLines } = functions;
  for (let frame = 0; frame < functions.frameCount; frame++) {
    writeLocation(writer, frame + 1, frameFunctions.values[frame]! + 1, frameLines.values[frame]!);
    yield* takeFull(writer);
  }
  writeLocation(writer, functions.frameCount + 1, functions.count + 1, 0);
  for (let index = 0; index < functions.count; index++) {
    const name = strings.ofModel(names.values[index]!);
    writeFunction(writer, index + 1, name, strings.ofModel(files.values[index]!), firstLines.values[index]!);
    yield* takeFull(writer);
  }
  writeFunction(writer, functions.count + 1, strings.number(NO_STACK_LABEL), 0, 0);
}

const writeLocation = (writer: ProtobufWriter, id: number, functionId: number, line: number): void =>
  writer.message(PprofField.location, (location) => {
    location.number(PprofField.locationFields.id, id);
    location.message(PprofField.locationFields.line, (written) => {
      written.number(PprofField.line.functionId, functionId);
      written.number(PprofField.line.line, line);
    });
  });

const writeFunction = (writer: ProtobufWriter, id: number, name: number, file: number, startLine: number): void =>
  writer.message(PprofField.function, (called) => {
    called.number(PprofField.functionFields.id, id);
    called.number(PprofField.functionFields.name, name);
    called.number(PprofField.functionFields.systemName, name);
    called.number(PprofField.functionFields.filename, file);
    called.number(PprofField.functionFields.startLine, startLine);
  });

/** The profile's string table: an empty one first, as it has to be, then the trace's, then what is new. */
class StringNumbers {
  readonly #strings: readonly string[];
  readonly #more = new Map<string, number>();

  constructor(strings: readonly string[]) {
    this.#strings = strings;
  }

  ofModel(index: number): number {
    return index + 1;
  }

  number(text: string): number {
    const known = this.#more.get(text);
    if (known !== undefined) {
      return known;
    }
    const number = 1 + this.#strings.length + this.#more.size;
    this.#more.set(text, number);
    return number;
  }

  *texts(): Generator<string, void> {
    yield '';
    yield* this.#strings;
    yield* this.#more.keys();
  }
}
