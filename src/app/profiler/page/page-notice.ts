/** Which state the page is in, in words: never a riddle. Pure; the most pressing state wins. */
import type { ServerStatus } from '#trace/contract/api.ts';
import type { Weight } from '#trace/analysis/selection.ts';
import type { LossCounts } from '#trace/contract/trace-lines.ts';
import { describeAdvice, type Failure } from '../shared/failure.ts';
import { formatBytes, formatCount } from '../shared/format-quantity.ts';
import type { RangeStats } from '../shared/analysis-messages.ts';
import { type ReadProgress, shareRead, type TraceSource, type TraceState } from '../shared/trace-state.ts';
import { bytes } from '#trace/contract/units.ts';

export type NoticeAction =
  'record' | 'open' | 'everything' | 'dismiss' | 'wall' | 'retry' | 'stop-reading' | 'read-again';

export interface PageNotice {
  /** For tests and styles: which state this is. */
  readonly id: string;
  readonly tone: 'plain' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  readonly action: NoticeAction | undefined;
  /** How much of it is done, 0 to 1; absent where that is not known, or nothing is under way. */
  readonly progress?: number | undefined;
  /** Whether its text tells how far something is, and so changes all the time. */
  readonly isOngoing?: boolean;
}

export interface PageSituation {
  readonly status: ServerStatus | undefined;
  readonly serverFailure: Failure | undefined;
  /** Of what the user did last: a start, a download. */
  readonly actionFailure: Failure | undefined;
  readonly source: TraceSource | undefined;
  readonly trace: TraceState;
  readonly analysisFailure: Failure | undefined;
  readonly stats: RangeStats | undefined;
  readonly hasRange: boolean;
  readonly weight: Weight;
}

export const NOTICE_ACTION_NAMES: Readonly<Record<NoticeAction, string>> = {
  record: 'Start recording',
  open: 'Open a file',
  everything: 'Select everything',
  dismiss: 'Dismiss',
  wall: 'Show wall-clock time',
  retry: 'Try again',
  'stop-reading': 'Stop here',
  'read-again': 'Read all of it',
};

export const describeSituation = (situation: PageSituation): readonly PageNotice[] =>
  [
    describeAction(situation),
    describeServer(situation),
    describeTarget(situation),
    describeTrace(situation) ?? describeEmptiness(situation),
  ].filter((notice) => notice !== undefined);

const makeNotice = (
  id: string,
  tone: PageNotice['tone'],
  title: string,
  text = '',
  action?: NoticeAction,
): PageNotice => ({ id, tone, title, text, action });

const fromFailure = (id: string, failure: Failure, action?: NoticeAction): PageNotice =>
  makeNotice(id, 'error', failure.message, describeAdvice(failure.code), action);

const describeAction = ({ actionFailure }: PageSituation): PageNotice | undefined =>
  actionFailure && fromFailure('action-failed', actionFailure, 'dismiss');

const describeServer = ({ serverFailure, trace }: PageSituation): PageNotice | undefined => {
  if (serverFailure?.code === 'unauthorized') return fromFailure('wrong-token', serverFailure);
  if (trace.phase === 'reconnecting') {
    return makeNotice(
      'reconnecting',
      'warning',
      'The connection is lost.',
      'Trying again. What is recorded meanwhile comes with the new connection.',
    );
  }
  if (serverFailure === undefined) return undefined;
  return fromFailure('server-failed', serverFailure);
};

const describeTarget = ({ status }: PageSituation): PageNotice | undefined => {
  const problem = status?.targetProblem;
  if (problem === undefined || status?.current !== undefined) return undefined;
  return makeNotice('target-problem', 'warning', problem.message, describeAdvice(problem.code));
};

const describeTrace = ({ trace, source }: PageSituation): PageNotice | undefined => {
  switch (trace.phase) {
    case 'failed':
      return (
        trace.failure &&
        fromFailure('trace-failed', trace.failure, trace.failure.code === 'broken-off' ? 'read-again' : 'open')
      );
    case 'loading':
      return describeLoading(trace);
    case 'partial':
      return makeNotice(
        'partial',
        'warning',
        'Only the beginning of the recording is shown.',
        `Reading was stopped: ${describeProgress(trace)}`,
        'read-again',
      );
    case 'cut':
      return makeNotice(
        'cut',
        'warning',
        'The recording ends unexpectedly.',
        'The sampler or its machine stopped before the end was written. Everything up to there is shown.',
      );
    case 'complete':
      return describeEnd(trace);
    case 'none':
      return source?.kind === 'file'
        ? makeNotice(
            'file-again',
            'plain',
            `This link is about ${source.name}, a file opened from disk.`,
            'Open the file again to see it.',
            'open',
          )
        : undefined;
    case 'live':
    case 'reconnecting':
      return undefined;
  }
};

const describeEnd = ({ summary }: TraceState): PageNotice | undefined => {
  const message = summary?.endMessage ?? '';
  switch (summary?.endReason) {
    case 'target-exited':
      return makeNotice('target-exited', 'warning', 'The target ended while it was recorded.', message);
    case 'sampler-failed':
      return makeNotice('sampler-failed', 'error', 'The sampler failed before the recording was over.', message);
    case 'disk-full':
      return makeNotice('disk-full', 'warning', 'The recording ended because the disk was full.', message);
    default:
      return undefined;
  }
};

const describeEmptiness = ({
  status,
  source,
  trace,
  stats,
  hasRange,
  weight,
  analysisFailure,
}: PageSituation): PageNotice | undefined => {
  if (analysisFailure !== undefined) return fromFailure('analysis-failed', analysisFailure);
  if (source === undefined) return status && describeBeginning(status);
  if (stats === undefined || stats.totalWeight > 0 || trace.summary === undefined) return undefined;
  if (hasRange) {
    return makeNotice(
      'empty-range',
      'plain',
      'Nothing happened in this range.',
      'No thread took any of the chosen time in it.',
      'everything',
    );
  }
  return trace.phase === 'live'
    ? describeLiveEmptiness(trace.summary.losses, weight)
    : describeWholeEmptiness(trace.summary.losses, weight);
};

const describeLiveEmptiness = (losses: LossCounts, weight: Weight): PageNotice => {
  if (losses.ticksTaken === 0) return makeNotice('no-samples-yet', 'plain', 'Waiting for the first samples.');
  const leftOut = describeLeftOut(losses);
  if (losses.ticksLeftOut === losses.ticksTaken) {
    return makeNotice('all-left-out', 'plain', 'The target has used no CPU so far.', leftOut);
  }
  switch (weight) {
    case 'wall':
      return makeNotice('all-idle', 'plain', 'All threads have been idle so far.', leftOut);
    case 'cpu':
      return makeNotice('no-cpu-yet', 'plain', 'No thread has been caught on a CPU so far.', leftOut, 'wall');
    case 'gil':
      return makeNotice('no-gil-yet', 'plain', 'No thread has been caught with the GIL so far.', leftOut, 'wall');
  }
};

const describeWholeEmptiness = (losses: LossCounts, weight: Weight): PageNotice => {
  const leftOut = describeLeftOut(losses);
  // Of samples that were left out no stack was kept, so another weight has nothing to show either.
  const isNothingKept = losses.ticksTaken > 0 && losses.ticksLeftOut === losses.ticksTaken;
  const action = isNothingKept ? undefined : 'wall';
  if (weight === 'cpu' || isNothingKept) {
    return makeNotice('no-cpu', 'plain', 'No CPU time was used in this recording.', leftOut, action);
  }
  return weight === 'gil'
    ? makeNotice('no-gil', 'plain', 'No thread held the GIL in this recording.', leftOut, action)
    : makeNotice('nothing', 'plain', 'No thread did anything in this recording.', leftOut);
};

const describeLeftOut = ({ ticksTaken, ticksLeftOut }: LossCounts): string => {
  if (ticksLeftOut === 0) return '';
  const count = ticksLeftOut === ticksTaken ? `all ${formatCount(ticksTaken)}` : formatCount(ticksLeftOut);
  return `The mode left out ${count} samples, in which the target used no CPU; the mode real keeps every sample.`;
};

const describeBeginning = (status: ServerStatus): PageNotice =>
  status.canRecord
    ? makeNotice(
        'nothing-recorded',
        'plain',
        'No recording is open.',
        'Press Record to see what the target does. Earlier recordings are under Recordings.',
        'record',
      )
    : makeNotice('viewer', 'plain', 'Nothing is open.', 'Open a recording, or drop its file on this page.', 'open');

const describeLoading = (trace: TraceState): PageNotice => {
  const { summary } = trace;
  // What came so far can be kept; before the first line there is nothing to keep.
  const action = summary === undefined ? undefined : 'stop-reading';
  return {
    ...makeNotice('loading', 'plain', 'Opening the recording.', describeProgress(trace), action),
    progress: shareRead(trace),
    isOngoing: true,
  };
};

/** How much of what is read or fetched is there. */
export const describeProgress = ({ loadedBytes, totalBytes }: ReadProgress): string => {
  if (loadedBytes === 0) return '';
  const loaded = formatBytes(bytes(loadedBytes));
  if (totalBytes === 0) return `${loaded} so far.`;
  const percent = Math.min(100, Math.round((loadedBytes / totalBytes) * 100));
  return `${percent} % of ${formatBytes(bytes(totalBytes))}.`;
};
