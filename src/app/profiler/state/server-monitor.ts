import {
  BehaviorSubject,
  merge,
  type Observable,
  repeat,
  defer,
  switchMap,
  EMPTY,
  distinctUntilChanged,
  map,
} from 'rxjs';
import type { RecordingSummary, ServerStatus, StartRequest } from '#trace/contract/api.ts';
import { describeFailure } from '../shared/describe-failure.ts';
import type { Failure } from '../shared/failure.ts';
import type { ApiClient } from './api-client.ts';

/** How often the status is asked for while no live connection brings it. */
const POLL_INTERVAL_MS = 3000;

export interface ServerState {
  /** Absent until the server has answered once. */
  readonly status: ServerStatus | undefined;
  /** Why it did not answer the last time. */
  readonly failure: Failure | undefined;
}

/** Knows what the server says of itself and of its target, and starts and stops its recordings. */
export class ServerMonitor {
  readonly #api: ApiClient;
  readonly #state$ = new BehaviorSubject<ServerState>({ status: undefined, failure: undefined });

  readonly state$: Observable<ServerState> = this.#state$.asObservable();

  constructor(api: ApiClient) {
    this.#api = api;
  }

  get status(): ServerStatus | undefined {
    return this.#state$.value.status;
  }

  /** Keeps the status up to date for as long as it is subscribed: from the live connection, or by asking where there is none. */
  watch(live$: Observable<ServerStatus>, isLive$: Observable<boolean>): Observable<void> {
    const polled$ = isLive$.pipe(
      distinctUntilChanged(),
      switchMap((isLive) =>
        isLive
          ? EMPTY
          : defer(() => this.refresh()).pipe(
              repeat({ delay: POLL_INTERVAL_MS }),
              switchMap(() => EMPTY),
            ),
      ),
    );
    const pushed$ = live$.pipe(map((status) => this.#set(status)));
    return merge(polled$, pushed$);
  }

  /** Resolves when the answer is known; a failure is part of the state. A viewer of files never changes, so it is asked only once. */
  async refresh(): Promise<void> {
    const { status, failure } = this.#state$.value;
    if (status !== undefined && !status.canRecord && failure === undefined) return;
    // Another key comes only with another link, and another user only with another page.
    if (failure?.code === 'unauthorized' || failure?.code === 'forbidden') return;
    // A server that is gone or refuses is a state to show, not a defect.
    try {
      this.#set(await this.#api.loadStatus());
    } catch (error: unknown) {
      this.#state$.next({ ...this.#state$.value, failure: describeFailure(error) });
    }
  }

  async start(request: StartRequest): Promise<RecordingSummary> {
    const summary = await this.#api.startRecording(request);
    this.#setCurrent(summary);
    return summary;
  }

  async stop(): Promise<RecordingSummary> {
    const summary = await this.#api.stopRecording();
    this.#setCurrent(undefined);
    return summary;
  }

  #setCurrent(current: RecordingSummary | undefined): void {
    const { status } = this.#state$.value;
    if (status === undefined) return;
    const { version, canRecord, target } = status;
    this.#set({ version, canRecord, ...(target && { target }), ...(current && { current }) });
  }

  #set(status: ServerStatus): void {
    this.#state$.next({ status, failure: undefined });
  }
}
