import { ThreadState } from '#trace/contract/thread-state.ts';
import { NO_STACK } from '#trace/contract/units.ts';
import type { InterpreterReader, ThreadHandle } from '../cpython/interpreter-reader.ts';
import type { StackBuffer } from '../cpython/stack-buffer.ts';
import { DispatchKind } from '../cpython/stack-buffer.ts';
import type { ObservedThread } from './chunk-builder.ts';
import { DispatchSequence, IN_LOOP } from './dispatch-sequence.ts';
import { findSleepPlace, toGilState, type SleepPlace } from './gil-observer.ts';
import { KernelState, type KernelThread } from './kernel-thread.ts';
import { isKnownWait } from './known-waits.ts';
import { InternedPath, type StackInterner } from './stack-interner.ts';
import { isHeldInCallback } from './state-classifier.ts';
import { TickColumns } from './tick-columns.ts';

const NANOSECONDS_PER_CLOCK_TICK = 10_000_000;

/** What a tick needs to look at threads: one set for all of them. */
export interface TickTools {
  readonly reader: InterpreterReader;
  readonly interner: StackInterner;
  /** Re-used for every stack. */
  readonly stack: StackBuffer;
}

/** Follows one thread from tick to tick: what it was seen doing, one row a tick. */
export class ThreadTrack implements ObservedThread {
  readonly index: number;
  readonly isMain: boolean;
  readonly handle: ThreadHandle;
  readonly kernel: KernelThread;
  readonly columns = new TickColumns();
  isGone = false;
  stacksTorn = 0;
  stacksUnreadable = 0;
  readonly givenUp = new Map<number, number>();
  /**
   * Whether the last look found it asleep, and not as the GIL's holder: as long as it has not run, nothing of it has changed. The holder was asked for a moment
   * before, and may have let go of the GIL and gone to sleep meanwhile.
   */
  #isAsleep = false;
  #isUnchanged = false;
  /** Whether the last row has the stack that the thread had then. */
  #hasStack = false;
  /** The kernel's state, where {@link isOnRunQueue} has just read it. */
  #kernelState: KernelState | undefined;
  /** By {@link StackBuffer.likeness}. */
  readonly #paths: InternedPath[] = [];
  readonly #dispatches = new DispatchSequence();

  constructor(index: number, handle: ThreadHandle, kernel: KernelThread) {
    this.index = index;
    this.handle = handle;
    this.isMain = handle.isMain;
    this.kernel = kernel;
  }

  /**
   * Reads the scheduler clock for the tick that comes. False if the thread has not been on a CPU since the last tick, which found it asleep:
   * then neither its stack nor what it sleeps in can have changed. (It may have been woken meanwhile and wait for a CPU; the next tick
   * at which it has run shows that as run delay.)
   */
  hasRun(): boolean {
    const { columns, kernel } = this;
    this.isGone = !kernel.readSchedulerClock();
    const last = columns.length - 1;
    this.#isUnchanged =
      this.#isAsleep &&
      !this.isGone &&
      last >= 0 &&
      // A kernel without scheduler statistics shows zeros: nothing can be skipped then.
      kernel.timeSlices > 0 &&
      columns.timeSlices[last] === kernel.timeSlices &&
      columns.cpu[last] === kernel.cpuNanoseconds;
    return !this.#isUnchanged;
  }

  /** Whether the thread, as far as is known, runs at this tick or waits for a CPU. To be asked after {@link hasRun}. */
  isOnRunQueue(isGilHolder: boolean): boolean {
    if (this.isGone || this.#isUnchanged) return false;
    const state = this.kernel.readState(isGilHolder);
    if (state !== KernelState.onRunQueue && !this.kernel.wasOnCpu) return false;
    this.#kernelState = state;
    return true;
  }

  /** Whether the last row shows its event loop held in a callback that sleeps, or that waits for a CPU. */
  get isHeldInCallback(): boolean {
    const last = this.columns.length - 1;
    return !this.isGone && last >= 0 && isHeldInCallback(this.columns, last);
  }

  /** Adds the row of this tick, after {@link hasRun} has read its clock; none, and never again, once the thread is gone. */
  observe(tools: TickTools, isGilHolder: boolean): void {
    if (this.#isUnchanged && this.#hasStack) {
      this.columns.repeatLast();
      return;
    }
    const kernelState = this.#kernelState ?? this.kernel.readState(isGilHolder);
    const row = this.#addRow(kernelState);
    if (row !== undefined) this.#observeStack(tools, row, kernelState, isGilHolder);
  }

  /**
   * The same for a tick of which nothing but the main thread's load will be kept, for no thread was on a CPU: stacks are not read where they
   * are not needed to tell idle from waiting.
   */
  observeAsleep(tools: TickTools, isGilHolder: boolean): void {
    if (this.#isUnchanged) {
      this.columns.repeatLast();
      return;
    }
    const kernelState = this.kernel.readState(isGilHolder);
    const row = this.#addRow(kernelState);
    if (row === undefined) return;
    const { columns } = this;
    if (kernelState === KernelState.onRunQueue) {
      // It woke up a moment ago, and was not yet on a CPU when the tick began.
      columns.states[row] = ThreadState.runnable;
      return;
    }
    const sleepPlace = findSleepPlace(this.kernel, tools.reader);
    if (this.isMain && sleepPlace === 'other') {
      this.#observeStack(tools, row, kernelState, isGilHolder);
      return;
    }
    this.#isAsleep = !isGilHolder;
    columns.gil[row] = toGilState(isGilHolder, sleepPlace);
    columns.states[row] = sleepPlace === 'epoll' ? ThreadState.idle : ThreadState.waiting;
    if (sleepPlace !== 'epoll') return;
    this.#dispatches.end();
    columns.dispatches[row] = IN_LOOP;
  }

  /** Undefined where the thread is gone. The row holds its clock. */
  #addRow(kernelState: KernelState): number | undefined {
    const { columns, kernel } = this;
    this.#kernelState = undefined;
    this.#isAsleep = this.#hasStack = false;
    if (kernelState === KernelState.gone) {
      this.isGone = true;
      return undefined;
    }
    if (kernel.timeSlices === 0) {
      // Without scheduler statistics, CPU time has the grain of `stat`.
      kernel.cpuNanoseconds = (kernel.userClockTicks + kernel.systemClockTicks) * NANOSECONDS_PER_CLOCK_TICK;
    }
    const row = columns.addRow();
    this.#storeClock(row);
    return row;
  }

  observeClock(): void {
    if (!this.isGone) this.kernel.readSchedulerClock();
    this.#storeClock(this.columns.addRow());
  }

  #storeClock(row: number): void {
    const { columns, kernel } = this;
    columns.cpu[row] = kernel.cpuNanoseconds;
    columns.runDelay[row] = kernel.runDelayNanoseconds;
    columns.timeSlices[row] = kernel.timeSlices;
    columns.userTime[row] = kernel.userClockTicks;
    columns.systemTime[row] = kernel.systemClockTicks;
  }

  #observeStack(
    { reader, interner, stack }: TickTools,
    row: number,
    kernelState: KernelState,
    isGilHolder: boolean,
  ): void {
    const { columns, kernel } = this;
    const isOnRunQueue = kernelState === KernelState.onRunQueue;
    const isAwake = isOnRunQueue || kernel.wasOnCpu;
    const sleepPlace = isAwake ? undefined : findSleepPlace(kernel, reader);
    columns.gil[row] = toGilState(isGilHolder, sleepPlace);

    // It fell asleep after its stack was copied, maybe somewhere else.
    if (!isAwake) reader.forgetAhead();
    const outcome = reader.readStack(this.handle, stack);
    const index =
      outcome === 'read' ? interner.intern(stack, (this.#paths[stack.likeness] ??= new InternedPath())) : undefined;
    this.#hasStack = index !== undefined;
    this.#isAsleep = !isAwake && !isGilHolder && this.#hasStack;
    if (index === undefined) {
      const isTorn = outcome === 'torn';
      if (isTorn) this.#countTorn(stack, interner);
      else this.stacksUnreadable++;
      columns.states[row] = isTorn ? ThreadState.lostTorn : ThreadState.lostUnreadable;
      columns.stacks[row] = NO_STACK;
      return;
    }
    columns.stacks[row] = index;
    columns.dispatches[row] = this.#dispatches.follow(stack);
    columns.states[row] = toThreadState(stack, sleepPlace);
    if (kernel.wasOnCpu) columns.seenOnCpu[row] = 1;
    if (isOnRunQueue && !isGilHolder) this.#lookAgain(row);
  }

  #countTorn({ lostLeaf }: StackBuffer, interner: StackInterner): void {
    this.stacksTorn++;
    if (lostLeaf === undefined) return;
    const leaf = interner.internCode(lostLeaf);
    this.givenUp.set(leaf, (this.givenUp.get(leaf) ?? 0) + 1);
  }

  /**
   * Reads the clock of a thread on the run queue once more, which often tells what it was doing when the clock of this row was read. It was
   * given a CPU since: it waited for one. Timers of sleeping threads fire together with the sampler's own, so a tick often meets a thread
   * that has just woken up. It was given none, and CPU time was charged to it: it was on one, at the end of a slice, often about to sleep.
   */
  #lookAgain(row: number): void {
    const { columns, kernel } = this;
    if (!kernel.readSchedulerClock()) return;
    if (kernel.timeSlices !== columns.timeSlices[row]) columns.states[row] = ThreadState.runnable;
    else if (kernel.cpuNanoseconds !== columns.cpu[row]) columns.seenOnCpu[row] = 1;
  }
}

/**
 * State of a thread whose stack was read: `running` if it is not asleep. Asleep it is idle in the poll of an event loop and in the
 * known waits for work, unless it waits for the GIL, and else waiting. A callback that waits, for whatever it be, holds up its loop: that is never idle.
 */
export function toThreadState(stack: StackBuffer, sleepPlace: SleepPlace | undefined): ThreadState {
  if (sleepPlace === undefined) return ThreadState.running;
  if (stack.dispatchKind === DispatchKind.callback) return ThreadState.waiting;
  if (sleepPlace === 'epoll') return ThreadState.idle;
  if (sleepPlace === 'gil' || stack.length === 0) return ThreadState.waiting;
  const caller = stack.length > 1 ? stack.codes[1] : undefined;
  return isKnownWait(stack.codes[0]!, caller) ? ThreadState.idle : ThreadState.waiting;
}
