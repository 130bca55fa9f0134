/**
 * The trace that is open: one at a time, out of a file, a finished recording or a recording in progress. Owns the model and
 * whatever brings its lines; opening another one lets go of both.
 */
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import type { ServerStatus } from '#trace/contract/api.ts';
import { bytes, microseconds } from '#trace/contract/units.ts';
import { computeGivenUp } from '#trace/analysis/given-up.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { nobodyAnswered } from '../shared/connection-error.ts';
import { decodeFailure } from '../shared/decode-failure.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import { readBody, readLength } from '../shared/response-body.ts';
import { LiveFollower, type LiveSurroundings } from './live-follower.ts';
import type { ReadBytes } from './byte-stream.ts';
import { ReadingPace } from './reading-pace.ts';
import { readTraceStream } from './trace-file.ts';
import {
  NO_TRACE,
  shareRead,
  type TracePhase,
  type TraceSource,
  type TraceState,
  type TraceSummary,
} from '../shared/trace-state.ts';

const RESTING_PHASES: readonly TracePhase[] = ['complete', 'cut', 'partial'];
/** Functions named among those in which stacks were given up. */
const SHOWN_GIVEN_UP = 3;

/** From here on it pays to start a thread that unpacks, which takes some 50 ms. */
export const LONG_FILE_BYTES = 256 * 1024;

export interface OpenRecording {
  readonly id: string;
  /** Address of the recording's file. */
  readonly url: string;
  /** Address of the live endpoint; given while the recording is in progress. */
  readonly liveUrl?: string;
  readonly token: string | undefined;
}

export interface SessionListener {
  readonly onTrace: (state: TraceState) => void;
  readonly onStatus: (status: ServerStatus) => void;
}

export interface SessionSurroundings extends LiveSurroundings {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** In a thread of its own. */
  readonly readBytesElsewhere: ReadBytes;
  readonly now: () => number;
  /** Resolves once whatever else waits for this thread has been done. */
  readonly yieldToTasks: () => Promise<void>;
}

export class TraceSession {
  readonly #listener: SessionListener;
  readonly #surroundings: SessionSurroundings;
  #model = new TraceModel();
  #state: TraceState = NO_TRACE;
  #follower: LiveFollower | undefined;
  #reading: AbortController | undefined;
  /** Of what came so far, the part that the page has been told to look at. */
  #shown: Pick<TraceState, 'revision' | 'summary'> = NO_TRACE;

  constructor(listener: SessionListener, surroundings: SessionSurroundings) {
    this.#listener = listener;
    this.#surroundings = surroundings;
  }

  get model(): TraceModel {
    return this.#model;
  }

  get revision(): number {
    return this.#state.revision;
  }

  /** Whether nothing is added to it any more. */
  get isAtRest(): boolean {
    return RESTING_PHASES.includes(this.#state.phase);
  }

  close(): void {
    this.#letGo();
    this.#tell({ ...NO_TRACE, revision: this.#state.revision + 1 });
  }

  async openFile(file: File): Promise<void> {
    const reading = this.#begin({ kind: 'file', name: file.name }, file.size);
    await this.#read(reading, () => Promise.resolve(file.stream()));
  }

  /** What came so far stays. */
  stopReading(): void {
    if (this.#reading === undefined || this.#state.phase !== 'loading') return;
    this.#reading.abort();
    this.#endReading('partial');
  }

  async openRecording(recording: OpenRecording): Promise<void> {
    if (recording.liveUrl === undefined) {
      await this.#readRecording(recording);
      return;
    }
    this.#begin({ kind: 'recording', id: recording.id }, 0);
    this.#follower = new LiveFollower(
      { url: recording.liveUrl, token: recording.token, recordingId: recording.id },
      {
        onLine: (line) => this.#takeLive(line),
        onStatus: (status) => this.#listener.onStatus(status),
        onConnected: () => this.#setPhase('live'),
        onLost: () => this.#setPhase('reconnecting'),
        onGone: () => void this.#readRecording(recording),
        onProblem: (error) => this.#fail(error),
      },
      this.#surroundings,
    );
  }

  async #readRecording({ id, url, token }: OpenRecording): Promise<void> {
    const reading = this.#begin({ kind: 'recording', id }, 0);
    await this.#read(reading, async () => {
      const request = this.#surroundings.fetch(url, {
        headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
        // The browser keeps no copy of a recording; the answer does not forbid it, see the server's route.
        cache: 'no-store',
        signal: reading.signal,
      });
      const response = await request.catch((error: unknown) => {
        throw nobodyAnswered(error);
      });
      if (!response.ok) throw await decodeFailure(response);
      if (isCurrent(reading)) this.#state = { ...this.#state, totalBytes: readLength(response) };
      return readBody(response);
    });
  }

  #begin(source: TraceSource, totalBytes: number): AbortController {
    this.#letGo();
    this.#reading = new AbortController();
    this.#tell({ ...NO_TRACE, phase: 'loading', source, totalBytes, revision: this.#state.revision + 1 });
    return this.#reading;
  }

  async #read(reading: AbortController, open: () => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>): Promise<void> {
    // Refused requests, broken connections and bad files all end here, as words on the page.
    try {
      const pace = new ReadingPace(this.#surroundings.now);
      const stream = await open();
      const onBytes = (loadedBytes: number): void => {
        if (isCurrent(reading)) this.#state = { ...this.#state, loadedBytes };
      };
      const isLong = this.#state.totalBytes >= LONG_FILE_BYTES;
      const lines = readTraceStream(stream, onBytes, isLong ? this.#surroundings.readBytesElsewhere : undefined);
      for (;;) {
        const { done, value } = await lines.next();
        if (!isCurrent(reading)) return void (await lines.return('cut'));
        if (done === true) {
          this.#endReading(value);
          return;
        }
        this.#append(value);
        if (!pace.isPauseDue()) continue;
        this.#expectWhole();
        await this.#surroundings.yieldToTasks();
        if (isCurrent(reading)) this.#tellProgress(pace);
      }
    } catch (error: unknown) {
      if (isCurrent(reading)) this.#fail(error);
    }
  }

  #expectWhole(): void {
    const share = shareRead(this.#state);
    if (share !== undefined && share > 0) this.#model.expectWhole(share);
  }

  #takeLive(line: TraceLine): void {
    if (!this.#append(line)) return;
    const phase = this.#model.end === undefined ? 'live' : 'complete';
    this.#tell({ ...this.#state, phase, summary: summarize(this.#model) });
  }

  #append(line: TraceLine): boolean {
    const isNew = this.#model.append(line);
    if (isNew) this.#state = { ...this.#state, revision: this.#state.revision + 1 };
    return isNew;
  }

  #setPhase(phase: TracePhase): void {
    this.#tell({ ...this.#state, phase });
  }

  #fail(error: unknown): void {
    const failure = describeFailure(error);
    this.#letGo();
    this.#tell({ ...this.#state, phase: 'failed', failure, summary: undefined, revision: this.#state.revision + 1 });
  }

  #letGo(): void {
    this.#follower?.close();
    this.#follower = undefined;
    this.#reading?.abort();
    this.#reading = undefined;
    this.#model = new TraceModel();
  }

  /** While a file is read: what came so far is shown, but not at every line. */
  #tellProgress(pace: ReadingPace): void {
    if (pace.isLookDue(shareRead(this.#state))) this.#tell({ ...this.#state, summary: summarize(this.#model) });
    else this.#listener.onTrace({ ...this.#state, ...this.#shown });
  }

  #endReading(phase: 'complete' | 'cut' | 'partial'): void {
    this.#reading = undefined;
    this.#model.trim();
    this.#tell({ ...this.#state, phase, summary: summarize(this.#model) });
  }

  #tell(state: TraceState): void {
    this.#state = state;
    this.#shown = { revision: state.revision, summary: state.summary };
    this.#listener.onTrace(state);
  }
}

const isCurrent = (reading: AbortController): boolean => !reading.signal.aborted;

export const summarize = (model: TraceModel): TraceSummary | undefined =>
  model.header && {
    header: model.header,
    duration: microseconds(model.duration),
    tickCount: model.tickCount,
    memory: bytes(model.memoryBytes),
    threads: model.threads.map(({ name, nativeId, isMain }, index) => ({ index, name, nativeId, isMain })),
    losses: { ...model.losses },
    givenUp: computeGivenUp(model, SHOWN_GIVEN_UP).map(({ function: leaf, stacks }) => ({
      functionName: model.functionName(leaf),
      stacks,
    })),
    endReason: model.end?.reason,
    endMessage: model.end?.message,
  };
