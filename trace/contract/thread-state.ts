/**
 * What a thread was doing at a tick, and what it had to do with the GIL. Stored in the trace as the numbers below:
 * they are part of the format and are only ever added to.
 */

export const ThreadState = {
  /** The thread did not exist at this tick. */
  absent: 0,
  /** On a CPU. */
  running: 1,
  /** Wants a CPU and has none. */
  runnable: 2,
  /** Asleep, and not in a known wait for work. */
  waiting: 3,
  /** Asleep in a known wait for work, such as a reactor's poll or an empty queue. */
  idle: 4,
  /** Alive, but its stack changed under every attempt to read it. */
  lostTorn: 5,
  /** Alive, but its memory could not be read or made no sense. */
  lostUnreadable: 6,
} as const;
export type ThreadState = (typeof ThreadState)[keyof typeof ThreadState];

/** First of the states that stand for a tick without a stack although the thread was alive. */
const FIRST_LOST_STATE = ThreadState.lostTorn;
const LAST_STATE = ThreadState.lostUnreadable;

export const isThreadState = (value: number): value is ThreadState =>
  Number.isInteger(value) && value >= 0 && value <= LAST_STATE;
export const isLost = (state: ThreadState): boolean => state >= FIRST_LOST_STATE;

export const GilState = {
  unknown: 0,
  /** Neither holds the GIL nor waits for it. */
  neither: 1,
  holds: 2,
  /** Asleep until another thread lets go of the GIL. */
  wants: 3,
} as const;
export type GilState = (typeof GilState)[keyof typeof GilState];

const LAST_GIL_STATE = GilState.wants;

export const isGilState = (value: number): value is GilState =>
  Number.isInteger(value) && value >= 0 && value <= LAST_GIL_STATE;
