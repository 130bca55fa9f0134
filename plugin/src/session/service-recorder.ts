import { setTimeout as sleep } from 'node:timers/promises';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { RecordingMode, TraceEnd, TraceHeader } from '#trace/contract/trace-lines.ts';
import type { RecordingStore } from '../recording/recording-store.ts';
import { enforceRetention, type RetentionLimits } from '../recording/retention.ts';
import type { LineSource, StartLineSource } from './line-source.ts';
import { RecordingSequence, type LinesOfOne } from './recording-sequence.ts';
import { RecordingSession, STOP_TIMEOUT_MS } from './recording-session.ts';
import type { TargetWatch } from './target-watch.ts';
import { withTimeout } from './with-timeout.ts';

/** Between two attempts: after a permission that is missing still, a sampler that failed, a disk that was full. */
export const RETRY_MS = 5_000;

export interface ServiceSettings {
  readonly frequencyHz: number;
  readonly mode: RecordingMode;
  /** Length of a recording, after which the next one follows. */
  readonly periodSeconds: number;
  readonly retention: RetentionLimits;
}

export interface ServiceListener {
  /** A recording has begun. */
  onRecording(id: string): void;
  /** It cannot go on now; it is tried again. */
  onProblem(error: ProfilerError): void;
  onFailure(error: unknown): void;
}

/**
 * Records day and night: one recording after the other, none of them losing a tick to the next, from start to stop. What keeps it from
 * recording is told once, and it is tried again.
 */
export class ServiceRecorder {
  readonly #store: RecordingStore;
  readonly #watch: TargetWatch;
  readonly #startSource: StartLineSource;
  readonly #listener: ServiceListener;
  readonly #retryMs: number;
  readonly #stopTimeoutMs: number;
  /** Recordings that have ended and are being compressed. */
  readonly #finishing = new Set<Promise<unknown>>();
  #run: { readonly stop: AbortController; readonly over: Promise<void> } | undefined;
  #source: LineSource | undefined;
  /** Of the recording in progress, or the last one. */
  #session: RecordingSession | undefined;
  #lastProblem = '';

  constructor(
    store: RecordingStore,
    watch: TargetWatch,
    startSource: StartLineSource,
    listener: ServiceListener,
    { retryMs = RETRY_MS, stopTimeoutMs = STOP_TIMEOUT_MS } = {},
  ) {
    this.#stopTimeoutMs = stopTimeoutMs;
    this.#store = store;
    this.#watch = watch;
    this.#startSource = startSource;
    this.#listener = listener;
    this.#retryMs = retryMs;
  }

  /** Ends the recording in progress, if there is one, and goes on with these settings. */
  async start(settings: ServiceSettings): Promise<void> {
    await this.stop();
    const stop = new AbortController();
    this.#lastProblem = '';
    this.#run = {
      stop,
      over: this.#record(settings, stop.signal).catch((error: unknown) => this.#listener.onFailure(error)),
    };
  }

  /** Resolves when the recording in progress has its end line. */
  async stop(): Promise<void> {
    this.#run?.stop.abort();
    const source = this.#source;
    if (source === undefined) {
      await this.#run?.over;
      return;
    }
    const [hasStopped] = await Promise.all([
      withTimeout(source.stop(), this.#stopTimeoutMs),
      // Gets its end line even if the sampler hangs.
      this.#session?.stop(),
    ]);
    // The run of a sampler that hangs ends whenever that does, and is not waited for.
    if (hasStopped) await this.#run?.over;
    else this.#source = undefined;
  }

  /** Stops, and waits, no longer than `limitMs`, until all files are in their final form. */
  async close(limitMs: number): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#store.close();
      resolve();
    }, limitMs);
    const settled = this.stop().then(() => Promise.all(this.#finishing));
    await Promise.race([settled, late]);
    clearTimeout(timer);
  }

  async #record(settings: ServiceSettings, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const end = await this.#recordUntilEnd(settings, signal);
        if (end.reason === 'target-exited') this.#tell(new ProfilerError('target-exited', 'The master has ended'));
        if (end.reason === 'sampler-failed')
          this.#tell(new ProfilerError('sampler-failed', end.message ?? 'no reason'));
      } catch (error) {
        if (!(error instanceof ProfilerError)) throw error;
        this.#tell(error);
      }
      await sleep(this.#retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #recordUntilEnd(settings: ServiceSettings, signal: AbortSignal): Promise<TraceEnd> {
    await this.#enforceRetention(settings);
    const { frequencyHz, mode, periodSeconds } = settings;
    const request = { pid: this.#watch.locate(), frequencyHz, mode, periodSeconds, recordingId: '', rotates: true };
    const files = new RecordingSequence((header, lines) => this.#begin(header, lines, settings));
    const source = await this.#startSource(request, (line) => files.take(line));
    this.#source = source;
    files.attach(source);
    if (signal.aborted) void source.stop();
    const end = await source.finished;
    if (this.#source === source) this.#source = undefined;
    if (files.failure !== undefined) throw files.failure;
    return end;
  }

  /** Takes over one recording of the sequence, from its header on. */
  async #begin(header: TraceHeader, lines: LinesOfOne, settings: ServiceSettings): Promise<void> {
    const writer = this.#store.begin(new Date(header.clock.startedAt));
    const named = { ...header, recordingId: writer.id };
    let session: RecordingSession;
    try {
      session = await RecordingSession.start(lines.startAs(named), lines.request(named), writer, {
        stopTimeoutMs: this.#stopTimeoutMs,
      });
    } catch (error) {
      this.#store.abandon(writer);
      throw error;
    }
    this.#session = session;
    this.#lastProblem = '';
    void this.#store.announce(writer);
    this.#listener.onRecording(writer.id);
    void session.ended.then(({ reason, message = '' }) => {
      if (reason === 'disk-full') this.#tell(new ProfilerError('file-unwritable', message));
    });
    const finishing = session.finished
      .then(() => this.#enforceRetention(settings))
      .catch((error: unknown) => this.#listener.onFailure(error))
      .finally(() => this.#finishing.delete(finishing));
    this.#finishing.add(finishing);
  }

  #enforceRetention({ retention }: ServiceSettings): Promise<void> {
    return enforceRetention(this.#store, retention, Date.now());
  }

  #tell(problem: ProfilerError): void {
    const text = `${problem.code} ${problem.message}`;
    if (text === this.#lastProblem) return;
    this.#lastProblem = text;
    this.#listener.onProblem(problem);
  }
}
