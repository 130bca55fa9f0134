import { TRACE_FORMAT, TRACE_VERSION } from '#trace/contract/trace-lines.ts';
import type {
  EndReason,
  RecordingMode,
  TraceChunk,
  TraceEnd,
  TraceHeader,
  TraceLine,
} from '#trace/contract/trace-lines.ts';
import { MICROSECONDS_PER_SECOND, microseconds, unixMilliseconds } from '#trace/contract/units.ts';

interface Request {
  readonly recordingId: string;
  readonly frequencyHz: number;
  readonly periodSeconds: number;
  readonly mode: RecordingMode;
  readonly pid: number;
}

export const SCRIPTED_REQUEST: Request = {
  recordingId: '20260102-030405-0123abcd',
  frequencyHz: 100,
  periodSeconds: 60,
  mode: 'real',
  pid: 4711,
};

export const scriptedTarget = (pid: number): TraceHeader['target'] => ({
  pid,
  startTimeClockTicks: 1,
  commandLine: ['python3', 'twistd'],
  executable: '/usr/bin/python3.11',
  pythonVersion: '3.11.2',
  host: 'master',
});

export const scriptedHeader = (request: Request = SCRIPTED_REQUEST): TraceHeader => ({
  kind: 'header',
  format: TRACE_FORMAT,
  version: TRACE_VERSION,
  recordingId: request.recordingId,
  target: scriptedTarget(request.pid),
  frequencyHz: request.frequencyHz,
  mode: request.mode,
  periodSeconds: request.periodSeconds,
  samplerVersion: '0.0.0',
  clock: { startedAt: unixMilliseconds(1_767_323_045_000), monotonic: microseconds(0) },
});

const CHUNK_TICKS = 50;
const CHUNK_MICROSECONDS = MICROSECONDS_PER_SECOND / 2;

/** Length of one padding string, within what a trace allows. */
const PADDING_STRING = 100_000;

/** Half a second in which one thread runs one function; `padding` makes it at least so long. */
export const scriptedChunk = (sequence: number, padding = 0): TraceChunk => {
  const isFirst = sequence === 0;
  const strings = isFirst ? ['work', '/srv/master.py'] : [];
  return {
    kind: 'chunk',
    sequence,
    strings: [
      ...strings,
      ...Array.from({ length: Math.ceil(padding / PADDING_STRING) }, () =>
        'x'.repeat(Math.min(padding, PADDING_STRING)),
      ),
    ],
    functions: isFirst ? { names: [0], files: [1], firstLines: [1] } : { names: [], files: [], firstLines: [] },
    frames: isFirst ? { functions: [0], lines: [3] } : { functions: [], lines: [] },
    stacks: isFirst ? { parents: [-1], frames: [0] } : { parents: [], frames: [] },
    threads: isFirst ? [{ thread: 0, nativeId: 1, name: 'MainThread', isNameTruncated: false, isMain: true }] : [],
    ticks: [
      sequence * CHUNK_MICROSECONDS,
      ...Array.from({ length: CHUNK_TICKS - 1 }, () => CHUNK_MICROSECONDS / CHUNK_TICKS),
    ],
    runs: [
      { thread: 0, cpu: microseconds(CHUNK_MICROSECONDS), ticks: [CHUNK_TICKS], stacks: [0], states: [1], gil: [2] },
    ],
    counters: [],
    events: [],
    losses: {
      ticksAsked: CHUNK_TICKS,
      ticksTaken: CHUNK_TICKS,
      ticksLate: 0,
      ticksLeftOut: 0,
      stacksRetried: 0,
      stacksTorn: 0,
      stacksUnreadable: 0,
    },
  };
};

export const scriptedEnd = (at = 0, reason: EndReason = 'stopped'): TraceEnd => ({
  kind: 'end',
  at: microseconds(at),
  reason,
});

/** Plays the sampler: the test says when which line comes. */
export class ScriptedSource {
  readonly requests: Request[] = [];
  stopCount = 0;
  /** Set to leave a stop without an answer, as a sampler that hangs does. */
  ignoresStop = false;
  /** When the next recording begins. */
  startsAt: number = scriptedHeader().clock.startedAt;
  /** Set to refuse to start. */
  startFailure: Error | undefined;
  #nextSequence = 0;
  #header = scriptedHeader();
  #onLine: (line: TraceLine) => void = () => undefined;
  #finished = Promise.withResolvers<TraceEnd>();

  /** To be handed over as the function that starts the sampler. */
  readonly start = async (request: Request, onLine: (line: TraceLine) => void) => {
    this.requests.push(request);
    if (this.startFailure !== undefined) throw this.startFailure;
    this.#onLine = onLine;
    this.#nextSequence = 0;
    this.#finished = Promise.withResolvers<TraceEnd>();
    const finished = this.#finished.promise;
    finished.catch(() => undefined);
    const plain = scriptedHeader(request);
    const header = { ...plain, clock: { ...plain.clock, startedAt: unixMilliseconds(this.startsAt) } };
    this.#header = header;
    onLine(header);
    return {
      header,
      finished,
      stop: async (): Promise<void> => {
        this.stopCount++;
        if (this.ignoresStop) await new Promise(() => undefined);
        this.end('stopped');
        await finished;
      },
    };
  };

  emitChunks(count: number, padding = 0): void {
    for (let index = 0; index < count; index++) this.#onLine(scriptedChunk(this.#nextSequence++, padding));
  }

  /** The period is over, and the next recording begins where this one ended. */
  rotate(): void {
    const span = this.#nextSequence * CHUNK_MICROSECONDS;
    this.#onLine(scriptedEnd(span, 'period-over'));
    this.#nextSequence = 0;
    const { startedAt, monotonic } = this.#header.clock;
    const clock = {
      startedAt: unixMilliseconds(startedAt + span / 1000),
      monotonic: microseconds(monotonic + span),
    };
    this.#header = { ...this.#header, clock };
    this.#onLine(this.#header);
  }

  end(reason: EndReason): void {
    const end = scriptedEnd(this.#nextSequence * CHUNK_MICROSECONDS, reason);
    this.#onLine(end);
    this.#finished.resolve(end);
  }

  /** As a sampler thread that dies without a word. */
  fail(message: string): void {
    this.#finished.reject(new Error(message));
  }
}
