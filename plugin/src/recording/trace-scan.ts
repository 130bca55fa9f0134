import type { TraceCompleteness } from '#trace/contract/codec.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { readTraceFile } from '#trace/formats/read-trace-file.ts';
import { RecordingTally, type TalliedSummary } from './recording-tally.ts';
import { loadTraceBytes, type BytesReadListener, type OpenFile } from './trace-bytes.ts';

export type ScannedSummary = TalliedSummary & { readonly isCut: boolean };

/** The lines of a file of any format that can be opened. A file that is cut gives what is whole, and says so in the end. */
export const loadTraceLines = (
  source: string | OpenFile,
  onBytesRead?: BytesReadListener,
): AsyncGenerator<TraceLine, TraceCompleteness> => readTraceFile(loadTraceBytes(source, onBytesRead));

/**
 * What a list shows of a trace file, by reading all of it. Damage behind the header makes it a cut recording with what came before.
 * @throws ProfilerError 'bad-trace', 'unsupported-trace' or 'file-unreadable' where there is not even a header.
 */
export const scanTraceFile = async (path: string): Promise<ScannedSummary> => {
  const tally = new RecordingTally();
  let damage: ProfilerError | undefined;
  try {
    for await (const line of loadTraceLines(path)) tally.add(line);
  } catch (error) {
    if (!(error instanceof ProfilerError) || tally.header === undefined) throw error;
    damage = error;
  }
  if (tally.header === undefined) throw new ProfilerError('bad-trace', `${path} has no whole header`, { path });
  const isCut = tally.end === undefined;
  return { ...tally.summary(), isCut, ...(isCut && damage !== undefined ? { endMessage: damage.message } : {}) };
};
