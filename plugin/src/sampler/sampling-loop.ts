import type {
  CounterRow,
  EndReason,
  RecordingMode,
  TraceEnd,
  TraceEvent,
  TraceHeader,
  TraceLine,
} from '#trace/contract/trace-lines.ts';
import { TRACE_FORMAT, TRACE_VERSION } from '#trace/contract/trace-lines.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import {
  microseconds,
  unixMilliseconds,
  MICROSECONDS_PER_SECOND,
  type Microseconds,
  type UnixMilliseconds,
} from '#trace/contract/units.ts';
import type { InterpreterReader, ThreadHandle } from '../cpython/interpreter-reader.ts';
import { isStateOf } from '../cpython/interpreter-reader.ts';
import { StackBuffer } from '../cpython/stack-buffer.ts';
import { NULL_ADDRESS, type RemoteAddress } from '../memory/remote-address.ts';
import { ChunkBuilder, type ChunkNews } from './chunk-builder.ts';
import { Pacer } from './pacer.ts';
import { ProcessCounters } from './process-counters.ts';
import { StackInterner } from './stack-interner.ts';
import { SuspensionWatch } from './suspension-watch.ts';
import { describeInterpreter } from './target.ts';
import { ThreadRoster } from './thread-roster.ts';
import type { ThreadTrack, TickTools } from './thread-track.ts';
import { SAMPLER_VERSION } from './version.ts';

/**
 * Time between two chunks: what a crash can lose, and how often a live view grows. Twice a second is enough for the eye, and the
 * bound on what a kill may lose is a second.
 */
export const CHUNK_INTERVAL: Microseconds = microseconds(500_000);
const CLOCK_READINGS = 4;
const MICROSECONDS_PER_MILLISECOND = 1000;
const NANOSECONDS_PER_MICROSECOND = 1000n;

export interface SamplerOptions {
  readonly pid: number;
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  /** The recording ends by itself after this time. */
  readonly periodSeconds: number;
  readonly recordingId: string;
  /** Whether the next recording begins where the period of this one ends, without losing a tick. */
  readonly rotates?: boolean;
}

/** Time 0 of a recording, on each of the clocks that it is told by. */
interface StartMoment {
  /** As `performance.now()` has it, milliseconds. */
  readonly performance: number;
  readonly unix: UnixMilliseconds;
  readonly monotonic: Microseconds;
}

const readClocks = (): StartMoment => ({
  performance: performance.now(),
  unix: unixMilliseconds(Date.now()),
  monotonic: microseconds(Number(process.hrtime.bigint() / NANOSECONDS_PER_MICROSECOND)),
});

/** Of several readings, that whose clocks were read closest together: on a busy machine a thread may lose its CPU between two of them for milliseconds. */
const startNow = (): StartMoment => {
  const readings = Array.from({ length: CLOCK_READINGS }, () => {
    const moment = readClocks();
    return { moment, span: performance.now() - moment.performance };
  });
  return readings.reduce((closest, reading) => (reading.span < closest.span ? reading : closest)).moment;
};

/**
 * The moment so long after another, on the same time grid. What time it was then is asked of the wall clock of now: that is set and slewed, and
 * a service that added up its periods instead would be seconds off after some weeks.
 */
const addTo = (start: StartMoment, span: Microseconds): StartMoment => {
  const now = startNow();
  const moment = start.performance + span / MICROSECONDS_PER_MILLISECOND;
  return {
    performance: moment,
    unix: unixMilliseconds(Math.round(now.unix - (now.performance - moment))),
    monotonic: microseconds(start.monotonic + Math.round(span)),
  };
};

/** Sleeps for so many milliseconds, or less: true as soon as the recording is to stop. */
export type Sleep = (milliseconds: number) => boolean;

/** One recording of one process: takes ticks until told to stop, and emits the lines of the trace. */
export class SamplingLoop {
  readonly header: TraceHeader;
  readonly #options: SamplerOptions;
  readonly #reader: InterpreterReader;
  readonly #tools: TickTools;
  readonly #pacer: Pacer;
  readonly #builder: ChunkBuilder;
  readonly #counters: ProcessCounters;
  readonly #roster: ThreadRoster;
  readonly #suspensions = new SuspensionWatch();
  readonly #start: StartMoment;
  #end: EndReason | undefined;
  #asked = 0;
  #late = 0;
  #retries = 0;

  constructor(options: SamplerOptions, reader: InterpreterReader, start = startNow()) {
    this.#options = options;
    this.#start = start;
    this.#reader = reader;
    const interner = new StackInterner();
    this.#tools = { reader, interner, stack: new StackBuffer() };
    this.#pacer = new Pacer(options.frequencyHz);
    this.#builder = new ChunkBuilder(options.mode, interner);
    this.#counters = new ProcessCounters(options.pid);
    this.#roster = new ThreadRoster(options.pid, reader);
    this.#retries = reader.retries;
    this.header = {
      kind: 'header',
      format: TRACE_FORMAT,
      version: TRACE_VERSION,
      recordingId: options.recordingId,
      target: describeInterpreter(options.pid, reader),
      frequencyHz: options.frequencyHz,
      mode: options.mode,
      periodSeconds: options.periodSeconds,
      samplerVersion: SAMPLER_VERSION,
      clock: {
        startedAt: start.unix,
        monotonic: start.monotonic,
      },
    };
  }

  /** Runs until the recording ends, which it tells with the last line. Emits the header first. */
  run(sleep: Sleep, emit: (line: TraceLine) => void): TraceEnd {
    emit(this.header);
    let reason: EndReason;
    let message: string | undefined;
    try {
      reason = this.#takeTicks(sleep, emit);
    } catch (error) {
      reason = error instanceof ProfilerError && error.code === 'target-exited' ? 'target-exited' : 'sampler-failed';
      message = error instanceof Error ? error.message : String(error);
    }
    // A tick may have been late; the period is over when it is over, and the next recording begins there.
    const at = microseconds(Math.min(this.#now(), this.#period));
    emit(this.#builder.buildLast(at, this.#takeNews([], [])));
    const end: TraceEnd = {
      kind: 'end',
      at: microseconds(Math.round(at)),
      reason,
      ...(message === undefined ? {} : { message }),
    };
    emit(end);
    this.#end = reason;
    this.#close();
    return end;
  }

  /**
   * The recording that follows on this one, which has run: with tables of its own, on the time grid where this one's period ended. Undefined
   * where none is to follow. One that is more than a period late begins now: else each of the periods missed would get an empty recording.
   */
  successor(): SamplingLoop | undefined {
    if (!this.#isFollowed) return undefined;
    const isInTime = this.#now() < 2 * this.#period;
    return new SamplingLoop(this.#options, this.#reader, isInTime ? addTo(this.#start, this.#period) : startNow());
  }

  #takeTicks(sleep: Sleep, emit: (line: TraceLine) => void): EndReason {
    const endsAt = this.#period;
    let chunkDueAt: number = CHUNK_INTERVAL;
    for (;;) {
      const deadline = Math.min(this.#pacer.nextDeadline(this.#now()), endsAt);
      for (let wait = deadline - this.#now(); wait > 0; wait = deadline - this.#now()) {
        if (sleep(wait / MICROSECONDS_PER_MILLISECOND)) return 'stopped';
      }
      const now = this.#now();
      if (now >= endsAt) return 'period-over';
      this.#pacer.begin(now);
      if (!this.#takeTick(now)) return 'target-exited';
      // Asked after every tick too: at high frequencies there may be no time left to sleep.
      if (sleep(0)) return 'stopped';
      if (now >= chunkDueAt) {
        const counters = this.#counters.read(microseconds(Math.round(now)), this.#roster.nativeIds());
        const suspension = this.#suspensions.look(counters.at, this.#counters.isTargetStopped);
        emit(this.#builder.build(this.#takeNews([counters], suspension)));
        chunkDueAt = now + CHUNK_INTERVAL;
      }
    }
  }

  /**
   * Looks at every thread once. False when the target is gone. Where no thread has run since the last tick, nothing can have changed: no
   * thread can have begun, and none can have taken the GIL or let go of it.
   */
  #takeTick(now: Microseconds): boolean {
    const roster = this.#roster;
    let hasAnyRun = roster.isEmpty;
    let ahead: ThreadHandle | undefined;
    for (const track of roster.tracks()) {
      if (track.isGone || !track.hasRun()) continue;
      hasAnyRun = true;
      // Its stack is wanted, most likely: to copy it together with the rest is cheaper, and it is that of the moment at which the GIL was looked at.
      ahead ??= track.handle;
    }
    const reading = hasAnyRun ? this.#reader.readThreads(ahead) : undefined;
    if (reading !== undefined) for (const track of roster.follow(now, reading.threads)) this.#builder.addThread(track);
    const holder = reading?.gil.isLocked === true ? reading.gil.holder : NULL_ADDRESS;
    let isWhole = this.#isToBeKept(holder);
    this.#builder.addTick(now);
    // The main thread first: should its loop be held in a callback, the tick is kept even if nobody is on a CPU.
    for (const track of roster.tracks()) {
      if (!track.isMain) continue;
      this.#observe(track, holder, isWhole);
      isWhole ||= track.isHeldInCallback;
    }
    for (const track of roster.tracks()) if (!track.isMain) this.#observe(track, holder, isWhole);
    this.#builder.endTick(this.#now());
    return !roster.hasLost(this.#options.pid);
  }

  #observe(track: ThreadTrack, holder: RemoteAddress, isWhole: boolean): void {
    if (track.isGone) return;
    const isGilHolder = isStateOf(track.handle, holder);
    if (isWhole) track.observe(this.#tools, isGilHolder);
    else track.observeAsleep(this.#tools, isGilHolder);
  }

  /** Whether the mode may keep this tick: all but `real` leave out those at which no thread is on a CPU. */
  #isToBeKept(holder: RemoteAddress): boolean {
    if (this.#options.mode === 'real') return true;
    for (const track of this.#roster.tracks()) if (track.isOnRunQueue(isStateOf(track.handle, holder))) return true;
    return false;
  }

  /** What a chunk brings beside its ticks. */
  #takeNews(counters: readonly CounterRow[], events: readonly TraceEvent[]): ChunkNews {
    const { ticksAsked, ticksLate } = this.#pacer;
    const { retries } = this.#reader;
    const pacing = {
      ticksAsked: ticksAsked - this.#asked,
      ticksLate: ticksLate - this.#late,
      stacksRetried: retries - this.#retries,
    };
    this.#asked = ticksAsked;
    this.#late = ticksLate;
    this.#retries = retries;
    return { pacing, threads: this.#roster.takeDescribed(), counters, events };
  }

  get #period(): Microseconds {
    return microseconds(this.#options.periodSeconds * MICROSECONDS_PER_SECOND);
  }

  get #isFollowed(): boolean {
    return this.#options.rotates === true && this.#end === 'period-over';
  }

  #now(): Microseconds {
    return microseconds((performance.now() - this.#start.performance) * MICROSECONDS_PER_MILLISECOND);
  }

  #close(): void {
    this.#roster.close();
    this.#counters.close();
    // What it knows of the target's code is worth keeping.
    if (!this.#isFollowed) this.#reader.close();
  }
}
