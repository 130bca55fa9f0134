import type {
  RecordingMode,
  TargetDescription,
  TraceEnd,
  TraceHeader,
  TraceLine,
} from '#trace/contract/trace-lines.ts';

export interface SamplingRequest {
  readonly pid: number;
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  readonly periodSeconds: number;
  readonly recordingId: string;
  /** Whether another recording follows on each, without losing a tick: then more than one header and end come. */
  readonly rotates?: boolean;
}

/** What gives the lines of one recording: a running sampler. */
export interface LineSource {
  readonly header: TraceHeader;
  /** May be called again. */
  stop(): Promise<void>;
  /** Resolves with the last end line, after everything was emitted. */
  readonly finished: Promise<TraceEnd>;
}

/** Rejects with a ProfilerError where the target cannot be sampled. */
export type StartLineSource = (request: SamplingRequest, onLine: (line: TraceLine) => void) => Promise<LineSource>;

export type DescribeTarget = (pid: number) => TargetDescription;
