import type { TraceCompleteness } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { readTraceFile } from '#trace/formats/read-trace-file.ts';
import { unwrapReport } from '#trace/formats/report-file.ts';
import { type ByteStream, type ReadBytes, readPlainBytes, toStream } from './byte-stream.ts';

/**
 * A file of any format we read, gzip or not, also within a report, as the lines of a trace. It counts as cut where its lines or its compression
 * just stop. `readBytes` reads the file itself.
 */
export async function* readTraceStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (loaded: number) => void,
  readBytes: ReadBytes = readPlainBytes,
): AsyncGenerator<TraceLine, TraceCompleteness> {
  let isCompressionCut = false;
  const fileBytes = readBytes(stream, onBytes);
  async function* noteCut(bytes: ByteStream): AsyncGenerator<Uint8Array, void> {
    if ((yield* bytes) === 'cut') isCompressionCut = true;
  }
  const plain = unwrapReport(noteCut(fileBytes), (packed) =>
    noteCut(readPlainBytes(toStream(packed), () => undefined)),
  );
  try {
    const completeness = yield* readTraceFile(plain);
    return isCompressionCut ? 'cut' : completeness;
  } finally {
    // Of a file that is refused for its first bytes nobody else lets go.
    await fileBytes.return('cut');
  }
}
