import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { IN_LOOP, NO_DISPATCH } from './dispatch-sequence.ts';
import type { TickColumns } from './tick-columns.ts';

/**
 * Run delay between two ticks above which a thread on the run queue, without the GIL, is taken to have waited for a CPU at the first
 * of them, in nanoseconds. Every wake-up costs a few microseconds of run delay, also of a thread that ran at the tick and slept
 * afterwards; a wait that a tick is likely to fall into is longer.
 */
const SIGNIFICANT_RUN_DELAY_NANOSECONDS = 50_000;
/** Kernels charge a running thread's CPU time at least this often: after twice that without a change, it was not running. Microseconds. */
const CPU_CLOCK_STEP_MICROSECONDS = 10_000;
/** Grain of user and system times, microseconds. */
const CLOCK_TICK_MICROSECONDS = 10_000;

/**
 * Tells, for the first `count` rows, running from runnable. Row `count` must hold the readings that follow, so that each tick is judged
 * by what happened after it.
 *
 * The kernel shows both as state R, and says only afterwards how long a thread waited for a CPU. Judging by the CPU time used
 * between two ticks is wrong: a thread that sleeps, waits 1 ms for a CPU and then computes for 3 ms used CPU after a tick that
 * found it waiting. What helps is the GIL: a thread that was asleep has given it up, and takes it again only once it is on a CPU. So:
 *
 * - on the run queue and holding the GIL: running. (Or preempted in the middle of it, which happens in proportion to CPU used.)
 * - seen on a CPU, by its clock that moved while the tick was taken: running.
 * - without the GIL, and a significant run delay was charged until the next tick: runnable.
 * - without the GIL, and no clock has moved by the next tick, which finds it in the same place: whatever the next tick is.
 *   At the last row, which has no next one, it takes a long time without any movement to say that it waits for a CPU.
 * - else running: C code that let go of the GIL.
 */
export function classifyStates(columns: TickColumns, count: number, tickTimes: Float64Array): void {
  const { states, gil, seenOnCpu, cpu, runDelay, timeSlices } = columns;
  const isUndecided = (row: number): boolean =>
    states[row] === ThreadState.running && gil[row] !== GilState.holds && seenOnCpu[row] === 0;
  for (let row = count - 1; row >= 0; row--) {
    if (!isUndecided(row)) continue;
    const next = row + 1;
    const delayCharged = runDelay[next]! - runDelay[row]!;
    if (delayCharged > SIGNIFICANT_RUN_DELAY_NANOSECONDS) {
      states[row] = ThreadState.runnable;
      continue;
    }
    const isUntouched = delayCharged === 0 && cpu[next] === cpu[row] && timeSlices[next] === timeSlices[row];
    if (!isUntouched) continue;
    const wasLongUntouched = isUndecided(next) && tickTimes[next]! - tickTimes[row]! > 2 * CPU_CLOCK_STEP_MICROSECONDS;
    if (states[next] === ThreadState.runnable || wasLongUntouched) states[row] = ThreadState.runnable;
  }
}

/** Whether a row shows an event loop held in a callback that is not on a CPU. */
export const isHeldInCallback = ({ states, dispatches }: TickColumns, row: number): boolean =>
  dispatches[row]! > NO_DISPATCH && (states[row] === ThreadState.waiting || states[row] === ThreadState.runnable);

/** Whether the loop was seen to wait right before or after a dispatch: that tells when the dispatch began, or that it was over. */
const isBesideDispatch = ({ dispatches, dispatchBefore }: TickColumns, row: number): boolean =>
  dispatches[row] === IN_LOOP &&
  ((row === 0 ? dispatchBefore : dispatches[row - 1]!) > NO_DISPATCH || dispatches[row + 1]! > NO_DISPATCH);

/**
 * Marks in `kept` which of the first `count` ticks the mode keeps. `prof` keeps the ticks at which a thread ran; `virtual` leaves
 * out those of them at which every running thread is known to have been in the kernel: its system time went up around the tick and
 * its user time did not. Both times have a grain of 10 ms, so a tick that they cannot decide is kept. Ticks at which an event loop was held in a callback are kept in
 * every mode, with the one before and after: whoever asks what held the reactor, and for how long, has to see a callback that slept as well.
 * Row `count` is looked at, too.
 */
export function selectTicks(
  mode: RecordingMode,
  threads: readonly TickColumns[],
  count: number,
  tickTimes: Float64Array,
  kept: Uint8Array,
): void {
  kept.fill(mode === 'real' ? 1 : 0, 0, count);
  if (mode === 'real') return;
  for (const columns of threads) {
    for (let row = 0; row < count; row++) {
      if (kept[row] === 1) continue;
      if (isHeldInCallback(columns, row) || isBesideDispatch(columns, row)) kept[row] = 1;
      if (columns.states[row] !== ThreadState.running) continue;
      if (mode === 'prof' || !usedSystemTimeOnly(columns, row, count, tickTimes)) kept[row] = 1;
    }
  }
}

function usedSystemTimeOnly(columns: TickColumns, row: number, count: number, tickTimes: Float64Array): boolean {
  const { userTime, systemTime } = columns;
  let first = row;
  let last = row;
  while (first > 0 && tickTimes[row]! - tickTimes[first]! < CLOCK_TICK_MICROSECONDS) first--;
  while (last < count && tickTimes[last]! - tickTimes[row]! < CLOCK_TICK_MICROSECONDS) last++;
  return userTime[last] === userTime[first] && systemTime[last]! > systemTime[first]!;
}
