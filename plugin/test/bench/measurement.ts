/** What one sampler did with one target in one round. */
export interface Measurement {
  /** Attempts a second. */
  readonly attempted: number;
  /** Stacks kept a second. */
  readonly kept: number;
  readonly impossible: number;
  readonly keptInAll: number;
  /** CPU of the sampler, percent of one core. */
  readonly cpuPercent: number;
}

export interface Round {
  readonly pid: number;
  /** 0 for as fast as it can. */
  readonly frequencyHz: number;
  readonly seconds: number;
}

export interface Contestant {
  readonly name: string;
  measure(round: Round): Promise<Measurement>;
}
