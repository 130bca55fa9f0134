import cliProgress from 'cli-progress';
import { formatLosses, formatSeconds, type RecordedSoFar } from './format-outcome.ts';
import { say } from './terminal.ts';

const BAR_INTERVAL_MS = 500;
/** Into a log, a line now and then is enough. */
const LINE_INTERVAL_MS = 10_000;
const MICROSECONDS_PER_SECOND = 1_000_000;

/**
 * Shows how far a recording is, on standard error: a bar on a terminal, else a line now and then. Without a duration there is no end to
 * count towards. Returns how to end it.
 */
export const showProgress = (tally: RecordedSoFar, durationSeconds: number | undefined): (() => void) => {
  const describe = (): string => `${String(tally.losses.ticksTaken)} ticks, ${formatLosses(tally)}`;
  if (!process.stderr.isTTY) {
    const timer = setInterval(() => say(`${formatSeconds(tally.duration)}, ${describe()}`), LINE_INTERVAL_MS);
    return () => clearInterval(timer);
  }
  const format = durationSeconds === undefined ? '{seconds} s  {details}' : '{bar} {seconds} of {total} s  {details}';
  const bar = new cliProgress.SingleBar({
    format,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
  });
  const seconds = (): number => Math.floor(tally.duration / MICROSECONDS_PER_SECOND);
  const payload = (): object => ({ seconds: seconds(), details: describe() });
  bar.start(durationSeconds ?? 0, 0, payload());
  const timer = setInterval(() => bar.update(seconds(), payload()), BAR_INTERVAL_MS);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
};
