/** The numbers of a recording as the toolbar words them. Pure. */
import type { RecordingSummary } from '#trace/contract/api.ts';
import type { LossCounts, TargetDescription } from '#trace/contract/trace-lines.ts';
import { MICROSECONDS_PER_SECOND, microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { GivenUpIn } from '../../shared/trace-state.ts';
import { formatClock, formatCount, formatShare } from '../../shared/format-quantity.ts';

export interface RecordingFigures {
  readonly clock: string;
  readonly samples: string;
  readonly rate: string;
  readonly losses: string;
  /** What the losses are, for the hover. */
  readonly lossDetails: string;
  readonly timeLeft: string;
}

export interface RecordingProgress {
  readonly duration: Microseconds;
  readonly periodSeconds: number;
  readonly losses: LossCounts;
  readonly givenUp?: readonly GivenUpIn[];
}

/** Ticks that were due and not taken, of those due. */
export const computeLostShare = ({ ticksAsked, ticksTaken }: LossCounts): number =>
  ticksAsked === 0 ? 0 : Math.max(0, ticksAsked - ticksTaken) / ticksAsked;

export const formatRecording = ({ duration, periodSeconds, losses, givenUp }: RecordingProgress): RecordingFigures => {
  const seconds = duration / MICROSECONDS_PER_SECOND;
  const left = microseconds(Math.max(0, periodSeconds * MICROSECONDS_PER_SECOND - duration));
  return {
    clock: formatClock(duration),
    samples: `${formatCount(losses.ticksTaken)} samples`,
    rate: seconds < 1 ? '' : `${formatCount(losses.ticksTaken / seconds)} a second`,
    losses: formatLosses(losses),
    lossDetails: formatLossDetails(losses, givenUp),
    timeLeft: `${formatClock(left)} left`,
  };
};

/** In a few words, for a line; {@link formatLossDetails} has the rest. */
export const formatLosses = (losses: LossCounts): string => {
  const stacks = losses.stacksTorn + losses.stacksUnreadable;
  return `${formatShare(computeLostShare(losses))} lost${stacks === 0 ? '' : `, ${formatCount(stacks)} ${stacks === 1 ? 'stack' : 'stacks'} unread`}`;
};

export const formatLossDetails = (losses: LossCounts, givenUp: readonly GivenUpIn[] = []): string =>
  [
    `${formatCount(losses.ticksTaken)} samples taken of ${formatCount(losses.ticksAsked)} due`,
    `${formatCount(losses.ticksLate)} taken late`,
    `${formatCount(losses.ticksLeftOut)} left out by the mode`,
    `${formatCount(losses.stacksRetried)} stacks changed while they were read and were read again`,
    `${formatCount(losses.stacksTorn)} stacks given up because they changed every time`,
    ...givenUp.map(({ functionName, stacks }) => `  ${formatCount(stacks)} of them in ${functionName}`),
    `${formatCount(losses.stacksUnreadable)} stacks that could not be read`,
  ].join('\n');

/** `master on buildhost: pid 4711, Python 3.11.2` and what is known besides. */
export const formatTarget = (target: TargetDescription): string => {
  const parts = [`pid ${target.pid}`];
  if (target.pythonVersion !== '') parts.push(`Python ${target.pythonVersion}`);
  if (target.buildbotVersion !== undefined) parts.push(`Buildbot ${target.buildbotVersion}`);
  if (target.host !== '') parts.push(`on ${target.host}`);
  return parts.join(', ');
};

/** What runs, without the way to the interpreter: `demo_master.py --port 0`. */
export const formatCommand = ({ commandLine, executable }: TargetDescription): string => {
  const [program = executable, ...rest] = commandLine;
  const names = [program, ...rest].map((part) => part.split('/').at(-1) ?? part);
  return names.join(' ');
};

export const describeEnd = ({ endReason, endMessage }: Pick<RecordingSummary, 'endReason' | 'endMessage'>): string => {
  const sentence = endReason === undefined ? 'Recording.' : END_SENTENCES[endReason];
  return endMessage === undefined || endMessage === '' ? sentence : `${sentence} ${endMessage}`;
};

const END_SENTENCES: Readonly<Record<NonNullable<RecordingSummary['endReason']>, string>> = {
  stopped: 'Stopped.',
  'period-over': 'Its period was over.',
  'target-exited': 'The target ended.',
  'sampler-failed': 'The sampler failed.',
  'disk-full': 'The disk was full.',
  cut: 'It ends unexpectedly.',
};
