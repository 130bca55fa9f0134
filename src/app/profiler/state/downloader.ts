/** Files on their way to the user's disk: what is fetched and converted for them, how far that is, and what went wrong. */
import { BehaviorSubject, type Observable } from 'rxjs';
import { describeFailure } from '../shared/describe-failure.ts';
import type { Failure } from '../shared/failure.ts';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { TransferWatch } from './api-client.ts';

/** What is over by then needs no words. */
const SHOWN_AFTER_MS = 500;
/** No eye follows more, and each is drawn. */
const TOLD_EVERY_MS = 200;

export interface LoadedFile {
  readonly name: string;
  readonly content: Blob;
}

/** What whoever makes the file tells of it, and where it learns that the file is no longer wanted. */
export interface DownloadTask extends TransferWatch {
  /** What goes on from now on. */
  readonly begin: (title: string) => void;
}

export interface DownloadState {
  readonly id: number;
  /** What goes on. */
  readonly title: string;
  readonly loadedBytes: number;
  /** 0 where it is not known. */
  readonly totalBytes: number;
  /** Why there will be no file; absent while there may be one. */
  readonly failure: Failure | undefined;
}

/** Several at once; they go on whatever page is looked at. */
export class Downloader {
  readonly #activity: ActivityMonitor;
  readonly #save: (name: string, content: Blob) => void;
  readonly #running = new Map<number, AbortController>();
  readonly #states$ = new BehaviorSubject<readonly DownloadState[]>([]);
  #lastId = 0;

  /** Those that take their time, and those that failed, until they are dismissed. */
  readonly states$: Observable<readonly DownloadState[]> = this.#states$.asObservable();

  constructor(activity: ActivityMonitor, save: (name: string, content: Blob) => void) {
    this.#activity = activity;
    this.#save = save;
  }

  /** `make` answers undefined where there is no file. */
  async start(title: string, make: (task: DownloadTask) => Promise<LoadedFile | undefined>): Promise<void> {
    this.#states$.next(this.#states$.value.filter(({ failure }) => failure === undefined));
    const id = ++this.#lastId;
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(id, controller);
    let state: DownloadState = { id, title, loadedBytes: 0, totalBytes: 0, failure: undefined };
    let toldAt = Infinity;
    const tell = (): void => {
      if (signal.aborted) return;
      toldAt = performance.now();
      this.#put(state);
    };
    const timer = setTimeout(tell, SHOWN_AFTER_MS);
    const task: DownloadTask = {
      signal,
      begin: (next) => {
        state = { ...state, title: next, loadedBytes: 0, totalBytes: 0 };
        if (toldAt < Infinity) tell();
      },
      onProgress: (loadedBytes, totalBytes) => {
        state = { ...state, loadedBytes, totalBytes };
        if (performance.now() - toldAt >= TOLD_EVERY_MS) tell();
      },
    };
    try {
      const file = await this.#activity.during(make(task));
      if (file !== undefined && !signal.aborted) this.#save(file.name, file.content);
      this.#remove(id);
    } catch (error: unknown) {
      // Nobody waits for one that was stopped.
      if (!signal.aborted) this.#put({ ...state, failure: describeFailure(error) });
    } finally {
      clearTimeout(timer);
      this.#running.delete(id);
    }
  }

  /** Of one that failed, only its words are there to be taken away. */
  stop(id: number): void {
    this.#running.get(id)?.abort();
    this.#remove(id);
  }

  stopAll(): void {
    for (const id of this.#running.keys()) this.stop(id);
  }

  #put(state: DownloadState): void {
    const others = this.#states$.value.filter(({ id }) => id !== state.id);
    this.#states$.next([...others, state].sort((a, b) => a.id - b.id));
  }

  #remove(id: number): void {
    this.#states$.next(this.#states$.value.filter((state) => state.id !== id));
  }
}
