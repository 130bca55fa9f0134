import type { Microseconds } from '../contract/units.ts';
import { float64Column } from './column.ts';

/**
 * Shares a thread's CPU time out to the ticks that caught it on a CPU.
 *
 * A chunk's running ticks share that chunk's CPU time equally. In a chunk whose ticks all missed the thread, its CPU time has no tick
 * to go to: it is kept, and later running ticks take from it, but never so much that a tick stands for more than one period. FORMAT.md
 * gives the figures that decided this.
 */
export class CpuShares {
  /** CPU time per thread that no tick has taken yet. */
  readonly unattributed = float64Column();

  /** Makes room for thread rows up to `threadCount`. */
  reserve(threadCount: number): void {
    this.unattributed.reserve(Math.max(0, threadCount - this.unattributed.length));
  }

  addThread(): void {
    this.unattributed.push(0);
  }

  /** CPU time that each of the thread's running ticks in a chunk stands for. */
  share(thread: number, cpu: Microseconds, runningTicks: number, period: Microseconds): number {
    const kept = this.unattributed.values[thread]!;
    if (runningTicks === 0) {
      this.unattributed.values[thread] = kept + cpu;
      return 0;
    }
    const taken = Math.min(kept, Math.max(0, runningTicks * period - cpu));
    this.unattributed.values[thread] = kept - taken;
    return (cpu + taken) / runningTicks;
  }
}
