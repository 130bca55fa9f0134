import fs from 'node:fs';
import path from 'node:path';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { bytes } from '#trace/contract/units.ts';
import type { EncodedLine } from './encoded-line.ts';
import { LiveFeed } from './live-feed.ts';
import { RecordingTally } from './recording-tally.ts';
import { TraceFileWriter, describeWriteError } from './trace-file-writer.ts';
import type { TraceSink } from './trace-sink.ts';

export interface StorageLimits {
  /** A recording ends when the disk has less than this left: others on the machine need room too. */
  readonly minimumFreeBytes: number;
  /** A recording ends before its file grows beyond this: nobody opens more, and a folder of some must fit a disk. */
  readonly maximumRecordingBytes: number;
}

export const DEFAULT_STORAGE_LIMITS: StorageLimits = {
  minimumFreeBytes: 64 * 1024 * 1024,
  maximumRecordingBytes: 2 * 1024 * 1024 * 1024,
};

/** Chunks between two looks at the free space: ten seconds. */
const CHUNKS_PER_SPACE_CHECK = 20;

export interface RecordingLabels {
  readonly name: string;
  readonly note: string;
}

/** A recording in progress: its file, those who follow it live, and its summary so far. */
export class RecordingWriter implements TraceSink {
  readonly id: string;
  readonly feed: LiveFeed;
  labels: RecordingLabels = { name: '', note: '' };
  readonly #path: string;
  readonly #limits: StorageLimits;
  readonly #onFinish: (writer: RecordingWriter) => Promise<void>;
  readonly #tally = new RecordingTally();
  #file: TraceFileWriter | undefined;
  #chunksToSpaceCheck = CHUNKS_PER_SPACE_CHECK;

  constructor(id: string, file: string, limits: StorageLimits, onFinish: (writer: RecordingWriter) => Promise<void>) {
    this.id = id;
    this.feed = new LiveFeed(file);
    this.#path = file;
    this.#limits = limits;
    this.#onFinish = onFinish;
  }

  get tally(): RecordingTally {
    return this.#tally;
  }

  get size(): number {
    return this.#file?.size ?? 0;
  }

  append(encoded: EncodedLine): void {
    // Only with the header: an attempt that fails to attach leaves no file.
    this.#file ??= this.#create();
    if (encoded.line.kind === 'chunk') this.#checkLimits(encoded.bytes.length);
    this.#file.append(encoded);
    this.#publish(encoded);
  }

  appendEndAfterFailure(end: EncodedLine): void {
    if (this.#file !== undefined) {
      this.#file.appendEndAfterFailure(end);
      this.feed.retract(this.#file.size);
    }
    this.#publish(end);
  }

  async finish(): Promise<void> {
    this.#file?.close();
    if (this.#file !== undefined) await this.#onFinish(this);
  }

  /** Undefined before the header. */
  summary(): RecordingSummary | undefined {
    if (this.#tally.header === undefined) return undefined;
    return { id: this.id, ...this.labels, ...this.#tally.summary(), size: bytes(this.size) };
  }

  #publish(encoded: EncodedLine): void {
    this.#tally.add(encoded.line);
    this.feed.publish(encoded);
  }

  #create(): TraceFileWriter {
    this.#checkFreeSpace();
    return TraceFileWriter.create(this.#path);
  }

  #checkLimits(more: number): void {
    const { maximumRecordingBytes } = this.#limits;
    if (this.size + more > maximumRecordingBytes) {
      throw this.#limitReached(`the recording has reached its largest size, ${formatMebibytes(maximumRecordingBytes)}`);
    }
    if (--this.#chunksToSpaceCheck > 0) return;
    this.#chunksToSpaceCheck = CHUNKS_PER_SPACE_CHECK;
    this.#checkFreeSpace();
  }

  #checkFreeSpace(): void {
    if (this.#loadFreeBytes() >= this.#limits.minimumFreeBytes) return;
    throw this.#limitReached(`its disk has less than ${formatMebibytes(this.#limits.minimumFreeBytes)} left`);
  }

  #loadFreeBytes(): number {
    try {
      const { bavail, bsize } = fs.statfsSync(path.dirname(this.#path));
      return bavail * bsize;
    } catch (error) {
      // The folder was removed, or its disk is gone.
      throw describeWriteError(this.#path, error);
    }
  }

  #limitReached(why: string): ProfilerError {
    return new ProfilerError('file-unwritable', `Cannot write ${this.#path}: ${why}`, { path: this.#path });
  }
}

const formatMebibytes = (size: number): string => `${String(Math.round(size / 1024 / 1024))} MiB`;
