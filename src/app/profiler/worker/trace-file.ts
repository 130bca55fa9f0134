import type { TraceCompleteness } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { readTraceFile } from '#trace/formats/read-trace-file.ts';
import { unwrapReport } from '#trace/formats/report-file.ts';
import { readPlainBytes, toStream } from './byte-stream.ts';

/**
 * A file of any format we read, gzip or not, also within a report, as the lines of a trace. It counts as cut where its lines or its compression
 * just stop.
 */
export async function* readTraceStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
): AsyncGenerator<TraceLine, TraceCompleteness> {
  let isCompressionCut = false;
  async function* plainBytes(
    source: ReadableStream<Uint8Array<ArrayBuffer>>,
    onSourceBytes: (loaded: number) => void,
  ): AsyncGenerator<Uint8Array, void> {
    if ((yield* readPlainBytes(source, onSourceBytes)) === 'cut') isCompressionCut = true;
  }
  const plain = unwrapReport(plainBytes(stream, onBytes), (packed) => plainBytes(toStream(packed), () => undefined));
  const completeness = yield* readTraceFile(plain);
  return isCompressionCut ? 'cut' : completeness;
}
