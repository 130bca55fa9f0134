import {
  DEFAULT_FREQUENCY_HZ,
  DEFAULT_MODE,
  DEFAULT_PERIOD_SECONDS,
  type RecordingSummary,
  type ServerStatus,
  type StartRequest,
} from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { LiveFeed } from '../recording/live-feed.ts';
import type { RecordingStore } from '../recording/recording-store.ts';
import type { RecordingWriter } from '../recording/recording-writer.ts';
import type { StartLineSource } from './line-source.ts';
import { RecordingSession } from './recording-session.ts';
import type { TargetWatch } from './target-watch.ts';

interface CurrentRecording {
  readonly writer: RecordingWriter;
  readonly session: RecordingSession;
}

export type RecorderStatus = Omit<ServerStatus, 'version' | 'canRecord'>;

/** Starts and stops the recordings of one server: one at a time, each into the store. */
export class Recorder {
  readonly #store: RecordingStore;
  readonly #watch: TargetWatch;
  readonly #startSource: StartLineSource;
  readonly #listeners = new Set<() => void>();
  readonly #onFailure: (error: unknown) => void;
  #isStarting = false;
  #current: CurrentRecording | undefined;
  /** Recordings that have ended and are being compressed. */
  readonly #finishing = new Set<Promise<unknown>>();

  constructor(
    store: RecordingStore,
    watch: TargetWatch,
    startSource: StartLineSource,
    onFailure: (error: unknown) => void,
  ) {
    this.#store = store;
    this.#watch = watch;
    this.#startSource = startSource;
    this.#onFailure = onFailure;
  }

  status(): RecorderStatus {
    const { target, problem } = this.#watch.look();
    const current = this.#current?.writer.summary();
    return {
      ...(target === undefined ? {} : { target }),
      ...(problem === undefined ? {} : { targetProblem: problem }),
      ...(current === undefined ? {} : { current }),
    };
  }

  /** The live lines of a recording in progress. */
  feed(): { readonly id: string; readonly feed: LiveFeed } | undefined {
    if (this.#current === undefined) return undefined;
    const { id, feed } = this.#current.writer;
    return { id, feed };
  }

  /** Calls `listener` when a recording has begun or ended; returns the way to take it back. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @throws ProfilerError 'already-recording', or whatever keeps the target from being sampled. */
  async start(request: StartRequest): Promise<RecordingSummary> {
    if (this.#isStarting || this.#current !== undefined) {
      throw new ProfilerError('already-recording', 'A recording is in progress');
    }
    this.#isStarting = true;
    try {
      return await this.#start(request);
    } finally {
      this.#isStarting = false;
    }
  }

  /** Resolves when the recording has its end line. @throws ProfilerError 'not-recording' */
  async stop(): Promise<RecordingSummary> {
    if (this.#current === undefined) throw new ProfilerError('not-recording', 'No recording is in progress');
    const { writer, session } = this.#current;
    await session.stop();
    return this.#store.describe(writer.id);
  }

  /** Ends a recording in progress and waits, no longer than `limitMs`, until its file is in its final form. */
  async close(limitMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#store.close();
      resolve();
    }, limitMs);
    const stopped = this.#current?.session.stop().catch(this.#onFailure);
    await Promise.race([Promise.all([stopped, ...this.#finishing]), late]);
    clearTimeout(timer);
  }

  async #start(request: StartRequest): Promise<RecordingSummary> {
    const pid = this.#watch.locate();
    const writer = this.#store.begin();
    const { frequencyHz = DEFAULT_FREQUENCY_HZ, periodSeconds = DEFAULT_PERIOD_SECONDS, mode = DEFAULT_MODE } = request;
    let session: RecordingSession;
    try {
      const sampling = { pid, frequencyHz, periodSeconds, mode, recordingId: writer.id };
      session = await RecordingSession.start(this.#startSource, sampling, writer);
    } catch (error) {
      this.#store.abandon(writer);
      throw error;
    }
    this.#current = { writer, session };
    this.#finishWith(writer, session);
    await this.#store.announce(writer);
    this.#notify();
    const summary = writer.summary();
    if (summary === undefined) throw new TypeError('A recording began without header.');
    return summary;
  }

  #finishWith(writer: RecordingWriter, session: RecordingSession): void {
    void session.ended.then(() => {
      if (this.#current?.writer === writer) this.#current = undefined;
      this.#notify();
    });
    const finishing = session.finished.catch(this.#onFailure).finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
