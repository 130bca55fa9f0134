import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { NO_STACK } from '#trace/contract/units.ts';
import { NO_DISPATCH } from './dispatch-sequence.ts';

const FIRST_CAPACITY = 128;

/**
 * What was seen of one thread at each tick of the chunk in the making: one column per reading, all `length` long. Columns are re-used
 * from chunk to chunk and grow as needed.
 */
export class TickColumns {
  length = 0;
  /** {@link ThreadState}; `running` stands for "on the run queue" until the classifier has seen the next tick. */
  states = new Uint8Array(FIRST_CAPACITY);
  /** {@link GilState}. */
  gil = new Uint8Array(FIRST_CAPACITY);
  /** 1 where a thread on the run queue was seen to be on a CPU: its state is not to be judged by what followed. */
  seenOnCpu = new Uint8Array(FIRST_CAPACITY);
  stacks = new Int32Array(FIRST_CAPACITY);
  /** Number of the dispatch that its event loop was in, {@link IN_LOOP} or {@link NO_DISPATCH}. */
  dispatches = new Int32Array(FIRST_CAPACITY);
  /** The dispatch of the last row that went into a chunk and was in one. */
  lastKeptDispatch = NO_DISPATCH;
  /** {@link dispatches} of the row before the first. */
  dispatchBefore = NO_DISPATCH;
  /** Scheduler clock at the tick: CPU time and run delay in nanoseconds, times it was given a CPU. */
  cpu = new Float64Array(FIRST_CAPACITY);
  runDelay = new Float64Array(FIRST_CAPACITY);
  timeSlices = new Float64Array(FIRST_CAPACITY);
  /** User and system time in clock ticks of 10 ms, as of the last tick that found the thread on the run queue. */
  userTime = new Float64Array(FIRST_CAPACITY);
  systemTime = new Float64Array(FIRST_CAPACITY);

  #columns(): (Uint8Array | Int32Array | Float64Array)[] {
    return [
      this.states,
      this.gil,
      this.seenOnCpu,
      this.stacks,
      this.dispatches,
      this.cpu,
      this.runDelay,
      this.timeSlices,
      this.userTime,
      this.systemTime,
    ];
  }

  /** Adds one row and gives its index; the caller fills it in. Until then it says that the thread is absent. */
  addRow(): number {
    if (this.length === this.states.length) this.#grow();
    const row = this.length++;
    this.states[row] = ThreadState.absent;
    this.gil[row] = GilState.neither;
    this.seenOnCpu[row] = 0;
    this.stacks[row] = NO_STACK;
    this.dispatches[row] = NO_DISPATCH;
    return row;
  }

  /** Adds a row for a tick at which the thread did not exist. Its clock stands where it stood. */
  addAbsent(): void {
    this.#repeatClock(this.addRow());
  }

  /** Adds a row equal to the last, its clock included: run delay moves only when a thread is given a CPU. */
  repeatLast(): void {
    const row = this.addRow();
    this.states[row] = this.states[row - 1]!;
    this.gil[row] = this.gil[row - 1]!;
    this.seenOnCpu[row] = this.seenOnCpu[row - 1]!;
    this.stacks[row] = this.stacks[row - 1]!;
    this.dispatches[row] = this.dispatches[row - 1]!;
    this.#repeatClock(row);
  }

  /** Forgets all rows but the last, which becomes the first. */
  keepLast(): void {
    this.dispatchBefore = this.length > 1 ? this.dispatches[this.length - 2]! : this.dispatchBefore;
    for (const column of this.#columns()) column[0] = column[this.length - 1]!;
    this.length = 1;
  }

  #repeatClock(row: number): void {
    if (row === 0) {
      this.cpu[0] = this.runDelay[0] = this.timeSlices[0] = this.userTime[0] = this.systemTime[0] = 0;
      return;
    }
    this.cpu[row] = this.cpu[row - 1]!;
    this.runDelay[row] = this.runDelay[row - 1]!;
    this.timeSlices[row] = this.timeSlices[row - 1]!;
    this.userTime[row] = this.userTime[row - 1]!;
    this.systemTime[row] = this.systemTime[row - 1]!;
  }

  #grow(): void {
    const grown = <Column extends Uint8Array | Int32Array | Float64Array>(column: Column, wider: Column): Column => {
      wider.set(column);
      return wider;
    };
    const capacity = this.states.length * 2;
    this.states = grown(this.states, new Uint8Array(capacity));
    this.gil = grown(this.gil, new Uint8Array(capacity));
    this.seenOnCpu = grown(this.seenOnCpu, new Uint8Array(capacity));
    this.stacks = grown(this.stacks, new Int32Array(capacity));
    this.dispatches = grown(this.dispatches, new Int32Array(capacity));
    this.cpu = grown(this.cpu, new Float64Array(capacity));
    this.runDelay = grown(this.runDelay, new Float64Array(capacity));
    this.timeSlices = grown(this.timeSlices, new Float64Array(capacity));
    this.userTime = grown(this.userTime, new Float64Array(capacity));
    this.systemTime = grown(this.systemTime, new Float64Array(capacity));
  }
}
