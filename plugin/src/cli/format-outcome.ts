import type { TargetDescription } from '#trace/contract/trace-lines.ts';
import type { RecordingTally } from '../recording/recording-tally.ts';

/** How far a recording is, or how it went. */
export type RecordedSoFar = Pick<RecordingTally, 'losses' | 'duration' | 'end'>;

const MICROSECONDS_PER_SECOND = 1_000_000;
/** Functions named among those in which stacks were given up. */
const SHOWN_FUNCTIONS = 3;
const BYTE_UNITS = ['B', 'kB', 'MB', 'GB'];

export const formatBytes = (size: number): string => {
  const unit = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3));
  const value = size / 1000 ** unit;
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toPrecision(2)} ${BYTE_UNITS[unit] ?? 'GB'}`;
};

/** `pid 4711 (Python 3.11.2, Buildbot 3.7.0)` */
export const formatTarget = ({ pid, pythonVersion, buildbotVersion }: TargetDescription): string =>
  `pid ${String(pid)} (Python ${pythonVersion}${buildbotVersion === undefined ? '' : `, Buildbot ${buildbotVersion}`})`;

export const formatSeconds = (microseconds: number): string =>
  `${(microseconds / MICROSECONDS_PER_SECOND).toFixed(1)} s`;

/** Two significant digits; below a ten-thousandth it only says that it is not nothing. */
const formatShare = (part: number, whole: number): string => {
  if (part === 0 || whole === 0) return '0 %';
  const percent = (100 * part) / whole;
  return percent < 0.01 ? 'under 0.01 %' : `${Number(percent.toPrecision(2)).toString()} %`;
};

/** Ticks that were asked for and not taken, and stacks that could not be read. */
export const formatLosses = ({ losses }: RecordedSoFar): string => {
  const missed = losses.ticksAsked - losses.ticksTaken;
  const lostStacks = losses.stacksTorn + losses.stacksUnreadable;
  return `${String(missed)} ticks missed (${formatShare(missed, losses.ticksAsked)}), ${String(lostStacks)} stacks lost`;
};

/** How far the recording can be trusted, a line each. */
export const formatTrust = ({ losses, givenUp }: RecordingTally): string[] => {
  const { ticksAsked, ticksTaken, ticksLate, stacksRetried, stacksTorn, stacksUnreadable } = losses;
  const where = givenUp
    .slice(0, SHOWN_FUNCTIONS)
    .map(({ functionName, stacks }) => `${functionName} ${String(stacks)}`);
  return [
    `${String(ticksTaken)} of ${String(ticksAsked)} ticks taken, ${String(ticksLate)} of them late`,
    `${String(stacksRetried)} stacks read again, ${String(stacksTorn)} given up${where.length === 0 ? '' : ` (most in ${where.join(', ')})`}, ${String(stacksUnreadable)} unreadable`,
  ];
};

const END_WORDS = {
  stopped: 'stopped',
  'period-over': 'period over',
  'target-exited': 'the process ended',
  'sampler-failed': 'the sampler failed',
  'disk-full': 'no room left',
} as const;

/** One line on how a recording went. */
export const formatOutcome = (tally: RecordedSoFar, size: number): string => {
  const { losses, end } = tally;
  const leftOut = losses.ticksLeftOut === 0 ? '' : ` (${String(losses.ticksLeftOut)} left out by the mode)`;
  return [
    formatSeconds(tally.duration),
    `${String(losses.ticksTaken)} ticks${leftOut}`,
    formatLosses(tally),
    formatBytes(size),
    ...(end === undefined ? [] : [END_WORDS[end.reason]]),
  ].join(', ');
};
