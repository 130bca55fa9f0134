/**
 * The trace as it is stored and sent: one JSON value a line. Types only; `codec.ts` reads and writes them, FORMAT.md explains them.
 *
 * Tables (strings, functions, frames, stacks, threads) have no indexes written down: a row's index is the number of rows
 * that came before it in the trace. A chunk brings every row that it is the first to use.
 */
import type { Bytes, Microseconds, UnixMilliseconds } from './units.ts';

export const TRACE_FORMAT = 'bbprof';
export const TRACE_VERSION = 1;

export const RECORDING_MODES = ['real', 'virtual', 'prof'] as const;
/**
 * `real` keeps every tick. `virtual` and `prof` keep the ticks in which the target used user CPU, or any CPU, and make CPU
 * the weight shown first.
 */
export type RecordingMode = (typeof RECORDING_MODES)[number];

export interface TargetDescription {
  readonly pid: number;
  /** Start of the process in clock ticks since boot (`/proc/PID/stat`, field 22): tells two lives of one pid apart. 0 if unknown. */
  readonly startTimeClockTicks: number;
  readonly commandLine: readonly string[];
  readonly executable: string;
  /** As in `3.11.2`; empty if unknown. */
  readonly pythonVersion: string;
  readonly host: string;
  readonly buildbotVersion?: string;
}

export interface TraceHeader {
  readonly kind: 'header';
  readonly format: typeof TRACE_FORMAT;
  readonly version: typeof TRACE_VERSION;
  readonly recordingId: string;
  readonly target: TargetDescription;
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  /** Longest duration of the recording in seconds. */
  readonly periodSeconds: number;
  readonly samplerVersion: string;
  readonly clock: {
    /** Wall-clock time of the recording's start: time 0 of every other time in the trace. */
    readonly startedAt: UnixMilliseconds;
    /** CLOCK_MONOTONIC at the same moment. */
    readonly monotonic: Microseconds;
  };
}

/** Columns of new functions. `names` and `files` are string indexes; `firstLines` is 0 where unknown. */
export interface FunctionColumns {
  readonly names: readonly number[];
  readonly files: readonly number[];
  readonly firstLines: readonly number[];
}

/** Columns of new frames: a function at a line (0 where unknown). */
export interface FrameColumns {
  readonly functions: readonly number[];
  readonly lines: readonly number[];
}

/** Columns of new stacks: the caller's stack (-1 for the outermost) and the frame on top of it. A parent precedes its children. */
export interface StackColumns {
  readonly parents: readonly number[];
  readonly frames: readonly number[];
}

export interface ThreadRow {
  /** Index in the thread table; equal to the number of threads so far, or of a thread that is described anew (renamed). */
  readonly thread: number;
  /** The kernel's thread id; 0 where unknown. */
  readonly nativeId: number;
  readonly name: string;
  /** Whether the name is the kernel's, which keeps 15 characters. */
  readonly isNameTruncated: boolean;
  readonly isMain: boolean;
}

/**
 * What one thread did in this chunk, as runs of equal ticks: columns of equal length, `ticks` adding up to the chunk's ticks.
 * A thread without an entry was absent throughout.
 */
export interface ThreadRuns {
  readonly thread: number;
  /** CPU time the thread used from this chunk's first tick to the next chunk's first: shared equally by its running ticks. */
  readonly cpu: Microseconds;
  readonly ticks: readonly number[];
  /** Stack indexes, -1 where none is known. */
  readonly stacks: readonly number[];
  /** {@link ThreadState} numbers. */
  readonly states: readonly number[];
  /** {@link GilState} numbers. */
  readonly gil: readonly number[];
  /** {@link DispatchMark} numbers; absent where all are `none`. */
  readonly dispatches?: readonly number[];
}

/**
 * Counters at one moment. CPU times are totals since the process (or the machine) started; the viewer takes differences.
 * A counter that could not be read is left out.
 */
export interface CounterRow {
  readonly at: Microseconds;
  readonly targetUserCpu?: Microseconds;
  readonly targetSystemCpu?: Microseconds;
  readonly targetResident?: Bytes;
  readonly targetThreads?: number;
  readonly targetVoluntarySwitches?: number;
  readonly targetInvoluntarySwitches?: number;
  /** Summed over all CPUs. */
  readonly machineBusyCpu?: Microseconds;
  readonly machineTotalCpu?: Microseconds;
  readonly machineMemoryUsed?: Bytes;
  readonly machineMemoryTotal?: Bytes;
  readonly cgroupMemoryLimit?: Bytes;
  readonly cgroupThrottled?: Microseconds;
  readonly samplerCpu?: Microseconds;
  /**
   * Share of the ticks taken since the row before in which the main thread was not idle, 0 to 1. Stored, not derived from the runs:
   * it counts the ticks that the mode leaves out, too.
   */
  readonly reactorLoad?: number;
  /** Share of the ticks taken since the row before in which some thread held the GIL, 0 to 1. */
  readonly gilHeld?: number;
}

/** What the sampler was asked for and what it could not do, in this chunk. Counts of ticks, or of stacks where it says so. */
export interface LossCounts {
  readonly ticksAsked: number;
  readonly ticksTaken: number;
  /** Taken ticks that began more than half a period after their deadline. */
  readonly ticksLate: number;
  /** Taken ticks that the mode (virtual, prof) left out. */
  readonly ticksLeftOut: number;
  /** Stacks that changed while being read and were read again. */
  readonly stacksRetried: number;
  /** Stacks given up because they changed at every attempt. */
  readonly stacksTorn: number;
  /** Stacks that could not be read or made no sense. */
  readonly stacksUnreadable: number;
}

/** Stacks given up in this chunk by the function that was innermost at the last attempt, as far as that could be told: shows whether losses are biased. Columns. */
export interface GivenUpColumns {
  readonly functions: readonly number[];
  readonly stacks: readonly number[];
}

/**
 * Ticks at which the last thread was looked at more than a millisecond after the tick's time: the sampler had lost its CPU, or there was much to read. What such a tick shows is of some moment
 * within its span. Columns.
 */
export interface SlowTickColumns {
  /** Positions in the chunk's ticks, rising. */
  readonly ticks: readonly number[];
  readonly spans: readonly Microseconds[];
}

export const BUILD_RESULTS = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled'] as const;
export type BuildResult = (typeof BUILD_RESULTS)[number];

interface EventTimes {
  /** Since the recording's start; negative if before it. Whole seconds in events that come from Buildbot's database. */
  readonly start: Microseconds;
  /** Absent while it goes on. */
  readonly end?: Microseconds;
}

export type TraceEvent =
  | (EventTimes & {
      readonly kind: 'build';
      readonly id: number;
      readonly number: number;
      readonly builder: string;
      readonly worker: string;
      readonly result?: BuildResult;
    })
  | (EventTimes & {
      readonly kind: 'step';
      readonly id: number;
      readonly buildId: number;
      readonly name: string;
      readonly result?: BuildResult;
    })
  /** The process was stopped by a signal (SIGSTOP, or Ctrl-Z at its terminal), and its threads with it. */
  | (EventTimes & { readonly kind: 'suspension'; readonly id: number })
  | (EventTimes & { readonly kind: 'note'; readonly text: string });

export interface TraceChunk {
  readonly kind: 'chunk';
  /** 0 for the first chunk, then one more each. */
  readonly sequence: number;
  readonly strings: readonly string[];
  readonly functions: FunctionColumns;
  readonly frames: FrameColumns;
  readonly stacks: StackColumns;
  readonly threads: readonly ThreadRow[];
  /** Times of the ticks, microseconds: the first since the recording's start, each other since the one before. */
  readonly ticks: readonly number[];
  readonly runs: readonly ThreadRuns[];
  readonly counters: readonly CounterRow[];
  readonly events: readonly TraceEvent[];
  readonly losses: LossCounts;
  /** Absent where there are none. */
  readonly givenUp?: GivenUpColumns;
  /** Absent where there are none. */
  readonly slowTicks?: SlowTickColumns;
}

export const END_REASONS = ['stopped', 'period-over', 'target-exited', 'sampler-failed', 'disk-full'] as const;
export type EndReason = (typeof END_REASONS)[number];

export interface TraceEnd {
  readonly kind: 'end';
  readonly at: Microseconds;
  readonly reason: EndReason;
  /** What happened, in words, where the reason does not say it all. */
  readonly message?: string;
}

export type TraceLine = TraceHeader | TraceChunk | TraceEnd;
