import { ThreadState, isLost } from '../contract/thread-state.ts';
import { microseconds, threadIndex, type Microseconds } from '../contract/units.ts';
import { float64Column, int32Column, lowerBound, uint8Column } from '../model/column.ts';
import type { TraceModel } from '../model/trace-model.ts';
import type { TickRange } from './selection.ts';
import { groupStretches, visitRuns } from './visit-runs.ts';

export interface Usage {
  /** The thread was neither idle nor unseen for so long. */
  readonly busy: Microseconds;
  readonly cpu: Microseconds;
}

/** What one thread did in any range, out of sums up to each of its runs: many overlapping ranges cost one walk over the runs, and two searches each. */
export class ThreadUsage {
  readonly #period: Microseconds;
  /** Of each run. */
  readonly #firstTicks = int32Column();
  readonly #tickCounts = int32Column();
  readonly #isBusy = uint8Column();
  readonly #cpuPerTick = float64Column();
  /** Of all runs before: ticks, and microseconds. */
  readonly #busyBefore = int32Column();
  readonly #cpuBefore = float64Column();

  /** @param thread index of the thread; a trace may have none of the kind looked for, which is -1 */
  constructor(model: TraceModel, thread: number) {
    this.#period = model.period;
    const all = { first: 0, end: model.tickCount };
    const stretches = thread < 0 ? undefined : groupStretches(model, all).get(threadIndex(thread));
    const { states, stretchCpuPerTick } = model.runs;
    const columns = [
      this.#firstTicks,
      this.#tickCounts,
      this.#isBusy,
      this.#cpuPerTick,
      this.#busyBefore,
      this.#cpuBefore,
    ];
    let [busy, cpu] = [0, 0];
    visitRuns(model, stretches ?? [], all, (run, count, stretch, firstTick) => {
      const state = states.values[run] as ThreadState;
      const isBusy = state !== ThreadState.idle && state !== ThreadState.absent && !isLost(state);
      const cpuPerTick = state === ThreadState.running ? stretchCpuPerTick.values[stretch]! : 0;
      for (const column of columns) column.reserve(1);
      this.#firstTicks.push(firstTick);
      this.#tickCounts.push(count);
      this.#isBusy.push(isBusy ? 1 : 0);
      this.#cpuPerTick.push(cpuPerTick);
      this.#busyBefore.push(busy);
      this.#cpuBefore.push(cpu);
      if (isBusy) busy += count;
      cpu += count * cpuPerTick;
    });
  }

  measure({ first, end }: TickRange): Usage {
    const [before, after] = [this.#sumUpTo(first), this.#sumUpTo(Math.max(first, end))];
    return {
      busy: microseconds((after.busyTicks - before.busyTicks) * this.#period),
      cpu: microseconds(after.cpu - before.cpu),
    };
  }

  /** Of all ticks before this one. */
  #sumUpTo(tick: number): { readonly busyTicks: number; readonly cpu: number } {
    const run = lowerBound(this.#firstTicks.values, this.#firstTicks.length, tick) - 1;
    if (run < 0) return { busyTicks: 0, cpu: 0 };
    const ticks = Math.min(tick - this.#firstTicks.values[run]!, this.#tickCounts.values[run]!);
    return {
      busyTicks: this.#busyBefore.values[run]! + ticks * this.#isBusy.values[run]!,
      cpu: this.#cpuBefore.values[run]! + ticks * this.#cpuPerTick.values[run]!,
    };
  }
}
