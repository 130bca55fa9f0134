import { combineLatest, distinctUntilChanged, filter, map, merge, type Observable, tap } from 'rxjs';
import { API_ROOT, type ServerStatus } from '#trace/contract/api.ts';
import { nameConvertedFile, type WantedFile } from './converted-file-name.ts';
import { nameRecordingFile } from '../shared/recording-file-name.ts';
import type { TraceSource } from '../shared/trace-state.ts';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { ApiClient, ApiOptions } from './api-client.ts';
import type { ProfilerStore } from './profiler-store.ts';
import type { ServerMonitor, ServerState } from './server-monitor.ts';
import type { TraceClient } from './trace-client.ts';

interface LoadedFile {
  readonly name: string;
  readonly content: Blob;
}

/** Opens in the worker what was chosen, live where it is being recorded; and finds something to show where nothing was chosen. */
export class TraceOpener {
  readonly #store: ProfilerStore;
  readonly #client: TraceClient;
  readonly #monitor: ServerMonitor;
  readonly #api: ApiClient;
  readonly #options: ApiOptions;
  readonly #activity: ActivityMonitor;
  /** A link cannot bring a file back, but going back in this tab can. */
  #heldFile: File | undefined;
  #opened: TraceSource | File | undefined;

  constructor(
    store: ProfilerStore,
    client: TraceClient,
    monitor: ServerMonitor,
    api: ApiClient,
    options: ApiOptions,
    activity: ActivityMonitor,
  ) {
    this.#store = store;
    this.#client = client;
    this.#monitor = monitor;
    this.#api = api;
    this.#options = options;
    this.#activity = activity;
  }

  openFile(file: File): void {
    this.#heldFile = file;
    this.#store.selectSource({ kind: 'file', name: file.name });
    this.#open({ kind: 'file', name: file.name });
  }

  /** Reads what is chosen from its start. */
  readAgain(): void {
    this.#opened = undefined;
    this.#open(this.#store.choices.source);
  }

  /** What is open as a file of the format asked for: as it came, where that is our own format and not redacted. */
  async loadOpenFile(recordingName: string, wanted: WantedFile): Promise<LoadedFile | undefined> {
    const file = await this.#loadOriginal(recordingName);
    if (file === undefined || (wanted.format === 'bbprof' && !wanted.isRedacted)) return file;
    const { weight } = this.#store.choices;
    const content = await this.#activity.during(this.#client.convertFile({ file: file.content, weight, ...wanted }));
    return { name: nameConvertedFile(file.name, wanted), content };
  }

  /** A file as it was, a recording as the server has it. */
  async #loadOriginal(recordingName: string): Promise<LoadedFile | undefined> {
    const { source } = this.#store.choices;
    if (source?.kind === 'file') return this.#heldFile && { name: this.#heldFile.name, content: this.#heldFile };
    if (source === undefined) return undefined;
    const content = await this.#activity.during(this.#api.loadRecordingFile(source.id));
    const suffix = await findSuffix(content);
    return { name: nameRecordingFile({ id: source.id, name: recordingName }, suffix), content };
  }

  /** For as long as it is subscribed: opens each choice, once it is known whether the server is recording it. */
  watch(): Observable<unknown> {
    const chosen$ = combineLatest([this.#store.choices$, this.#monitor.state$]).pipe(
      filter(([{ source }, server]) => source?.kind !== 'recording' || isKnown(server)),
      map(([{ source }]) => source),
      distinctUntilChanged(isSameSource),
      tap((source) => this.#open(source)),
    );
    // Anew whenever nothing is chosen any more, as after a link to the bare page; and else only where there is something else to find.
    const found$ = combineLatest([this.#store.choices$, this.#monitor.state$]).pipe(
      map(([{ source }, { status }]) => (source === undefined ? describeOffer(status) : undefined)),
      distinctUntilChanged(),
      filter((offer) => offer !== undefined),
      tap(() => void this.#activity.during(this.#chooseFirst())),
    );
    return merge(chosen$, found$);
  }

  #open(source: TraceSource | undefined): void {
    const held = source?.kind === 'file' && this.#heldFile?.name === source.name ? this.#heldFile : undefined;
    const wanted = held ?? source;
    if (isSameTarget(wanted, this.#opened)) return;
    this.#opened = wanted;
    void this.#activity.during(this.#load(source, held));
  }

  /** How it went is told by the state of the trace. */
  async #load(source: TraceSource | undefined, held: File | undefined): Promise<void> {
    if (held !== undefined) return this.#client.openFile(held);
    if (source?.kind !== 'recording') return this.#client.close();
    const root = new URL(`${API_ROOT}/`, this.#options.baseUrl);
    const isLive = this.#monitor.status?.current?.id === source.id;
    return this.#client.openRecording({
      id: source.id,
      url: new URL(`recordings/${encodeURIComponent(source.id)}`, root).href,
      token: this.#options.token,
      ...(isLive ? { liveUrl: new URL('live', root).href.replace(/^http/, 'ws') } : {}),
    });
  }

  /** The recording in progress; in a viewer, which records none, the newest file it was started with. */
  async #chooseFirst(): Promise<void> {
    // A choice made while the last one is still being told would reach some before it.
    await Promise.resolve();
    const { status } = this.#monitor;
    const current = status?.current?.id;
    const id = current ?? (status?.canRecord === false ? (await this.#api.loadRecordings())[0]?.id : undefined);
    if (id !== undefined && this.#store.choices.source === undefined) {
      this.#store.selectSource({ kind: 'recording', id });
    }
  }
}

/** What a server has to show by itself; absent until it has answered. */
const describeOffer = (status: ServerStatus | undefined): string | undefined => {
  if (status === undefined) return undefined;
  return status.canRecord ? `current ${status.current?.id ?? ''}` : 'viewer';
};

const isKnown = ({ status, failure }: ServerState): boolean => status !== undefined || failure !== undefined;

const isSameSource = (a: TraceSource | undefined, b: TraceSource | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

const isSameTarget = (a: TraceSource | File | undefined, b: TraceSource | File | undefined): boolean =>
  a instanceof File || b instanceof File ? a === b : isSameSource(a, b);

/** Downloads of a recording in progress may be plain, all others are gzip. */
const findSuffix = async (content: Blob): Promise<string> => {
  const head = new Uint8Array(await content.slice(0, 2).arrayBuffer());
  return head[0] === 0x1f && head[1] === 0x8b ? 'bbprof.gz' : 'bbprof';
};
