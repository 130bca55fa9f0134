/** What a file is, told from its first bytes and, of JSON, from its fields: the one place that knows all formats that can be opened. */
import { isJsonObject } from '../contract/field-decoder.ts';

/** `json` is any other JSON: {@link detectJsonFormat} tells which, once it is parsed. */
export type FileFormat = 'gzip' | 'report' | 'bbprof' | 'original-plugin' | 'json' | 'pprof' | 'collapsed' | 'unknown';
export type JsonFormat = 'original-plugin' | 'speedscope' | 'firefox' | 'cpuprofile' | 'unknown';

/** How many first bytes {@link detectFormat} looks at; fewer are enough where the file is shorter. */
export const DETECTED_BYTES = 1024;

/** What the page of a report says of itself, near its start. */
export const REPORT_MARK = '<meta name="generator" content="bbprofiler report">';

const GZIP_MAGIC = [0x1f, 0x8b];
const TRACE_START = '{"kind":"header"';
const FIRST_KEY = /^\{\s*"([^"]*)"\s*:/;
const ORIGINAL_KEYS = ['gatherperiod', 'frequency', 'frames', 'samples', 'builds'];
const HTML_START = /^<!doctype html/i;
const BOM = '\uFEFF';
const STACK_AND_WEIGHT = /\S\s+\d+(\.\d+)?\s*$/;

/** `gzip` says nothing of what is inside, and neither does `report`: look again at the first bytes within. */
export const detectFormat = (firstBytes: Uint8Array): FileFormat => {
  if (GZIP_MAGIC.every((byte, position) => firstBytes[position] === byte)) {
    return 'gzip';
  }
  if (firstBytes.some(isControlCharacter)) {
    return startsWithSampleType(firstBytes) ? 'pprof' : 'unknown';
  }
  const text = new TextDecoder('utf-8').decode(firstBytes.subarray(0, DETECTED_BYTES));
  return detectTextFormat(text.replace(BOM, '').trimStart());
};

/** Of those that no text has; each of pprof's messages has some. Tabs and line ends are none of them. */
const isControlCharacter = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20);

/** A profile's first field is what its values are: every writer of pprof keeps the fields in order. */
const startsWithSampleType = ([tag, length, typeTag]: Uint8Array): boolean =>
  tag === SAMPLE_TYPE_TAG && length! <= MAX_SAMPLE_TYPE_BYTES && (typeTag === TYPE_TAG || typeTag === UNIT_TAG);
const SAMPLE_TYPE_TAG = 0x0a;
/** Two tags and two numbers. */
const MAX_SAMPLE_TYPE_BYTES = 22;
const TYPE_TAG = 0x08;
const UNIT_TAG = 0x10;

const detectTextFormat = (text: string): FileFormat => {
  if (HTML_START.test(text)) {
    return text.includes(REPORT_MARK) ? 'report' : 'unknown';
  }
  const compact = text.slice(0, TRACE_START.length * 2).replaceAll(' ', '');
  // A trace cut within its first line is still a trace, and its reader says better what is wrong with it.
  if (compact !== '' && (compact.startsWith(TRACE_START) || TRACE_START.startsWith(compact))) {
    return 'bbprof';
  }
  const firstKey = FIRST_KEY.exec(text)?.[1];
  if (firstKey !== undefined && ORIGINAL_KEYS.includes(firstKey)) {
    return 'original-plugin';
  }
  if (/"format"\s*:\s*"bbprof"/.test(text)) {
    return 'bbprof';
  }
  return firstKey === undefined ? detectLines(text) : 'json';
};

/** The first line ends with a number or, where it does not end within the first bytes, has more than one frame. */
const detectLines = (text: string): FileFormat => {
  const lineEnd = text.indexOf('\n');
  if (lineEnd === -1 && text.includes(';')) {
    return 'collapsed';
  }
  return STACK_AND_WEIGHT.test(lineEnd === -1 ? text : text.slice(0, lineEnd)) ? 'collapsed' : 'unknown';
};

/** Of a whole file that is JSON. */
export const detectJsonFormat = (value: unknown): JsonFormat => {
  if (!isJsonObject(value)) {
    return 'unknown';
  }
  if (value['gatherperiod'] !== undefined && value['samples'] !== undefined) {
    return 'original-plugin';
  }
  if (isJsonObject(value['shared']) && value['profiles'] !== undefined) {
    return 'speedscope';
  }
  if (isJsonObject(value['meta']) && value['meta']['preprocessedProfileVersion'] !== undefined) {
    return 'firefox';
  }
  return value['nodes'] !== undefined && value['timeDeltas'] !== undefined ? 'cpuprofile' : 'unknown';
};
