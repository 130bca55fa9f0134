/**
 * Branded number types: a number that carries its unit or its space in its type, at no cost at run time.
 * Each brand is made in one function here; everything else receives it already made.
 */

declare const unit: unique symbol;
type Branded<Unit extends string> = number & { readonly [unit]: Unit };

/** A duration, or a time since the start of the recording, in microseconds. Whole or fractional, never NaN. */
export type Microseconds = Branded<'microseconds'>;
/** Wall-clock time in milliseconds since 1970-01-01T00:00:00Z, as `Date.now()` gives it. */
export type UnixMilliseconds = Branded<'unix-milliseconds'>;
/** A size of memory or of a file. */
export type Bytes = Branded<'bytes'>;
/** Position in the trace's string table. */
export type StringIndex = Branded<'string-index'>;
/** Position in the trace's function table. */
export type FunctionIndex = Branded<'function-index'>;
/** Position in the trace's frame table: a function at one line. */
export type FrameIndex = Branded<'frame-index'>;
/** Position in the trace's stack table (a tree with parent indexes), or {@link NO_STACK}. */
export type StackIndex = Branded<'stack-index'>;
/** Position in the trace's thread table. */
export type ThreadIndex = Branded<'thread-index'>;
/** Position of a tick, counted from the start of the trace. */
export type TickIndex = Branded<'tick-index'>;

export const microseconds = (value: number): Microseconds => value as Microseconds;
export const unixMilliseconds = (value: number): UnixMilliseconds => value as UnixMilliseconds;
export const bytes = (value: number): Bytes => value as Bytes;
export const stringIndex = (value: number): StringIndex => value as StringIndex;
export const functionIndex = (value: number): FunctionIndex => value as FunctionIndex;
export const frameIndex = (value: number): FrameIndex => value as FrameIndex;
export const stackIndex = (value: number): StackIndex => value as StackIndex;
export const threadIndex = (value: number): ThreadIndex => value as ThreadIndex;
export const tickIndex = (value: number): TickIndex => value as TickIndex;

/** Parent of a stack that has none, and stack of a tick for which none is known. */
export const NO_STACK = -1 as StackIndex;

export const MICROSECONDS_PER_SECOND = 1_000_000;

/** Nominal time between two ticks: the wall-clock weight of one tick. */
export const tickPeriod = (frequencyHz: number): Microseconds => microseconds(MICROSECONDS_PER_SECOND / frequencyHz);
