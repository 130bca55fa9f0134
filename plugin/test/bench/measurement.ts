/** What every contestant is asked, and what it answers. */

/** As fast as it can, where a frequency is asked. */
export const FASTEST = 0;

export interface SamplingRequest {
  readonly pid: number;
  /** {@link FASTEST}, or ticks a second. */
  readonly frequencyHz: number;
  readonly seconds: number;
  /** Threads of the target: peers look at the main thread alone, unless they are told otherwise. */
  readonly threads: number;
  /** CPU that it may run on; any, if absent. */
  readonly core?: number;
  /** Where it may write. */
  readonly folder: string;
}

export interface SamplingResult {
  /** How long it sampled, by its own account. */
  readonly seconds: number;
  /** Times it looked. */
  readonly ticks: number;
  /** Stacks it gave up or took for invalid, by its own account, as a share of all. */
  readonly errorShare: number;
  /** Stacks it shows. */
  readonly kept: number;
  /** Those among them that cannot exist. */
  readonly impossible: number;
}

/** A sampler at work. */
export interface RunningSampler {
  readonly pid: number;
  /** Resolves when it has attached. */
  readonly begun: Promise<void>;
  /** Resolves when its time is over. */
  readonly ended: Promise<SamplingResult>;
  /** Ends it early: its result is then nothing to go by. */
  end(): Promise<void>;
}

export interface Contestant {
  readonly name: string;
  /** As setup-pythons.mjs names it: the newest CPython of those here that it reads. */
  readonly pythonVersion: string;
  start(request: SamplingRequest): RunningSampler;
}
