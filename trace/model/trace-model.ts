import { LOSS_FIELDS } from '../contract/decode-chunk.ts';
import { badTrace } from '../contract/field-decoder.ts';
import type {
  LossCounts,
  ThreadRow,
  TraceChunk,
  TraceEnd,
  TraceEvent,
  TraceHeader,
  TraceLine,
} from '../contract/trace-lines.ts';
import {
  functionIndex,
  microseconds,
  tickPeriod,
  type FrameIndex,
  type FunctionIndex,
  type Microseconds,
  type ThreadIndex,
} from '../contract/units.ts';
import { checkChunk, TRACE_CAPS, type TraceCaps } from './check-chunk.ts';
import { columnsOf, float64Column, lowerBound, type ColumnMemory, type ColumnView } from './column.ts';
import { CounterTable } from './counter-table.ts';
import { CpuShares } from './cpu-shares.ts';
import { EventList } from './event-list.ts';
import { FunctionTable } from './function-table.ts';
import { RunTable } from './run-table.ts';
import { StackTable } from './stack-table.ts';

/** V8, for a short text besides its characters. */
const BYTES_PER_STRING = 24;
/** Most texts are Latin-1, of which each character takes one. */
const BYTES_PER_UNIT = 1;

type Totals = { -readonly [Field in keyof LossCounts]: number };

/** A trace in memory, as columns that only grow. Everything that is shown of a trace is computed from one of these. */
export class TraceModel {
  readonly functions = new FunctionTable();
  readonly stacks = new StackTable();
  readonly runs = new RunTable();
  readonly counters = new CounterTable();
  readonly #strings: string[] = [];
  #stringUnits = 0;
  readonly #threads: ThreadRow[] = [];
  readonly #ticks = float64Column();
  readonly #leftOutTicks = float64Column();
  /** Numbers of the slow ticks, and how long they took. */
  readonly #slowTicks = float64Column();
  readonly #slowSpans = float64Column();
  readonly #shares = new CpuShares();
  readonly #events = new EventList();
  readonly #losses = Object.fromEntries(LOSS_FIELDS.map((field) => [field, 0])) as Totals;
  readonly #givenUp = new Map<FunctionIndex, number>();
  readonly #caps: TraceCaps;
  #header: TraceHeader | undefined;
  #end: TraceEnd | undefined;
  #revision = 0;

  constructor(caps: TraceCaps = TRACE_CAPS) {
    this.#caps = caps;
  }

  /** One more with every line that was taken in: equal revisions of one model hold the same trace. */
  get revision(): number {
    return this.#revision;
  }

  /** Absent only before the first line. */
  get header(): TraceHeader | undefined {
    return this.#header;
  }

  /** Absent while the trace goes on, and for good where it was cut. */
  get end(): TraceEnd | undefined {
    return this.#end;
  }

  get strings(): readonly string[] {
    return this.#strings;
  }

  get threads(): readonly ThreadRow[] {
    return this.#threads;
  }

  get threadCount(): number {
    return this.#threads.length;
  }

  /** Times of the ticks, microseconds since the recording's start. */
  get ticks(): ColumnView<Float64Array> {
    return this.#ticks;
  }

  get tickCount(): number {
    return this.#ticks.length;
  }

  /** When a tick was over, microseconds since the recording's start: what it shows is of a moment between its time and this one. */
  endOfTick(tick: number): number {
    const { values, length } = this.#slowTicks;
    const slow = lowerBound(values, length, tick);
    const isSlow = slow < length && values[slow] === tick;
    return this.#ticks.values[tick]! + (isSlow ? this.#slowSpans.values[slow]! : 0);
  }

  get events(): readonly TraceEvent[] {
    return this.#events.rows;
  }

  /** Over the whole trace. */
  get losses(): LossCounts {
    return this.#losses;
  }

  /** Stacks given up, by the function that was innermost; less than {@link LossCounts.stacksTorn} where that could not be told. */
  get givenUp(): ReadonlyMap<FunctionIndex, number> {
    return this.#givenUp;
  }

  /** Ticks that the recording's mode left out, per chunk. */
  get leftOutTicks(): ColumnView<Float64Array> {
    return this.#leftOutTicks;
  }

  /** Wall-clock time that one tick stands for. */
  get period(): Microseconds {
    return tickPeriod(this.#header?.frequencyHz ?? 1);
  }

  /** From the recording's start to its end or, while it goes on, to the end of its last tick's period. */
  get duration(): Microseconds {
    const afterLastTick = this.tickCount === 0 ? 0 : this.#lastTick() + this.period;
    return microseconds(Math.max(afterLastTick, this.#lastCounter(), this.#end?.at ?? 0));
  }

  /** Memory of all tables; of texts an estimate. */
  get memoryBytes(): number {
    const columns = this.#columns().reduce((sum, column) => sum + column.bytes, 0);
    return (
      columns + this.stacks.indexBytes + this.#stringUnits * BYTES_PER_UNIT + this.#strings.length * BYTES_PER_STRING
    );
  }

  /** Of the file that is read, `share` came so far, more than 0 to 1. */
  expectWhole(share: number): void {
    for (const column of this.#columns()) column.expectWhole(share);
  }

  /** Gives back memory that is kept for more, where no more is expected. */
  trim(): void {
    for (const column of this.#columns()) column.trim();
  }

  #columns(): ColumnMemory[] {
    const tables = [this.functions, this.stacks, this.runs].flatMap(columnsOf);
    return [...tables, ...this.counters.columns, this.#ticks, this.#leftOutTicks, this.#slowTicks, this.#slowSpans];
  }

  /** CPU time of a thread that no tick stands for, because none caught the thread on a CPU at the time. */
  unattributedCpu(thread: ThreadIndex): Microseconds {
    return microseconds(this.#shares.unattributed.values[thread]!);
  }

  functionName(index: FunctionIndex): string {
    return this.#strings[this.functions.names.values[index]!]!;
  }

  functionFile(index: FunctionIndex): string {
    return this.#strings[this.functions.files.values[index]!]!;
  }

  /** 0 where unknown. */
  functionFirstLine(index: FunctionIndex): number {
    return this.functions.firstLines.values[index]!;
  }

  frameFunction(index: FrameIndex): FunctionIndex {
    return functionIndex(this.functions.frameFunctions.values[index]!);
  }

  /** 0 where unknown. */
  frameLine(index: FrameIndex): number {
    return this.functions.frameLines.values[index]!;
  }

  /**
   * Takes the next line in, wholly or, if it throws 'bad-trace', not at all.
   *
   * @returns whether the line was new. A line that the model has already (a connection that was made again sends some) changes nothing.
   */
  append(line: TraceLine): boolean {
    const isNew = this.#appendByKind(line);
    if (isNew) {
      this.#revision++;
    }
    return isNew;
  }

  #appendByKind(line: TraceLine): boolean {
    switch (line.kind) {
      case 'header':
        return this.#appendHeader(line);
      case 'chunk':
        return this.#appendChunk(line);
      case 'end':
        return this.#appendEnd(line);
    }
  }

  #appendHeader(header: TraceHeader): boolean {
    if (this.#header === undefined) {
      this.#header = header;
      return true;
    }
    if (header.recordingId !== this.#header.recordingId) {
      throw badTrace(`A header of recording ${header.recordingId} follows lines of ${this.#header.recordingId}`);
    }
    return false;
  }

  #appendEnd(end: TraceEnd): boolean {
    if (this.#header === undefined) {
      throw badTrace('The trace does not start with a header');
    }
    if (this.#end !== undefined) {
      return false;
    }
    this.#end = end;
    return true;
  }

  #appendChunk(chunk: TraceChunk): boolean {
    if (this.#header === undefined) {
      throw badTrace('The trace does not start with a header');
    }
    const expected = this.runs.chunkCount;
    if (chunk.sequence < expected) {
      return false;
    }
    if (chunk.sequence > expected) {
      throw badTrace(`Chunk ${chunk.sequence} follows where chunk ${expected} is due`, { sequence: chunk.sequence });
    }
    if (this.#end !== undefined) {
      throw badTrace('The trace goes on after its end');
    }
    this.#check(chunk);
    this.#reserve(chunk);
    this.#write(chunk);
    return true;
  }

  #check(chunk: TraceChunk): void {
    checkChunk(
      chunk,
      {
        strings: this.#strings.length,
        stringUnits: this.#stringUnits,
        functions: this.functions.count,
        frames: this.functions.frameCount,
        stackDepths: this.stacks.depths,
        threads: this.#threads.length,
        ticks: this.tickCount,
        lastTick: this.#lastTick(),
        stretches: this.runs.stretchCount,
        runs: this.runs.count,
        counters: this.counters.count,
        lastCounter: this.#lastCounter(),
        events: this.#events.rows.length,
      },
      this.#caps,
    );
  }

  /** All that can still fail, for want of memory, before the first change. */
  #reserve(chunk: TraceChunk): void {
    this.functions.reserve(chunk.functions.names.length, chunk.frames.functions.length);
    this.stacks.reserve(chunk.stacks.parents.length);
    this.#shares.reserve(this.#threads.length + chunk.threads.length);
    this.#ticks.reserve(chunk.ticks.length);
    this.#leftOutTicks.reserve(1);
    const slowCount = chunk.slowTicks?.ticks.length ?? 0;
    this.#slowTicks.reserve(slowCount);
    this.#slowSpans.reserve(slowCount);
    const runCount = chunk.runs.reduce((sum, { ticks }) => sum + ticks.length, 0);
    this.runs.reserve(chunk.runs.length, runCount);
    this.counters.reserve(chunk.counters.length);
  }

  #write(chunk: TraceChunk): void {
    const firstTick = this.tickCount;
    for (const text of chunk.strings) {
      this.#strings.push(text);
      this.#stringUnits += text.length;
    }
    this.functions.append(chunk.functions, chunk.frames);
    this.stacks.append(chunk.stacks, this.functions.frameFunctions);
    this.#writeThreads(chunk.threads);
    let time = 0;
    for (const step of chunk.ticks) {
      time += step;
      this.#ticks.push(time);
    }
    this.runs.append(firstTick, chunk.runs, this.period, this.#shares);
    this.#leftOutTicks.push(chunk.losses.ticksLeftOut);
    this.counters.append(chunk.counters);
    this.#events.append(chunk.events);
    for (const field of LOSS_FIELDS) {
      this.#losses[field] += chunk.losses[field];
    }
    chunk.slowTicks?.ticks.forEach((tick, row) => {
      this.#slowTicks.push(firstTick + tick);
      this.#slowSpans.push(chunk.slowTicks!.spans[row]!);
    });
    chunk.givenUp?.functions.forEach((index, row) => {
      const leaf = functionIndex(index);
      this.#givenUp.set(leaf, (this.#givenUp.get(leaf) ?? 0) + chunk.givenUp!.stacks[row]!);
    });
  }

  #writeThreads(rows: readonly ThreadRow[]): void {
    for (const row of rows) {
      if (row.thread === this.#threads.length) {
        this.#threads.push(row);
        this.#shares.addThread();
      } else {
        this.#threads[row.thread] = row;
      }
    }
  }

  #lastTick(): number {
    return this.tickCount === 0 ? 0 : this.#ticks.values[this.tickCount - 1]!;
  }

  #lastCounter(): number {
    return this.counters.count === 0 ? 0 : this.counters.times.values[this.counters.count - 1]!;
  }
}
