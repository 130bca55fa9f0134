import { DispatchMark } from '../contract/dispatch-mark.ts';
import { ThreadState } from '../contract/thread-state.ts';
import type { ThreadRuns } from '../contract/trace-lines.ts';
import type { Microseconds } from '../contract/units.ts';
import { float64Column, int32Column, uint8Column } from './column.ts';
import type { CpuShares } from './cpu-shares.ts';

/**
 * What the threads did, in three levels: a **chunk** holds one **stretch** per thread that lived in it, a stretch holds **runs** of
 * equal ticks that follow each other without gaps. Each level stores where its part of the next one begins; it ends where the next begins.
 */
export class RunTable {
  /** First tick of each chunk. */
  readonly chunkFirstTicks = int32Column();
  /** First stretch of each chunk. */
  readonly chunkFirstStretches = int32Column();

  readonly stretchThreads = int32Column();
  readonly stretchFirstTicks = int32Column();
  readonly stretchFirstRuns = int32Column();
  /** CPU time the thread used in the stretch, microseconds. */
  readonly stretchCpu = float64Column();
  /** CPU time that each running tick of the stretch stands for, microseconds. */
  readonly stretchCpuPerTick = float64Column();

  /** -1 where no stack is known. */
  readonly stacks = int32Column();
  readonly ticks = int32Column();
  readonly states = uint8Column();
  readonly gil = uint8Column();
  /** {@link DispatchMark} numbers. */
  readonly dispatches = uint8Column();

  get chunkCount(): number {
    return this.chunkFirstTicks.length;
  }

  get stretchCount(): number {
    return this.stretchThreads.length;
  }

  get count(): number {
    return this.stacks.length;
  }

  /** First run after those of a stretch. */
  stretchRunEnd(stretch: number): number {
    return stretch + 1 < this.stretchCount ? this.stretchFirstRuns.values[stretch + 1]! : this.count;
  }

  /** First stretch after those of a chunk. */
  chunkStretchEnd(chunk: number): number {
    return chunk + 1 < this.chunkCount ? this.chunkFirstStretches.values[chunk + 1]! : this.stretchCount;
  }

  reserve(stretches: number, runs: number): void {
    this.chunkFirstTicks.reserve(1);
    this.chunkFirstStretches.reserve(1);
    for (const column of [this.stretchThreads, this.stretchFirstTicks, this.stretchFirstRuns]) {
      column.reserve(stretches);
    }
    this.stretchCpu.reserve(stretches);
    this.stretchCpuPerTick.reserve(stretches);
    this.stacks.reserve(runs);
    this.ticks.reserve(runs);
    this.states.reserve(runs);
    this.gil.reserve(runs);
    this.dispatches.reserve(runs);
  }

  /** Only after {@link reserve}. */
  append(firstTick: number, threadRuns: readonly ThreadRuns[], period: Microseconds, shares: CpuShares): void {
    this.chunkFirstTicks.push(firstTick);
    this.chunkFirstStretches.push(this.stretchCount);
    // Written past their ends, which move once: most of a trace goes through here.
    const toStacks = this.stacks.values;
    const toTicks = this.ticks.values;
    const toStates = this.states.values;
    const toGil = this.gil.values;
    const toDispatches = this.dispatches.values;
    let run = this.count;
    for (const { thread, cpu, ticks, stacks, states, gil, dispatches } of threadRuns) {
      this.stretchThreads.push(thread);
      this.stretchFirstTicks.push(firstTick);
      this.stretchFirstRuns.push(run);
      let runningTicks = 0;
      for (let row = 0; row < ticks.length; row++, run++) {
        const state = states[row]!;
        const tickCount = ticks[row]!;
        if (state === ThreadState.running) {
          runningTicks += tickCount;
        }
        toStacks[run] = stacks[row]!;
        toTicks[run] = tickCount;
        toStates[run] = state;
        toGil[run] = gil[row]!;
        toDispatches[run] = dispatches === undefined ? DispatchMark.none : dispatches[row]!;
      }
      this.stretchCpu.push(cpu);
      this.stretchCpuPerTick.push(shares.share(thread, cpu, runningTicks, period));
    }
    for (const column of [this.stacks, this.ticks, this.states, this.gil, this.dispatches]) {
      column.length = run;
    }
  }
}
