/**
 * What the event loop of a thread was doing in a run of ticks. Stored in the trace as the numbers below: they are part of the format and are only ever added to.
 *
 * A dispatch is one call of a callback by the loop. Ticks that share one dispatch are one long callback; dispatches that follow each other with no `loop` in between are a
 * loop that did not come to wait.
 */
export const DispatchMark = {
  /** There is no event loop that the sampler knows, or the stack was lost. */
  none: 0,
  /** The loop waits for events, or works for itself. */
  loop: 1,
  /** The first run of a dispatch. */
  begins: 2,
  /** Goes on with the dispatch that the thread was in last. */
  continues: 3,
} as const;
export type DispatchMark = (typeof DispatchMark)[keyof typeof DispatchMark];

const LAST_MARK = DispatchMark.continues;

export const isDispatchMark = (value: number): value is DispatchMark =>
  Number.isInteger(value) && value >= 0 && value <= LAST_MARK;
