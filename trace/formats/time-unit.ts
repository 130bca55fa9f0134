import { MICROSECONDS_PER_SECOND } from '../contract/units.ts';

/** Microseconds of one unit, by its names in speedscope and pprof. */
const MICROSECONDS_OF_UNIT: ReadonlyMap<string, number> = new Map([
  ['nanoseconds', 1 / 1000],
  ['ns', 1 / 1000],
  ['microseconds', 1],
  ['us', 1],
  ['milliseconds', 1000],
  ['ms', 1000],
  ['seconds', MICROSECONDS_PER_SECOND],
  ['s', MICROSECONDS_PER_SECOND],
]);

/** Undefined where the unit is none of time: counts, bytes. */
export const microsecondsOfUnit = (unit: string): number | undefined => MICROSECONDS_OF_UNIT.get(unit.toLowerCase());

/** What one of something that is no time is shown as. Shares are right whatever it is; the text of the docs says that the times are not. */
export const MICROSECONDS_OF_COUNT = 1;
