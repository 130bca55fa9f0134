import { formatBytes, formatDateAndTime, formatDuration } from '../shared/format-quantity.ts';
import { formatCommand, formatLossDetails, formatLosses, formatTarget } from '../views/toolbar/recording-status.ts';
import type { TraceSource, TraceState } from '../shared/trace-state.ts';
import { bytes } from '#trace/contract/units.ts';

export interface SourceText {
  readonly name: string;
  readonly details: string;
  /** What the sampler was asked for and did not get; empty where nobody counted. */
  readonly losses: string;
  readonly lossDetails: string;
}

/** What is being looked at: which recording, by its name where it has one, of what, when, how it was made. */
export const describeSource = (
  source: TraceSource | undefined,
  { summary, totalBytes }: TraceState,
  recordingName = '',
): SourceText | undefined => {
  if (source === undefined || summary === undefined) return undefined;
  const { target, clock, frequencyHz, mode } = summary.header;
  const parts = [
    formatDateAndTime(clock.startedAt),
    formatDuration(summary.duration),
    `${frequencyHz} Hz ${mode}`,
    ...(target.pid === 0 ? [] : [formatCommand(target), formatTarget(target)]),
    ...(source.kind === 'file' && totalBytes > 0 ? [formatBytes(bytes(totalBytes))] : []),
    `${formatBytes(summary.memory)} in memory`,
  ];
  const { losses, givenUp } = summary;
  const isCounted = losses.ticksAsked > 0;
  return {
    name: source.kind === 'file' ? source.name : recordingName || source.id,
    details: parts.join(' · '),
    losses: isCounted ? formatLosses(losses) : '',
    lossDetails: isCounted ? formatLossDetails(losses, givenUp) : '',
  };
};
