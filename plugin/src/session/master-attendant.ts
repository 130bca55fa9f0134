import { hostname } from 'node:os';
import path from 'node:path';
import type { ErrorBody } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { LibraryUnion } from '../recording/library-union.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { DEFAULT_STORAGE_LIMITS } from '../recording/recording-writer.ts';
import { filesOfService } from '../recording/service-naming.ts';
import { withBuildEvents } from './build-events.ts';
import { BuildLedger } from './build-ledger.ts';
import type { StartLineSource } from './line-source.ts';
import type { MasterMessage, MasterServiceSettings } from './master-message.ts';
import { masterFolder } from './master-socket.ts';
import { Recorder } from './recorder.ts';
import { RETRY_MS, ServiceRecorder } from './service-recorder.ts';
import type { TargetWatch } from './target-watch.ts';

const RECORDINGS_FOLDER = 'recordings';

/** What the plugin hears of its sampler, one a line. */
export type AttendantNews =
  | { readonly kind: 'recording'; readonly id: string; readonly folder: string }
  | { readonly kind: 'problem'; readonly problem: ErrorBody };

export interface AttendantParts {
  readonly basedir: string;
  readonly watch: TargetWatch;
  readonly startSource: StartLineSource;
  readonly onNews: (news: AttendantNews) => void;
  readonly onFailure: (error: unknown) => void;
  readonly retryMs?: number;
}

interface Service {
  readonly basepath: string;
  readonly store: RecordingStore;
  readonly recorder: ServiceRecorder;
}

/**
 * Serves one master: the recorder of its tab and that of its service, which know nothing of each other, and the builds that go into the
 * recordings of both.
 */
export class MasterAttendant {
  readonly recorder: Recorder;
  readonly library: LibraryUnion;
  readonly #parts: AttendantParts;
  readonly #startSource: StartLineSource;
  readonly #ledger = new BuildLedger();
  readonly #tabStore: RecordingStore;
  #service: Service | undefined;
  /** Of a service that could not be started. */
  #retry: NodeJS.Timeout | undefined;
  #lastServiceProblem = '';
  /** Messages, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  private constructor(parts: AttendantParts, tabStore: RecordingStore) {
    this.#parts = parts;
    this.#tabStore = tabStore;
    this.#startSource = withBuildEvents(parts.startSource, this.#ledger);
    this.library = new LibraryUnion([tabStore]);
    this.recorder = new Recorder(tabStore, parts.watch, this.#startSource, parts.onFailure);
  }

  /** @throws ProfilerError 'file-unwritable' */
  static async open(parts: AttendantParts): Promise<MasterAttendant> {
    const store = await RecordingStore.open(path.join(masterFolder(parts.basedir), RECORDINGS_FOLDER));
    const attendant = new MasterAttendant(parts, store);
    attendant.#completeLeftovers(store);
    return attendant;
  }

  /** What cannot be done is told as news: the master has no way to answer. */
  take(message: MasterMessage): Promise<void> {
    const turn = this.#turn.then(() => this.#take(message));
    this.#turn = turn.catch((error: unknown) => this.#tell(error));
    return this.#turn;
  }

  /** Ends all recordings, and waits, no longer than `limitMs`, until their files are in their final form. */
  async close(limitMs: number): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    await Promise.all([this.recorder.close(limitMs), this.#service?.recorder.close(limitMs)]);
  }

  async #take(message: MasterMessage): Promise<void> {
    switch (message.kind) {
      case 'keep-builds':
        this.#ledger.keptBuilds = message.count;
        return;
      case 'builds':
        this.#ledger.take(message.events);
        return;
      case 'service':
        this.#lastServiceProblem = '';
        return this.#setService(message.settings);
    }
  }

  async #setService(settings: MasterServiceSettings | undefined): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    if (settings === undefined) return this.#service?.recorder.stop();
    try {
      await this.#startService(settings);
    } catch (error) {
      this.#retryLater(settings);
      // Told once, however often it is tried.
      if (String(error) === this.#lastServiceProblem) return;
      this.#lastServiceProblem = String(error);
      throw error;
    }
  }

  #retryLater(settings: MasterServiceSettings): void {
    clearTimeout(this.#retry);
    const retry = setTimeout(() => {
      this.#turn = this.#turn
        // Other settings may have come while it waited for its turn.
        .then(() => (this.#retry === retry ? this.#setService(settings) : undefined))
        .catch((error: unknown) => this.#tell(error));
    }, this.#parts.retryMs ?? RETRY_MS).unref();
    this.#retry = retry;
  }

  async #startService(settings: MasterServiceSettings): Promise<void> {
    const { basepath, minimumFreeBytes = DEFAULT_STORAGE_LIMITS.minimumFreeBytes } = settings;
    // Files with another name are another store's; what is being written to the old ones is brought to its end there.
    if (this.#service?.basepath !== basepath) {
      await this.#service?.recorder.stop();
      this.#service = await this.#openService(basepath);
      this.library.parts = [this.#tabStore, this.#service.store];
    }
    this.#service.store.limits = { ...DEFAULT_STORAGE_LIMITS, minimumFreeBytes };
    const { frequencyHz, mode, periodSeconds, maximumAgeSeconds, maximumTotalBytes } = settings;
    const retention = {
      ...(maximumAgeSeconds === undefined ? {} : { maximumAgeSeconds }),
      ...(maximumTotalBytes === undefined ? {} : { maximumTotalBytes }),
    };
    await this.#service.recorder.start({ frequencyHz, mode, periodSeconds, retention });
  }

  async #openService(basepath: string): Promise<Service> {
    const { folder, naming } = filesOfService(path.resolve(this.#parts.basedir, basepath));
    // Another master may have the same basepath, on this machine or on another that shares the disk: its files are not this one's to delete.
    const owner = `${hostname()}:${path.resolve(this.#parts.basedir)}`;
    const store = await RecordingStore.open(folder, DEFAULT_STORAGE_LIMITS, naming, owner);
    this.#completeLeftovers(store);
    const { watch, onNews, onFailure } = this.#parts;
    const recorder = new ServiceRecorder(store, watch, this.#startSource, {
      onRecording: (id) => onNews({ kind: 'recording', id, folder }),
      onProblem: (error) => this.#tell(error),
      onFailure,
    });
    return { basepath, store, recorder };
  }

  /** Beside everything else: of a long recording it takes seconds, and a master must not be unrecorded for that. */
  #completeLeftovers(store: RecordingStore): void {
    store.completeLeftovers().catch(this.#parts.onFailure);
  }

  #tell(error: unknown): void {
    if (error instanceof ProfilerError)
      this.#parts.onNews({ kind: 'problem', problem: { code: error.code, message: error.message } });
    else this.#parts.onFailure(error);
  }
}
