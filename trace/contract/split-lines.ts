import type { ProfilerError } from './errors.ts';
import { badTrace } from './field-decoder.ts';
import { MAX_LINE_BYTES } from './trace-limits.ts';

const NEWLINE = 10;

export interface ByteLine {
  /** Counted from 1. */
  readonly lineNumber: number;
  readonly bytes: Uint8Array;
}

const joinBytes = (parts: readonly Uint8Array[], length: number): Uint8Array => {
  if (parts.length === 1 && parts[0] !== undefined) {
    return parts[0];
  }
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
};

const refuseLongLine = (problem: ProfilerError): never => {
  throw problem;
};

/**
 * Cuts a stream of bytes at its newlines. The last line may lack one. One that is too long is never held whole: it is told to `onLongLine`, and
 * if that does not throw, left out.
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  maxLineBytes: number = MAX_LINE_BYTES,
  onLongLine: (problem: ProfilerError) => void = refuseLongLine,
): AsyncGenerator<ByteLine, void> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let lineNumber = 1;
  const keep = (part: Uint8Array): void => {
    if (part.length === 0) {
      return;
    }
    length += part.length;
    if (length <= maxLineBytes) {
      parts.push(part);
      return;
    }
    if (length - part.length <= maxLineBytes) {
      onLongLine(badTrace(`Line ${lineNumber} is longer than ${maxLineBytes} bytes`, { line: lineNumber }));
    }
    parts = [];
  };
  for await (const block of source) {
    let start = 0;
    for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
      keep(block.subarray(start, end));
      if (length <= maxLineBytes) {
        yield { lineNumber, bytes: joinBytes(parts, length) };
      }
      parts = [];
      length = 0;
      lineNumber++;
      start = end + 1;
    }
    // Copied, since a reader may fill the same buffer again for its next block.
    keep(block.slice(start));
  }
  if (length > 0 && length <= maxLineBytes) {
    yield { lineNumber, bytes: joinBytes(parts, length) };
  }
}
