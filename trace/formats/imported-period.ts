/** Ticks of an imported trace: they are made up, so there need be no more of them than can be told apart on a screen many times over. */
export const MAX_IMPORTED_TICKS = 2_000_000;

/** Nanoseconds, so that what pprof and fractions of microseconds say is whole. */
const NANOSECONDS_PER_MICROSECOND = 1000;
/** The shortest period that a trace can have (`MAX_FREQUENCY_HZ`). */
const SHORTEST_PERIOD = 1;
/** Longer periods are divided as far as ticks last, so that a range can be selected within a long span. */
const COARSEST_PERIOD = 10_000;

/**
 * The period of the ticks that stand for spans: the longest that all times are multiples of, since nothing is rounded with it. Where
 * that takes too many ticks, the shortest that does not: times are then rounded to it.
 *
 * @param times of spans, all microseconds @param last the end of the last span @returns microseconds
 */
export const choosePeriod = (times: Iterable<number>, last: number, maxTicks: number = MAX_IMPORTED_TICKS): number => {
  let divisor = 0;
  for (const time of times) {
    divisor = greatestCommonDivisor(divisor, Math.round(time * NANOSECONDS_PER_MICROSECOND));
  }
  const common = divisor / NANOSECONDS_PER_MICROSECOND;
  if (common < SHORTEST_PERIOD || last / common > maxTicks) {
    return Math.max(SHORTEST_PERIOD, last / maxTicks);
  }
  const parts = Math.min(Math.ceil(common / COARSEST_PERIOD), Math.max(1, Math.floor((maxTicks * common) / last)));
  return common / parts;
};

const greatestCommonDivisor = (first: number, second: number): number => {
  let [a, b] = [first, second];
  while (b !== 0) {
    [a, b] = [b, a % b];
  }
  return a;
};
