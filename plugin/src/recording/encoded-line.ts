import { encodeLine } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';

/** A line of the trace together with its bytes: encoded once, then written to the file and sent to every follower as it is. */
export interface EncodedLine {
  readonly line: TraceLine;
  /** UTF-8, with the line break. */
  readonly bytes: Buffer;
}

export const LINE_BREAK = 0x0a;

export const encodeWithBytes = (line: TraceLine): EncodedLine => ({
  line,
  bytes: Buffer.from(encodeLine(line) + '\n'),
});
