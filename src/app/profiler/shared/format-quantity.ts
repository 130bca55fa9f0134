/**
 * Numbers as text for people: two significant digits and a unit. The exact value belongs beside it, on hover or in an attribute;
 * the `…Exactly` functions make that text. Digits, separators and dates are as the reader's locale writes them; units are ours.
 */
import type { TimeRange } from '#trace/analysis/selection.ts';
import {
  type Bytes,
  type Microseconds,
  microseconds,
  type UnixMilliseconds,
  unixMilliseconds,
} from '#trace/contract/units.ts';

const MICROSECONDS_PER_MILLISECOND = 1000;
const MICROSECONDS_PER_SECOND = 1_000_000;
const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;

/** With exactly so many decimals, and without separators of thousands: those are for counts. Made once, for making one takes longer than using it. */
const formatters = new Map<number, Intl.NumberFormat>();
const withDecimals = (decimals: number): Intl.NumberFormat => {
  const known = formatters.get(decimals);
  if (known !== undefined) return known;
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const made = new Intl.NumberFormat(undefined, { ...digits, useGrouping: false });
  formatters.set(decimals, made);
  return made;
};
const counts = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const timesOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const datesAndTimes = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const decimalSeparator =
  withDecimals(1)
    .formatToParts(0)
    .find(({ type }) => type === 'decimal')?.value ?? '.';

/** Two significant digits without scientific notation: 0.0123 -> 0.012, 1.44 -> 1.4, 38.4 -> 38, 1234 -> 1234. */
const formatTwoDigits = (value: number): string => {
  // Rounded first: 0.9996 has to count as 1.0, not as 1.00.
  const size = Math.abs(Number(value.toPrecision(2)));
  if (size === 0) return withDecimals(0).format(0);
  if (size >= 10) return withDecimals(0).format(value);
  return withDecimals(Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(size))))).format(value);
};

export const formatCount = (count: number): string => counts.format(count);

/** A length of time: `640 µs`, `12 ms`, `1.4 s`, `3 min 20 s`, `2 h 05 min`. */
export const formatDuration = (duration: Microseconds): string => {
  const size = Math.abs(duration);
  if (size === 0) return '0 s';
  if (size < 999.5) return `${formatTwoDigits(duration)} µs`;
  if (size < 999.5 * MICROSECONDS_PER_MILLISECOND)
    return `${formatTwoDigits(duration / MICROSECONDS_PER_MILLISECOND)} ms`;
  const seconds = duration / MICROSECONDS_PER_SECOND;
  if (size < (SECONDS_PER_MINUTE - 0.5) * MICROSECONDS_PER_SECOND) return `${formatTwoDigits(seconds)} s`;
  const whole = Math.round(Math.abs(seconds));
  const sign = seconds < 0 ? '-' : '';
  if (whole < SECONDS_PER_HOUR) {
    return `${sign}${Math.floor(whole / SECONDS_PER_MINUTE)} min ${pad(whole % SECONDS_PER_MINUTE)} s`;
  }
  const minutes = Math.floor((whole % SECONDS_PER_HOUR) / SECONDS_PER_MINUTE);
  return `${sign}${Math.floor(whole / SECONDS_PER_HOUR)} h ${pad(minutes)} min`;
};

export const formatDurationExactly = (duration: Microseconds): string =>
  `${withDecimals(6).format(duration / MICROSECONDS_PER_SECOND)} s`;

/** A running clock: `0:07`, `12:30`, `1:02:03`. */
export const formatClock = (duration: Microseconds): string => {
  const whole = Math.max(0, Math.floor(duration / MICROSECONDS_PER_SECOND));
  const hours = Math.floor(whole / SECONDS_PER_HOUR);
  const minutes = Math.floor((whole % SECONDS_PER_HOUR) / SECONDS_PER_MINUTE);
  const seconds = pad(whole % SECONDS_PER_MINUTE);
  return hours > 0 ? `${hours}:${pad(minutes)}:${seconds}` : `${minutes}:${seconds}`;
};

/** A moment since the recording's start, to the millisecond: `0:07.250`. */
export const formatMoment = (at: Microseconds): string => {
  const milliseconds = Math.floor(Math.max(0, at) / MICROSECONDS_PER_MILLISECOND) % 1000;
  return `${formatClock(at)}${decimalSeparator}${milliseconds.toString().padStart(3, '0')}`;
};

/** A selected time in words, for who does not see it. */
export const describeSelectedTime = (range: TimeRange | undefined): string =>
  range === undefined
    ? 'The whole time'
    : `From ${formatRange(range)}, ${formatDuration(microseconds(range.end - range.start))}`;

/** `0:01.000 to 0:02.500`. */
export const formatRange = ({ start, end }: TimeRange): string => `${formatMoment(start)} to ${formatMoment(end)}`;

/** `38 %`, `4.2 %`, `0.38 %`; shares too small to tell from nothing are `< 0.01 %`. */
export const formatShare = (share: number): string => {
  if (!Number.isFinite(share) || share === 0) return '0 %';
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return `< ${withDecimals(2).format(0.01)} %`;
  return `${formatTwoDigits(percent)} %`;
};

export const formatShareExactly = (share: number): string => `${withDecimals(4).format(share * 100)} %`;

/** Differences of shares that are closer to none are sums in another order. */
const SMALLEST_POINTS = 1e-7;

/** The difference of two shares in percentage points, with its sign: `+12`, `−0.38`, `0`. */
export const formatPoints = (difference: number): string => {
  const points = difference * 100;
  if (Math.abs(points) < SMALLEST_POINTS) return '0';
  return `${points > 0 ? '+' : '−'}${formatTwoDigits(Math.abs(points))}`;
};

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export const formatBytes = (size: Bytes): string => {
  let value: number = size;
  let unit = 0;
  while (value >= 1023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? counts.format(value) : formatTwoDigits(value)} ${BYTE_UNITS[unit] ?? ''}`;
};

/** Wall-clock time of day, in the reader's own zone. */
export const formatTimeOfDay = (at: UnixMilliseconds): string => timesOfDay.format(at);

/** The same of a moment of a recording; empty where nobody knows when that began. */
export const formatWallClock = (startedAt: UnixMilliseconds | undefined, at: Microseconds): string =>
  startedAt === undefined ? '' : formatTimeOfDay(unixMilliseconds(startedAt + at / MICROSECONDS_PER_MILLISECOND));

export const formatDateAndTime = (at: UnixMilliseconds): string => datesAndTimes.format(at);

function pad(value: number): string {
  return value.toString().padStart(2, '0');
}
