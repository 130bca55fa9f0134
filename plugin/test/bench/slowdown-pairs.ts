/** On/off pairs to percents. Pure. */
import type { Progress } from './oracle-target.ts';
import { bootstrap, median, type Interval } from './statistics.ts';

/** What the target had done when the slot began and when it ended. */
export interface Slot {
  readonly from: Progress;
  readonly to: Progress;
}

/** Percent; negative where the target was faster with the sampler. */
export interface PairSlowdown {
  readonly perCpuSecond: number;
  readonly perWallSecond: number;
}

export interface SlowdownSummary {
  readonly perCpuSecond: Interval;
  readonly perWallSecond: Interval;
  readonly pairs: number;
}

const roundsPer = (clock: 'cpuSeconds' | 'wallSeconds', { from, to }: Slot): number =>
  (to.rounds - from.rounds) / (to[clock] - from[clock]);

export const slowdownOf = (off: Slot, on: Slot): PairSlowdown => ({
  perCpuSecond: 100 * (1 - roundsPer('cpuSeconds', on) / roundsPer('cpuSeconds', off)),
  perWallSecond: 100 * (1 - roundsPer('wallSeconds', on) / roundsPer('wallSeconds', off)),
});

export const summarizeSlowdown = (pairs: readonly PairSlowdown[]): SlowdownSummary => ({
  perCpuSecond: bootstrap(
    pairs.map((pair) => pair.perCpuSecond),
    median,
  ),
  perWallSecond: bootstrap(
    pairs.map((pair) => pair.perWallSecond),
    median,
  ),
  pairs: pairs.length,
});
