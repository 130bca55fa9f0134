import type { EncodedLine } from './encoded-line.ts';

/** Where the lines of one recording go. */
export interface TraceSink {
  /** @throws ProfilerError 'file-unwritable': then comes only the end, by {@link TraceSink.appendEndAfterFailure}. */
  append(line: EncodedLine): void;
  appendEndAfterFailure(end: EncodedLine): void;
  /** After the last line: brings the file into its final form. */
  finish(): Promise<void>;
}
