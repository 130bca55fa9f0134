import { convertTrace, type Conversion, type ExportHost } from '#trace/formats/convert-trace.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';
import { readTraceStream } from './trace-file.ts';

export interface FileConversion extends Conversion {
  /** Of any format that can be opened. */
  readonly file: Blob;
}

/** A file as another one: read again, since what is open has been taken apart beyond what redaction could reach. `onBytes` is told how much of it was read so far. */
export const convertFile = async (
  { file, ...conversion }: FileConversion,
  host: ExportHost,
  onBytes: (loaded: number) => void,
): Promise<Blob> => {
  const headers = { 'content-type': EXPORT_FILES[conversion.format].mediaType };
  return new Response(await convertStream(file.stream(), conversion, host, onBytes), { headers }).blob();
};

export const convertStream = async (
  file: ReadableStream<Uint8Array<ArrayBuffer>>,
  conversion: Conversion,
  host: ExportHost,
  onBytes: (loaded: number) => void,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
  const lines = readTraceStream(file, onBytes);
  const utf8 = new TextEncoder();
  const parts: Uint8Array[] = [];
  // To its end before the first byte goes on: a stream that fails on its way says less about why.
  for await (const part of convertTrace(lines, conversion, host)) {
    parts.push(typeof part === 'string' ? utf8.encode(part) : part);
  }
  const plain = streamOf(parts);
  // As all downloads of our own format are.
  const isGzip = EXPORT_FILES[conversion.format].isPacked || conversion.format === 'bbprof';
  return isGzip ? plain.pipeThrough(new CompressionStream('gzip')) : plain;
};

const streamOf = (parts: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> => {
  let next = 0;
  return new ReadableStream({
    pull: (controller) => {
      const part = parts[next++];
      if (part === undefined) controller.close();
      else controller.enqueue(part as Uint8Array<ArrayBuffer>);
    },
  });
};
