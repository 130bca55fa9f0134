import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { convertTrace, type Conversion, type ExportHost } from '#trace/formats/convert-trace.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';

/** How a conversion is sent. */
export interface ExportedFile {
  readonly content: Readable;
  readonly suffix: string;
  readonly mediaType: string;
}

/**
 * A trace as a file to send, packed where the format is, and our own always. Resolves once its first part is there: what is wrong with the
 * trace is mostly known by then, and can still be answered in words. Reading ends where `signal` says that nobody waits for it any more.
 */
export const exportTrace = async (
  lines: AsyncIterable<TraceLine>,
  conversion: Conversion,
  host: ExportHost,
  signal: AbortSignal,
): Promise<ExportedFile> => {
  const { suffix, mediaType, isPacked } = EXPORT_FILES[conversion.format];
  const parts = convertTrace(whileWanted(lines, signal), conversion, host);
  const first = await parts.next();
  const content = Readable.from(first.done === true ? [] : startingWith(first.value, parts));
  const isOwn = conversion.format === 'bbprof';
  return {
    // The callback hears of a client that went away; the client hears of a failed conversion by its cut answer.
    content: isPacked || isOwn ? pipeline(content, zlib.createGzip(), () => undefined) : content,
    suffix: `${conversion.isRedacted === true ? 'redacted.' : ''}${suffix}${isOwn ? '.gz' : ''}`,
    mediaType: isOwn ? 'application/gzip' : mediaType,
  };
};

async function* startingWith<Part>(first: Part, rest: AsyncGenerator<Part, void>): AsyncGenerator<Part, void> {
  yield first;
  yield* rest;
}

/** @throws the reason of `signal` where that is aborted: most formats need all lines before the first part of their file. */
async function* whileWanted<Line>(lines: AsyncIterable<Line>, signal: AbortSignal): AsyncGenerator<Line, void> {
  for await (const line of lines) {
    signal.throwIfAborted();
    yield line;
  }
}
