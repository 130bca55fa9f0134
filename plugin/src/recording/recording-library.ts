import type { Readable } from 'node:stream';
import type { RecordingPatch, RecordingSummary } from '#trace/contract/api.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import type { Bytes } from '#trace/contract/units.ts';

/** A file on its way out. */
export interface OutgoingFile {
  readonly content: Readable;
  /** Its size, where that is known beforehand: then a browser can tell a whole download from a cut one, and show progress. */
  readonly size?: Bytes;
}

/** Recordings that can be listed, sent and named. Every method with an id throws 'no-such-recording' where there is none. */
export interface RecordingLibrary {
  /** Newest first. */
  list(): Promise<readonly RecordingSummary[]>;
  describe(id: string): Promise<RecordingSummary>;
  /** The trace file as gzip, of a recording in progress up to its last whole line. */
  openGzip(id: string): Promise<OutgoingFile>;
  /** The whole lines there are now. */
  loadLines(id: string): AsyncIterable<TraceLine>;
  relabel(id: string, patch: RecordingPatch): Promise<RecordingSummary>;
  remove(id: string): Promise<void>;
}
