import type { TraceCompleteness } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { readTraceFile } from '#trace/formats/read-trace-file.ts';
import { readPlainBytes } from './byte-stream.ts';

/**
 * A file of any format we read, gzip or not, as the lines of a trace. It counts as cut where its lines or its compression just stop.
 */
export async function* readTraceStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
): AsyncGenerator<TraceLine, TraceCompleteness> {
  let isCompressionCut = false;
  async function* plainBytes(): AsyncGenerator<Uint8Array, void> {
    isCompressionCut = (yield* readPlainBytes(stream, onBytes)) === 'cut';
  }
  const completeness = yield* readTraceFile(plainBytes());
  return isCompressionCut ? 'cut' : completeness;
}
