import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceEnd, TraceHeader, TraceLine } from '#trace/contract/trace-lines.ts';
import type { LineSource, SamplingRequest, StartLineSource } from './line-source.ts';

type TakeLine = (line: TraceLine) => void;

/** One recording out of the lines of a sampler that rotates, as a source of its own. */
export class LinesOfOne {
  readonly #stopAll: () => Promise<void>;
  readonly #finished = Promise.withResolvers<TraceEnd>();
  #onLine: TakeLine = () => undefined;

  constructor(stopAll: () => Promise<void>) {
    this.#stopAll = stopAll;
  }

  request({ target, frequencyHz, mode, periodSeconds, recordingId }: TraceHeader): SamplingRequest {
    return { pid: target.pid, frequencyHz, mode, periodSeconds, recordingId };
  }

  startAs(header: TraceHeader): StartLineSource {
    return async (_request, onLine) => {
      this.#onLine = onLine;
      onLine(header);
      return { header, stop: () => this.#stopAll(), finished: this.#finished.promise };
    };
  }

  take(line: TraceLine): void {
    this.#onLine(line);
    if (line.kind === 'end') this.#finished.resolve(line);
  }
}

type BeginOne = (header: TraceHeader, lines: LinesOfOne) => Promise<void>;

/** Deals the lines of a sampler that rotates out to its recordings. */
export class RecordingSequence {
  readonly #begin: BeginOne;
  #current: LinesOfOne | undefined;
  #source: LineSource | undefined;
  /** Why a recording could not be begun. */
  failure: ProfilerError | undefined;

  constructor(begin: BeginOne) {
    this.#begin = begin;
  }

  take(line: TraceLine): void {
    if (line.kind === 'header') {
      const lines = new LinesOfOne(() => this.#stop());
      this.#current = lines;
      this.#begin(line, lines).catch((error: unknown) => this.#fail(error));
    } else {
      this.#current?.take(line);
    }
  }

  /** Tells who gives the lines, and so can stop. */
  attach(source: LineSource): void {
    this.#source = source;
    if (this.failure !== undefined) void source.stop();
  }

  async #stop(): Promise<void> {
    await this.#source?.stop();
  }

  #fail(error: unknown): void {
    this.failure =
      error instanceof ProfilerError ? error : new ProfilerError('internal', String(error), {}, { cause: error });
    void this.#stop();
  }
}
