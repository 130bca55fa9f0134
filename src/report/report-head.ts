import type { TraceCompleteness } from '#trace/contract/codec.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { formatDateAndTime, formatDuration } from '../app/profiler/shared/format-quantity.ts';
import {
  describeEnd,
  formatCommand,
  formatLossDetails,
  formatLosses,
  formatTarget,
} from '../app/profiler/views/toolbar/recording-status.ts';
import { make } from './elements.ts';

/** Of what a report is, also for the window's title. Files of other programs know no process: theirs has the pid 0. */
export const nameReport = ({ header }: TraceModel): string =>
  header === undefined || header.target.pid === 0 ? 'Profile' : `Profile of ${formatCommand(header.target)}`.trim();

/** What is looked at: of what, when, how it was recorded, what is missing. */
export const drawHead = (model: TraceModel, completeness: TraceCompleteness): HTMLElement => {
  const { header, duration, losses, end } = model;
  const head = make('header', {}, make('h1', {}, nameReport(model)));
  if (header === undefined) return head;
  const { target, clock, frequencyHz, mode } = header;
  const facts = [
    formatDateAndTime(clock.startedAt),
    formatDuration(duration),
    `${frequencyHz} Hz ${mode}`,
    ...(target.pid === 0 ? [] : [formatTarget(target)]),
  ];
  head.append(make('span', { class: 'bbp-quiet' }, facts.join(' · ')));
  if (losses.ticksAsked > 0)
    head.append(make('span', { 'data-losses': '', title: formatLossDetails(losses) }, formatLosses(losses)));
  const isUnusual = completeness === 'cut' || (end !== undefined && UNUSUAL_ENDS.includes(end.reason));
  if (isUnusual) {
    const endReason = completeness === 'cut' ? 'cut' : end?.reason;
    head.append(
      make(
        'p',
        { class: 'notice', role: 'note' },
        describeEnd({ ...(endReason && { endReason }), ...(end?.message && { endMessage: end.message }) }),
      ),
    );
  }
  return head;
};

/** Of those that a reader should know of: what was stopped, or ran its time, was meant to end. */
const UNUSUAL_ENDS: readonly string[] = ['sampler-failed', 'disk-full'];
