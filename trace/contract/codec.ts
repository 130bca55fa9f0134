/** Lines of a trace to text and back. Everything that comes in is checked here; FORMAT.md describes it for writers of other readers. */
import { decodeChunk } from './decode-chunk.ts';
import { decodeEnd, decodeHeader } from './decode-header.ts';
import { ProfilerError } from './errors.ts';
import { badTrace, FieldDecoder, isJsonObject, type JsonObject } from './field-decoder.ts';
import { splitLines } from './split-lines.ts';
import { TRACE_FORMAT, TRACE_VERSION, type TraceLine } from './trace-lines.ts';
import { upgradeLine } from './upgrade-line.ts';

/** `complete` if the trace says why it ends, `cut` if it just stops. */
export type TraceCompleteness = 'complete' | 'cut';

/** One line, without its newline. JSON escapes every newline within. */
export const encodeLine = (line: TraceLine): string => JSON.stringify(line);

/** Reads one line on its own, as a websocket message brings it: of the version this program writes, unless it is a header. */
export const decodeLine = (text: string): TraceLine => new LineDecoder().decode(text);

/**
 * Reads a trace from plain bytes (un-gzipped by the caller). A last line that was cut off is not read, everything before it is; the
 * return value tells. Text that is no JSON anywhere but in the last line is an error, and so is JSON that is no trace line anywhere.
 */
export async function* readTraceLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<TraceLine, TraceCompleteness> {
  const decoder = new LineDecoder();
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let lastKind: TraceLine['kind'] | undefined;
  /** A line that is no JSON text. It is an error once another line follows; at the end of the file it is a line cut off. */
  let unreadable: ProfilerError | undefined;
  for await (const { lineNumber, bytes } of splitLines(source)) {
    if (isBlank(bytes)) {
      continue;
    }
    if (unreadable !== undefined) {
      throw unreadable;
    }
    const value = parseJson(utf8, bytes);
    if (value === undefined) {
      unreadable = badTrace(`Line ${lineNumber} is not JSON text`, { line: lineNumber });
      continue;
    }
    const line = withLineNumber(lineNumber, () => checkOrder(lastKind, decoder.decodeValue(value)));
    lastKind = line.kind;
    yield line;
  }
  if (lastKind === undefined) {
    throw badTrace('The trace ends within its first line', { line: 1 });
  }
  return lastKind === 'end' ? 'complete' : 'cut';
}

/** Knows the version of the trace it reads as soon as it has seen the header. */
class LineDecoder {
  #version: number = TRACE_VERSION;

  decode(text: string): TraceLine {
    let value: unknown;
    // JSON.parse throws a SyntaxError on anything that is not JSON.
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new ProfilerError('bad-trace', 'The line is not JSON text', {}, { cause: error });
    }
    return this.decodeValue(value);
  }

  decodeValue(value: unknown): TraceLine {
    if (!isJsonObject(value)) {
      throw badTrace('The line is not a JSON object');
    }
    if (value['kind'] === 'header') {
      this.#version = checkedVersion(value);
    }
    const line = upgradeLine(value, this.#version, TRACE_VERSION);
    switch (line['kind']) {
      case 'header':
        return decodeHeader(new FieldDecoder(line, 'header'));
      case 'chunk':
        return decodeChunk(new FieldDecoder(line, 'chunk'));
      case 'end':
        return decodeEnd(new FieldDecoder(line, 'end'));
      default:
        throw badTrace('The line is neither a header, a chunk nor an end');
    }
  }
}

const checkedVersion = (header: JsonObject): number => {
  if (header['format'] !== TRACE_FORMAT) {
    throw badTrace(`The trace is not of the format ${TRACE_FORMAT}`);
  }
  const version = header['version'];
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw badTrace('header.version is not a whole number from 1');
  }
  if (version > TRACE_VERSION) {
    throw new ProfilerError(
      'unsupported-trace',
      `The trace is of version ${version}; this program reads up to version ${TRACE_VERSION}`,
      { version, newest: TRACE_VERSION },
    );
  }
  return version;
};

const checkOrder = (previous: TraceLine['kind'] | undefined, line: TraceLine): TraceLine => {
  if (previous === undefined && line.kind !== 'header') {
    throw badTrace('The trace does not start with a header');
  }
  if (previous !== undefined && line.kind === 'header') {
    throw badTrace('The trace has a second header');
  }
  if (previous === 'end') {
    throw badTrace('The trace goes on after its end');
  }
  return line;
};

const withLineNumber = (lineNumber: number, decode: () => TraceLine): TraceLine => {
  // Only what the decoder throws knowingly is given the number of the line.
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProfilerError)) {
      throw error;
    }
    const fields = { ...error.fields, line: lineNumber };
    throw new ProfilerError(error.code, `Line ${lineNumber}: ${error.message}`, fields, { cause: error });
  }
};

/** Nothing but spaces, tabs and carriage returns. */
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);

const parseJson = (utf8: TextDecoder, bytes: Uint8Array): unknown => {
  // A TypeError from bytes that are no UTF-8, a SyntaxError from text that is no JSON. JSON has no undefined.
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
};
