/** What stands in the way of a comparison, or remains to be done for it, in words. Pure. */
import { describeAdvice, type Outcome } from '../shared/failure.ts';
import type { ComparedWith, ComparisonAnswer } from '../shared/comparison-messages.ts';
import { formatRange } from '../shared/format-quantity.ts';
import { isSameRange } from '../shared/plot-geometry.ts';
import { shareRead, type TraceState } from '../shared/trace-state.ts';
import type { TimeRange } from '#trace/analysis/selection.ts';

export type ComparisonAction = 'open' | 'stop-reading' | 'read-again';

export interface ComparisonNotice {
  readonly id: string;
  readonly tone: 'plain' | 'warning' | 'error';
  readonly title: string;
  readonly text: string;
  readonly action: ComparisonAction | undefined;
  /** 0 to 1; absent where nothing is under way, or how far it is is not known. */
  readonly progress: number | undefined;
  /** Whether there is nothing to show beside it. */
  readonly isAlone: boolean;
}

export interface ComparisonSituation {
  readonly comparedWith: ComparedWith;
  readonly range: TimeRange | undefined;
  /** The trace of the side before, where that is another one. */
  readonly before: TraceState;
  readonly outcome: Outcome<ComparisonAnswer> | undefined;
}

export const COMPARISON_ACTION_NAMES: Readonly<Record<ComparisonAction, string>> = {
  open: 'Open the file',
  'stop-reading': 'Stop here',
  'read-again': 'Read all of it',
};

export const describeComparison = (situation: ComparisonSituation): ComparisonNotice | undefined => {
  const { comparedWith, outcome } = situation;
  const notice =
    comparedWith.kind === 'trace' ? describeTrace(situation.before, comparedWith) : describeSelection(situation);
  if (notice?.isAlone === true || outcome?.kind !== 'failed') return notice;
  const { code, message } = outcome.error;
  return makeNotice('not-compared', message, describeAdvice(code), { tone: 'error', isAlone: true });
};

const makeNotice = (
  id: string,
  title: string,
  text: string,
  rest: Partial<ComparisonNotice> = {},
): ComparisonNotice => ({
  id,
  tone: 'plain',
  title,
  text,
  action: undefined,
  progress: undefined,
  isAlone: false,
  ...rest,
});

const describeSelection = ({ comparedWith, range }: ComparisonSituation): ComparisonNotice | undefined => {
  if (comparedWith.kind === 'rest' && range === undefined)
    return makeNotice('no-range', 'Select a range on the timeline.', 'It is compared with all that lies around it.', {
      isAlone: true,
    });
  if (comparedWith.kind === 'range' && range !== undefined && isSameRange(range, comparedWith.range))
    return makeNotice(
      'same-range',
      'Select another range on the timeline.',
      `It is compared with ${formatRange(comparedWith.range)}.`,
      { isAlone: true },
    );
  return undefined;
};

const describeTrace = (
  before: TraceState,
  { source }: Extract<ComparedWith, { kind: 'trace' }>,
): ComparisonNotice | undefined => {
  const { phase, failure, summary } = before;
  switch (phase) {
    case 'none':
      return source.kind === 'file'
        ? makeNotice('file-again', `The side before is ${source.name}, a file opened from disk.`, AGAIN, {
            action: 'open',
            isAlone: true,
          })
        : undefined;
    case 'loading':
      return makeNotice('loading', 'Opening what it is compared with.', '', {
        progress: shareRead(before),
        action: summary === undefined ? undefined : 'stop-reading',
      });
    case 'failed':
      return makeNotice('failed', failure?.message ?? '', describeAdvice(failure?.code ?? 'internal'), {
        tone: 'error',
        isAlone: true,
      });
    case 'partial':
      return makeNotice('partial', 'Only the beginning of the side before is compared.', 'Reading was stopped.', {
        tone: 'warning',
        action: 'read-again',
      });
    case 'cut':
      return makeNotice('cut', 'The recording before ends unexpectedly.', 'Everything up to there is compared.', {
        tone: 'warning',
      });
    case 'live':
    case 'reconnecting':
    case 'complete':
      return undefined;
  }
};

const AGAIN = 'Open the file again to compare with it.';
