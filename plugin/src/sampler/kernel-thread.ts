import { ProcFile } from './proc-file.ts';

/** What the kernel says of a thread, coarser than the trace's states: on a CPU and waiting for one look alike here. */
export const KernelState = { gone: 0, asleep: 1, onRunQueue: 2 } as const;
export type KernelState = (typeof KernelState)[keyof typeof KernelState];

const CLOSING_PARENTHESIS = 0x29;
const LETTER_R = 0x52;
const LETTER_X = 0x58;
const LETTER_Z = 0x5a;
/** Fields of `stat` between the state (3) and utime (14). */
const STAT_FIELDS_BETWEEN_STATE_AND_UTIME = 10;

/** Numbers of the system calls that matter, by architecture: those in which an event loop waits for events, and the futex. */
const SYSTEM_CALLS: Readonly<Record<string, { readonly epollWaits: readonly number[]; readonly futex: number }>> = {
  x64: { epollWaits: [232, 281, 441], futex: 202 }, // epoll_wait, epoll_pwait, epoll_pwait2
  arm64: { epollWaits: [22, 441], futex: 98 }, // epoll_pwait, epoll_pwait2
};
const { epollWaits: EPOLL_WAITS, futex: FUTEX } = SYSTEM_CALLS[process.arch] ?? { epollWaits: [], futex: -1 };
/** Kernel thread names are cut at this length. */
export const KERNEL_NAME_LENGTH = 15;

/** System call a sleeping thread is in. `unknown` where the kernel does not let us see it. */
export type SleepKind = 'unknown' | 'other' | 'epoll' | 'futex';

/** One thread as `/proc/PID/task/TID` shows it, its files kept open. Fields hold what was last read. */
export class KernelThread {
  readonly nativeId: number;
  /** CPU time in nanoseconds. Of a running thread it moves only at kernel ticks, in steps of about 4 ms. */
  cpuNanoseconds = 0;
  /** Time spent runnable without a CPU, nanoseconds; grows when the thread gets one. */
  runDelayNanoseconds = 0;
  /** How often the thread was given a CPU. */
  timeSlices = 0;
  /** User and system CPU time in clock ticks of 10 ms, as of when the thread was last seen on the run queue. */
  userClockTicks = 0;
  systemClockTicks = 0;
  /** What a sleeping thread was last seen to sleep in. */
  sleepKind: SleepKind = 'unknown';
  /** Address of the futex the thread sleeps on, where {@link sleepKind} says that it does. */
  futexAddress = 0;
  /** Whether the thread was on the run queue at the last look. */
  wasOnRunQueue = false;
  /**
   * Whether a thread that the last look found asleep was still on a CPU when its clock was read right before. To go to sleep takes CPU
   * time in the kernel, tens of microseconds where a hypervisor sets the timer. All the while the thread counts as asleep, and who asks
   * what it sleeps in waits for it to be off its CPU (`wait_task_inactive` in kernel/sched/core.c).
   */
  wasOnCpu = false;
  /** The clock as it was read before that. */
  #cpuAtLook = 0;
  #timeSlicesAtLook = 0;
  /** Whether the clock was read since. */
  #hasNewClock = false;
  readonly #schedstat: ProcFile;
  readonly #stat: ProcFile;
  readonly #syscall: ProcFile | undefined;

  private constructor(nativeId: number, schedstat: ProcFile, stat: ProcFile, syscall: ProcFile | undefined) {
    this.nativeId = nativeId;
    this.#schedstat = schedstat;
    this.#stat = stat;
    this.#syscall = syscall;
  }

  /** Undefined where the thread is gone. */
  static open(pid: number, nativeId: number): KernelThread | undefined {
    const folder = `/proc/${pid}/task/${nativeId}`;
    const schedstat = ProcFile.open(`${folder}/schedstat`);
    const stat = ProcFile.open(`${folder}/stat`);
    if (schedstat === undefined || stat === undefined) {
      schedstat?.close();
      stat?.close();
      return undefined;
    }
    return new KernelThread(nativeId, schedstat, stat, ProcFile.open(`${folder}/syscall`));
  }

  /** Reads CPU time, run delay and time slices. False once the thread is gone. */
  readSchedulerClock(): boolean {
    if (!this.#schedstat.reload()) return false;
    this.cpuNanoseconds = this.#schedstat.nextNumber();
    this.runDelayNanoseconds = this.#schedstat.nextNumber();
    this.timeSlices = this.#schedstat.nextNumber();
    this.#hasNewClock = true;
    return true;
  }

  /**
   * Reads what the thread is doing: asleep, then {@link sleepKind} says in what; or on the run queue, then its user and system times are
   * read as well. One file tells in most cases, if the more likely is tried first.
   *
   * Nothing is read of a thread that was on the run queue and whose clock, read since, has not moved: the kernel charges CPU time whenever it takes a thread from its CPU, and
   * counts when it gives it one, so that the thread is where it was.
   *
   * @param isLikelyAwake what to try first
   */
  readState(isLikelyAwake = false): KernelState {
    this.sleepKind = 'unknown';
    this.wasOnCpu = false;
    const mayHaveRun = this.#hasNewClock && this.#hasClockMoved();
    if (this.wasOnRunQueue && this.#hasNewClock && !mayHaveRun) {
      this.#hasNewClock = false;
      return KernelState.onRunQueue;
    }
    const state = this.#readState(isLikelyAwake);
    if (state === KernelState.asleep && mayHaveRun) this.wasOnCpu = this.#wasChargedSinceClock();
    this.wasOnRunQueue = state === KernelState.onRunQueue;
    this.#cpuAtLook = this.cpuNanoseconds;
    this.#timeSlicesAtLook = this.timeSlices;
    this.#hasNewClock = false;
    return state;
  }

  /** A kernel without scheduler statistics shows zeros, which say nothing. */
  #hasClockMoved(): boolean {
    return (
      this.timeSlices === 0 || this.timeSlices !== this.#timeSlicesAtLook || this.cpuNanoseconds !== this.#cpuAtLook
    );
  }

  /** Whether CPU time was charged since the clock was read, in a slice that had begun then: the thread was on a CPU. */
  #wasChargedSinceClock(): boolean {
    if (!this.#schedstat.reload()) return false;
    const cpu = this.#schedstat.nextNumber();
    this.#schedstat.skipFields(1);
    return this.#schedstat.nextNumber() === this.timeSlices && cpu > this.cpuNanoseconds;
  }

  #readState(isLikelyAwake: boolean): KernelState {
    if (isLikelyAwake) {
      const state = this.#readStat();
      if (state !== KernelState.asleep) return state;
    }
    if (this.#syscall?.reload() === true) {
      this.sleepKind = 'other';
      if (this.#syscall.beginsWithDigit()) {
        this.#parseSystemCall(this.#syscall);
        return KernelState.asleep;
      }
    }
    return this.#readStat();
  }

  #readStat(): KernelState {
    if (!this.#stat.reload()) return KernelState.gone;
    this.#stat.seekAfterLast(CLOSING_PARENTHESIS);
    const letter = this.#stat.nextByte();
    this.#stat.skipFields(STAT_FIELDS_BETWEEN_STATE_AND_UTIME);
    this.userClockTicks = this.#stat.nextNumber();
    this.systemClockTicks = this.#stat.nextNumber();
    switch (letter) {
      case LETTER_R:
        return KernelState.onRunQueue;
      case LETTER_X:
      case LETTER_Z:
      case 0:
        return KernelState.gone;
      default:
        return KernelState.asleep;
    }
  }

  #parseSystemCall(syscall: ProcFile): void {
    const call = syscall.nextNumber();
    if (EPOLL_WAITS.includes(call)) this.sleepKind = 'epoll';
    if (call !== FUTEX) return;
    this.sleepKind = 'futex';
    this.futexAddress = syscall.nextHexadecimal();
  }

  /** The name the kernel has for the thread, cut at {@link KERNEL_NAME_LENGTH} characters. */
  readName(): string {
    if (!this.#stat.reload()) return '';
    const text = this.#stat.text();
    return text.slice(text.indexOf('(') + 1, text.lastIndexOf(')'));
  }

  close(): void {
    this.#schedstat.close();
    this.#stat.close();
    this.#syscall?.close();
  }
}
