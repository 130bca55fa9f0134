/** What the page knows of the trace that the worker holds. Small: it is sent at every chunk. */
import type { Bytes, Microseconds } from '#trace/contract/units.ts';
import type { EndReason, LossCounts, TraceHeader } from '#trace/contract/trace-lines.ts';
import type { Failure } from './failure.ts';

export type TraceSource =
  { readonly kind: 'recording'; readonly id: string } | { readonly kind: 'file'; readonly name: string };

/** The worker holds two traces: the one that is open, and the one that it is compared with. */
export type TraceSide = 'open' | 'before';

export interface TraceThread {
  readonly index: number;
  readonly name: string;
  readonly nativeId: number;
  readonly isMain: boolean;
}

export interface GivenUpIn {
  readonly functionName: string;
  readonly stacks: number;
}

export interface TraceSummary {
  readonly header: TraceHeader;
  /** Of the last tick, or of the end. */
  readonly duration: Microseconds;
  readonly tickCount: number;
  /** What the trace takes in memory. */
  readonly memory: Bytes;
  readonly threads: readonly TraceThread[];
  readonly losses: LossCounts;
  /** Functions in which stacks were given up, most first; a few. */
  readonly givenUp: readonly GivenUpIn[];
  readonly endReason: EndReason | undefined;
  readonly endMessage: string | undefined;
}

/**
 * - `loading`: a file or a finished recording is being read;
 * - `live`: more comes; `reconnecting`: more would come, but the connection is lost;
 * - `partial`: reading was stopped, and what came so far stays;
 * - `complete`: the trace says why it ends; `cut`: it just stops;
 * - `failed`: it could not be read at all.
 */
export type TracePhase = 'none' | 'loading' | 'live' | 'reconnecting' | 'complete' | 'cut' | 'partial' | 'failed';

export interface TraceState {
  readonly phase: TracePhase;
  readonly source: TraceSource | undefined;
  /** Grows with every line read, and never goes back, not even with another trace. */
  readonly revision: number;
  readonly loadedBytes: number;
  /** 0 where unknown. */
  readonly totalBytes: number;
  readonly summary: TraceSummary | undefined;
  readonly failure: Failure | undefined;
}

export const NO_TRACE: TraceState = {
  phase: 'none',
  source: undefined,
  revision: 0,
  loadedBytes: 0,
  totalBytes: 0,
  summary: undefined,
  failure: undefined,
};

/** How far reading or fetching something is. */
export type ReadProgress = Pick<TraceState, 'loadedBytes' | 'totalBytes'>;

/** How much of a trace has been read, 0 to 1; absent where its size is not known. */
export const shareRead = ({ loadedBytes, totalBytes }: ReadProgress): number | undefined =>
  totalBytes === 0 ? undefined : Math.min(1, loadedBytes / totalBytes);
