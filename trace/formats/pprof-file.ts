import { badTrace } from '../contract/field-decoder.ts';
import { MAX_FRAMES, MAX_FUNCTIONS, MAX_STACK_DEPTH, MAX_STRINGS } from '../contract/trace-limits.ts';
import { MAX_IMPORTED_SPANS } from './imported-thread.ts';
import { PprofField } from './pprof-fields.ts';
import { parseNumbers, parseProtobuf } from './protobuf-reader.ts';

/** A pprof profile as its messages say it. Texts are numbers of the string table; what is missing is 0, as protobuf has it. */
export interface PprofFile {
  readonly strings: readonly string[];
  readonly sampleTypes: readonly PprofValueType[];
  readonly samples: readonly PprofSample[];
  readonly locations: ReadonlyMap<number, PprofLocation>;
  readonly functions: ReadonlyMap<number, PprofFunction>;
  readonly timeNanos: number;
  readonly periodType: PprofValueType;
  readonly period: number;
  readonly defaultSampleType: number;
}

export interface PprofValueType {
  readonly type: number;
  readonly unit: number;
}

export interface PprofSample {
  /** Innermost first. */
  readonly locations: readonly number[];
  readonly values: readonly number[];
  readonly labels: readonly PprofLabel[];
}

export interface PprofLabel {
  readonly key: number;
  readonly text: number;
  readonly number: number;
}

export interface PprofLocation {
  readonly address: number;
  /** Innermost first: those before the last are inlined into it. */
  readonly lines: readonly { readonly functionId: number; readonly line: number }[];
}

export interface PprofFunction {
  readonly name: number;
  readonly file: number;
  readonly startLine: number;
}

/** Kinds of values of one sample, and labels. Go's profiles have four and a handful. */
export const MAX_SAMPLE_TYPES = 64;
const MAX_LABELS = 1024;

/** Reads all messages of a profile, not compressed. What they refer to is not checked here. @throws ProfilerError 'bad-trace' */
export const parsePprofFile = (bytes: Uint8Array): PprofFile => {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const strings: string[] = [];
  const sampleTypes: PprofValueType[] = [];
  const samples: PprofSample[] = [];
  const locations = new Map<number, PprofLocation>();
  const functions = new Map<number, PprofFunction>();
  const numbers = { timeNanos: 0, period: 0, defaultSampleType: 0 };
  let periodType: PprofValueType = { type: 0, unit: 0 };
  for (const { field, value, bytes: message } of parseProtobuf(bytes)) {
    if (message === undefined) {
      if (field === PprofField.timeNanos) numbers.timeNanos = value;
      else if (field === PprofField.period) numbers.period = value;
      else if (field === PprofField.defaultSampleType) numbers.defaultSampleType = value;
    } else if (field === PprofField.sampleType) {
      sampleTypes.push(parseValueType(message));
      checkCount('kinds of values', sampleTypes.length, MAX_SAMPLE_TYPES);
    } else if (field === PprofField.sample) {
      samples.push(parseSample(message));
      checkCount('samples', samples.length, MAX_IMPORTED_SPANS);
    } else if (field === PprofField.location) {
      const { id, ...location } = parseLocation(message);
      locations.set(id, location);
      checkCount('locations', locations.size, MAX_FRAMES);
    } else if (field === PprofField.function) {
      const { id, ...called } = parseFunction(message);
      functions.set(id, called);
      checkCount('functions', functions.size, MAX_FUNCTIONS);
    } else if (field === PprofField.stringTable) {
      strings.push(parseText(utf8, message));
      checkCount('strings', strings.length, MAX_STRINGS);
    } else if (field === PprofField.periodType) {
      periodType = parseValueType(message);
    }
  }
  return { strings, sampleTypes, samples, locations, functions, periodType, ...numbers };
};

const checkCount = (what: string, count: number, cap: number): void => {
  if (count > cap) {
    throw badTrace(`The pprof profile has more than ${cap} ${what}`, { cap });
  }
};

const parseText = (utf8: TextDecoder, bytes: Uint8Array): string => {
  // A TypeError from bytes that are no UTF-8.
  try {
    return utf8.decode(bytes);
  } catch {
    throw badTrace('The pprof profile has a text that is not UTF-8');
  }
};

/** The numbers of a message that has nothing else of interest, by field; the last one of each, as protobuf has it. */
const parseRecord = (message: Uint8Array): ((field: number) => number) => {
  const values = new Map<number, number>();
  for (const { field, value } of parseProtobuf(message)) {
    if (value !== undefined) {
      values.set(field, value);
    }
  }
  return (field) => values.get(field) ?? 0;
};

const parseValueType = (message: Uint8Array): PprofValueType => {
  const number = parseRecord(message);
  return { type: number(PprofField.valueType.type), unit: number(PprofField.valueType.unit) };
};

const parseSample = (message: Uint8Array): PprofSample => {
  const locations: number[] = [];
  const values: number[] = [];
  const labels: PprofLabel[] = [];
  for (const part of parseProtobuf(message)) {
    if (part.field === PprofField.sampleFields.locationId) {
      locations.push(...parseNumbers(part, MAX_STACK_DEPTH));
      checkCount('frames in a stack', locations.length, MAX_STACK_DEPTH);
    } else if (part.field === PprofField.sampleFields.value) {
      values.push(...parseNumbers(part, MAX_SAMPLE_TYPES));
      checkCount('kinds of values', values.length, MAX_SAMPLE_TYPES);
    } else if (part.field === PprofField.sampleFields.label && part.bytes !== undefined) {
      const number = parseRecord(part.bytes);
      const { key, str, num } = PprofField.label;
      labels.push({ key: number(key), text: number(str), number: number(num) });
      checkCount('labels on a sample', labels.length, MAX_LABELS);
    }
  }
  return { locations, values, labels };
};

const parseLocation = (message: Uint8Array): PprofLocation & { readonly id: number } => {
  const number = parseRecord(message);
  const { id, address, line } = PprofField.locationFields;
  const lines: { functionId: number; line: number }[] = [];
  for (const { field, bytes } of parseProtobuf(message)) {
    if (field === line && bytes !== undefined) {
      const of = parseRecord(bytes);
      lines.push({ functionId: of(PprofField.line.functionId), line: of(PprofField.line.line) });
      checkCount('lines in a location', lines.length, MAX_STACK_DEPTH);
    }
  }
  return { id: number(id), address: number(address), lines };
};

const parseFunction = (message: Uint8Array): PprofFunction & { readonly id: number } => {
  const number = parseRecord(message);
  const { id, name, filename, startLine } = PprofField.functionFields;
  return { id: number(id), name: number(name), file: number(filename), startLine: number(startLine) };
};
