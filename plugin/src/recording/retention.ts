import type { RecordingSummary } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { MICROSECONDS_PER_SECOND } from '#trace/contract/units.ts';
import type { RecordingLibrary } from './recording-library.ts';

const MILLISECONDS_PER_SECOND = 1000;
const MICROSECONDS_PER_MILLISECOND = MICROSECONDS_PER_SECOND / MILLISECONDS_PER_SECOND;

/** How much of what was recorded is kept; without a limit, all of it. */
export interface RetentionLimits {
  readonly maximumAgeSeconds?: number;
  /** Of all recordings together. */
  readonly maximumTotalBytes?: number;
}

const endedAt = ({ startedAt, duration }: RecordingSummary): number =>
  startedAt + duration / MICROSECONDS_PER_MILLISECOND;

/** Somebody who names a recording or notes something on it wants to keep it. */
const isLabelled = ({ name, note }: RecordingSummary): boolean => name !== '' || note !== '';

/**
 * Recordings that the limits leave no place for, of a list with the newest first. Those in progress and those with a name or a note take their
 * place and always stay.
 */
export const selectExpired = (
  recordings: readonly RecordingSummary[],
  { maximumAgeSeconds = Infinity, maximumTotalBytes = Infinity }: RetentionLimits,
  now: number,
): readonly RecordingSummary[] => {
  let total = 0;
  return recordings.filter((recording) => {
    total += recording.size;
    if (recording.endReason === undefined || isLabelled(recording)) return false;
    return total > maximumTotalBytes || now - endedAt(recording) > maximumAgeSeconds * MILLISECONDS_PER_SECOND;
  });
};

/** A library whose files may lie among those of others. */
export interface SharedLibrary extends RecordingLibrary {
  /** Whether a recording is of whoever asks; false too where nobody knows. */
  owns(id: string): Promise<boolean>;
}

/** Deletes what the limits leave no place for, of the library's own recordings. */
export const enforceRetention = async (library: SharedLibrary, limits: RetentionLimits, now: number): Promise<void> => {
  if (limits.maximumAgeSeconds === undefined && limits.maximumTotalBytes === undefined) return;
  const own: RecordingSummary[] = [];
  for (const recording of await library.list()) if (await library.owns(recording.id)) own.push(recording);
  for (const { id } of selectExpired(own, limits, now)) {
    try {
      await library.remove(id);
    } catch (error) {
      // Somebody else deleted it, or another server is at it.
      if (!(error instanceof ProfilerError)) throw error;
    }
  }
};
