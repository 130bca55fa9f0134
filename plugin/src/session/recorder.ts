import { setTimeout as sleep } from 'node:timers/promises';
import {
  DEFAULT_FREQUENCY_HZ,
  DEFAULT_MODE,
  DEFAULT_PERIOD_SECONDS,
  type RecordingSummary,
  type ServerStatus,
  type StartRequest,
} from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { MICROSECONDS_PER_SECOND } from '#trace/contract/units.ts';
import type { LiveFeed } from '../recording/live-feed.ts';
import type { RecordingStore } from '../recording/recording-store.ts';
import type { RecordingWriter } from '../recording/recording-writer.ts';
import type { StartLineSource } from './line-source.ts';
import { RecordingSession } from './recording-session.ts';
import type { TargetWatch } from './target-watch.ts';

/** A master that is restarted is back in seconds; one that is mended first, in minutes. */
const RESTART_WAIT_MS = 10 * 60_000;
const RESTART_LOOK_MS = 1_000;

interface CurrentRecording {
  readonly writer: RecordingWriter;
  readonly session: RecordingSession;
}

export type RecorderStatus = Omit<ServerStatus, 'version' | 'canRecord'>;

/**
 * Starts and stops the recordings of one server: one at a time, each into the store. Where the target ends and another may take its place, the
 * recording ends with it, and one of the other begins as soon as that is there, for the rest of the period.
 */
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
  /** Aborted when the restart of the target is waited for no more. */
  #restartWait: AbortController | undefined;
  readonly #restartLookMs: number;

  constructor(
    store: RecordingStore,
    watch: TargetWatch,
    startSource: StartLineSource,
    onFailure: (error: unknown) => void,
    { restartLookMs = RESTART_LOOK_MS } = {},
  ) {
    this.#restartLookMs = restartLookMs;
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
    const summary = await this.#startAlone(request);
    this.#restartWait?.abort();
    return summary;
  }

  async #startAlone(request: StartRequest): Promise<RecordingSummary> {
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
    this.#restartWait?.abort();
    if (this.#current === undefined) throw new ProfilerError('not-recording', 'No recording is in progress');
    const { writer, session } = this.#current;
    await session.stop();
    return this.#store.describe(writer.id);
  }

  /** Ends a recording in progress and waits, no longer than `limitMs`, until its file is in its final form. */
  async close(limitMs: number): Promise<void> {
    this.#restartWait?.abort();
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
    this.#finishWith(writer, session, { ...request, periodSeconds });
    await this.#store.announce(writer);
    this.#notify();
    const summary = writer.summary();
    if (summary === undefined) throw new TypeError('A recording began without header.');
    return summary;
  }

  #finishWith(
    writer: RecordingWriter,
    session: RecordingSession,
    request: StartRequest & { periodSeconds: number },
  ): void {
    void session.ended.then(({ reason, at }) => {
      if (this.#current?.writer === writer) this.#current = undefined;
      this.#notify();
      const periodSeconds = Math.floor(request.periodSeconds - at / MICROSECONDS_PER_SECOND);
      const goesOn = reason === 'target-exited' && this.#watch.followsRestarts && periodSeconds > 0;
      if (goesOn) void this.#startAfterRestart({ ...request, periodSeconds });
    });
    const finishing = session.finished.catch(this.#onFailure).finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  /** Tries to record whoever is the target then, until that succeeds, somebody else decides, or nobody comes. */
  async #startAfterRestart(request: StartRequest): Promise<void> {
    const wait = new AbortController();
    this.#restartWait = wait;
    const until = Date.now() + RESTART_WAIT_MS;
    while (!wait.signal.aborted && Date.now() < until) {
      await sleep(this.#restartLookMs, undefined, { ref: false });
      if (wait.signal.aborted || this.#isStarting || this.#current !== undefined) return;
      try {
        await this.#startAlone(request);
        return;
      } catch (error) {
        // Not there yet, or still starting: no interpreter can be found in it.
        if (!(error instanceof ProfilerError)) this.#onFailure(error);
      }
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
