import { ProfilerError } from '#trace/contract/errors.ts';
import type { EndReason, TraceEnd, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import { encodeWithBytes } from '../recording/encoded-line.ts';
import { RecordingTally } from '../recording/recording-tally.ts';
import type { TraceSink } from '../recording/trace-sink.ts';
import type { LineSource, SamplingRequest, StartLineSource } from './line-source.ts';
import { withTimeout } from './with-timeout.ts';

/** A sampler that has not ended so long after it was asked to hangs in the kernel; the recording ends without it. */
export const STOP_TIMEOUT_MS = 5_000;

/**
 * One recording: takes the lines of a sampler to a sink and sees to it that the sink gets an end line, whatever happens: stopped, period
 * over, target gone, sampler failed, disk full.
 */
export class RecordingSession {
  readonly #sink: TraceSink;
  readonly #tally = new RecordingTally();
  readonly #finished = Promise.withResolvers<TraceEnd>();
  readonly #stopTimeoutMs: number;
  readonly #ended = Promise.withResolvers<TraceEnd>();
  #source: LineSource | undefined;
  #headerFailure: ProfilerError | undefined;
  #isOver = false;
  #stopping: Promise<TraceEnd> | undefined;

  private constructor(sink: TraceSink, stopTimeoutMs: number) {
    this.#sink = sink;
    this.#stopTimeoutMs = stopTimeoutMs;
  }

  /** @throws ProfilerError as the source does, or 'file-unwritable' where there is no room for even the header. */
  static async start(
    startSource: StartLineSource,
    request: SamplingRequest,
    sink: TraceSink,
    { stopTimeoutMs = STOP_TIMEOUT_MS } = {},
  ): Promise<RecordingSession> {
    const session = new RecordingSession(sink, stopTimeoutMs);
    const source = await startSource(request, (line) => session.#take(line));
    session.#source = source;
    session.#take(source.header);
    if (session.#headerFailure !== undefined) {
      await withTimeout(source.stop(), stopTimeoutMs);
      throw session.#headerFailure;
    }
    void session.#watch(source);
    return session;
  }

  get header(): TraceHeader {
    const header = this.#tally.header;
    if (header === undefined) throw new TypeError('The source emitted no header.');
    return header;
  }

  get tally(): RecordingTally {
    return this.#tally;
  }

  /** Resolves with the end line when the sink has it; never rejects. */
  get ended(): Promise<TraceEnd> {
    return this.#ended.promise;
  }

  /** Resolves when the sink is in its final form; rejects if it cannot get there. */
  get finished(): Promise<TraceEnd> {
    return this.#finished.promise;
  }

  /** Ends the recording; resolves as {@link RecordingSession.ended}. May be called again, and after it ended by itself. */
  stop(): Promise<TraceEnd> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  async #stopOnce(): Promise<TraceEnd> {
    if (!this.#isOver && this.#source !== undefined && !(await withTimeout(this.#source.stop(), this.#stopTimeoutMs))) {
      this.#end('sampler-failed', 'the sampler did not stop when asked');
    }
    return this.ended;
  }

  async #watch(source: LineSource): Promise<void> {
    try {
      const end = await source.finished;
      // By contract the end line came before; a source that forgets it must not leave the recording open.
      this.#take(end);
    } catch (error) {
      this.#end('sampler-failed', error instanceof Error ? error.message : String(error));
    }
  }

  #take(line: TraceLine): void {
    if (this.#isOver) return;
    // It comes as a line and as the source's property, in either order.
    if (line.kind === 'header' && this.#tally.header !== undefined) return;
    try {
      this.#append(line);
    } catch (error) {
      if (!(error instanceof ProfilerError)) throw error;
      if (line.kind === 'header') this.#refuse(error);
      else this.#endByFullDisk(error, line);
      return;
    }
    if (line.kind === 'end') this.#conclude(line);
  }

  #refuse(error: ProfilerError): void {
    this.#headerFailure = error;
    this.#isOver = true;
  }

  #append(line: TraceLine): void {
    this.#sink.append(encodeWithBytes(line));
    this.#tally.add(line);
  }

  #end(reason: EndReason, message: string): void {
    this.#take({ kind: 'end', at: this.#tally.duration, reason, message });
  }

  #endByFullDisk(error: ProfilerError, line: TraceLine): void {
    const reported: TraceEnd =
      line.kind === 'end'
        ? line
        : { kind: 'end', at: this.#tally.duration, reason: 'disk-full', message: error.message };
    this.#isOver = true;
    this.#sink.appendEndAfterFailure(encodeWithBytes(reported));
    this.#tally.add(reported);
    // Its last lines have nowhere to go.
    void this.#source?.stop();
    this.#conclude(reported);
  }

  #conclude(end: TraceEnd): void {
    this.#isOver = true;
    this.#ended.resolve(end);
    this.#sink.finish().then(
      () => this.#finished.resolve(end),
      (error: unknown) => this.#finished.reject(error),
    );
    // Nobody may be waiting for it.
    this.#finished.promise.catch(() => undefined);
  }
}
