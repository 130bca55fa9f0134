import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { ServerStatus } from '#trace/contract/api.ts';
import type { AnalysisAnswer, AnalysisRequest } from '../shared/analysis-messages.ts';
import { AnswerUnpacker } from '../worker/answer-packing.ts';
import { type MessageEnd, RpcCaller } from '../worker/rpc.ts';
import type { TraceCalls, TraceNotice } from '../worker/trace-calls.ts';
import type { OpenRecording } from '../worker/trace-session.ts';
import { NO_TRACE, type TraceSide, type TraceState } from '../shared/trace-state.ts';

export type WorkerEnd = MessageEnd & Pick<Worker, 'onerror' | 'terminate'>;

/** The page's side of the worker that holds the trace. */
export class TraceClient {
  readonly #worker: WorkerEnd;
  readonly #caller: RpcCaller<TraceCalls, TraceNotice>;
  readonly #states: Readonly<Record<TraceSide, BehaviorSubject<TraceState>>> = {
    open: new BehaviorSubject(NO_TRACE),
    before: new BehaviorSubject(NO_TRACE),
  };
  readonly #unpacker = new AnswerUnpacker();
  readonly #status$ = new Subject<ServerStatus>();

  readonly state$: Observable<TraceState> = this.#states.open.asObservable();
  /** Of the trace that the open one is compared with. */
  readonly beforeState$: Observable<TraceState> = this.#states.before.asObservable();
  /** As the live connection brings it. */
  readonly status$: Observable<ServerStatus> = this.#status$.asObservable();

  constructor(worker: WorkerEnd) {
    this.#worker = worker;
    this.#caller = new RpcCaller<TraceCalls, TraceNotice>(worker, (notice) => this.#take(notice));
    worker.onerror = ({ message }) => {
      const failure = { code: 'internal', message: `The trace's worker failed: ${message}` } as const;
      this.#caller.failAll(failure);
      for (const state$ of Object.values(this.#states)) state$.next({ ...state$.value, phase: 'failed', failure });
    };
  }

  get state(): TraceState {
    return this.#states.open.value;
  }

  openRecording(recording: OpenRecording, side: TraceSide = 'open'): Promise<void> {
    return this.#caller.call('openRecording', { side, recording });
  }

  openFile(file: File, side: TraceSide = 'open'): Promise<void> {
    return this.#caller.call('openFile', { side, file });
  }

  /** Of a file that is being read, what came so far stays. */
  stopReading(side: TraceSide = 'open'): Promise<void> {
    return this.#caller.call('stopReading', { side });
  }

  close(side: TraceSide = 'open'): Promise<void> {
    return this.#caller.call('close', { side });
  }

  async analyse(request: AnalysisRequest): Promise<AnalysisAnswer> {
    return this.#unpacker.unpack(await this.#caller.call('analyse', request));
  }

  destroy(): void {
    this.#worker.terminate();
  }

  #take(notice: TraceNotice): void {
    switch (notice.kind) {
      case 'trace':
        this.#states[notice.side].next(notice.state);
        return;
      case 'status':
        this.#status$.next(notice.status);
        return;
      case 'conversion':
      // This worker converts nothing: each conversion has one of its own.
    }
  }
}
