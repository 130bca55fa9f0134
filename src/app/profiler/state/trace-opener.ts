import { combineLatest, distinctUntilChanged, filter, map, merge, type Observable, tap } from 'rxjs';
import type { ServerStatus } from '#trace/contract/api.ts';
import { nameConvertedFile, type WantedFile } from './converted-file-name.ts';
import { nameRecordingFile } from '../shared/recording-file-name.ts';
import type { TraceSource } from '../shared/trace-state.ts';
import type { ActivityMonitor } from './activity-monitor.ts';
import type { ApiClient, ApiOptions } from './api-client.ts';
import type { Choices } from './choices.ts';
import type { DownloadTask, LoadedFile } from './downloader.ts';
import type { FileConverter } from './file-converter.ts';
import type { ProfilerStore } from './profiler-store.ts';
import type { ServerMonitor, ServerState } from './server-monitor.ts';
import type { TraceClient } from './trace-client.ts';
import { isSameSource, TraceSlot } from './trace-slot.ts';

/** Opens in the worker what was chosen, and what that is compared with; and finds something to show where nothing was chosen. */
export class TraceOpener {
  readonly #store: ProfilerStore;
  readonly #monitor: ServerMonitor;
  readonly #api: ApiClient;
  readonly #activity: ActivityMonitor;
  readonly #converter: FileConverter;
  readonly #heldFiles = new Map<string, File>();
  readonly #open: TraceSlot;
  readonly #before: TraceSlot;

  constructor(
    store: ProfilerStore,
    client: TraceClient,
    monitor: ServerMonitor,
    api: ApiClient,
    options: ApiOptions,
    activity: ActivityMonitor,
    converter: FileConverter,
  ) {
    this.#store = store;
    this.#monitor = monitor;
    this.#api = api;
    this.#activity = activity;
    this.#converter = converter;
    const surroundings = { client, monitor, options, activity, heldFiles: this.#heldFiles };
    this.#open = new TraceSlot('open', surroundings);
    this.#before = new TraceSlot('before', surroundings);
  }

  openFile(file: File): void {
    const source: TraceSource = { kind: 'file', name: file.name };
    // A link to a file names what is to be looked at in it, and then the file has to be opened again.
    const isAwaited = isSameSource(source, this.#store.choices.source) && !this.#heldFiles.has(file.name);
    this.#heldFiles.set(file.name, file);
    if (!isAwaited) this.#store.selectSource(source);
    this.#open.open(source);
  }

  /** Two files of one name, from two folders, have to stay apart. */
  compareWithFile(file: File): void {
    const { source: opened } = this.#store.choices;
    const isTaken = opened?.kind === 'file' && opened.name === file.name;
    const name = isTaken && this.#heldFiles.get(file.name) !== file ? `${file.name} (2)` : file.name;
    this.#heldFiles.set(name, file);
    const source: TraceSource = { kind: 'file', name };
    this.#store.compareWith({ kind: 'trace', source, range: undefined });
    this.#before.open(source);
  }

  /** Reads what is chosen from its start. */
  readAgain(): void {
    this.#open.readAgain(this.#store.choices.source);
  }

  readBeforeAgain(): void {
    this.#before.readAgain(sourceBefore(this.#store.choices));
  }

  /** What is open as a file of the format asked for: as it came, where that is our own format and not redacted. */
  async loadOpenFile(recordingName: string, wanted: WantedFile, task: DownloadTask): Promise<LoadedFile | undefined> {
    const file = await this.#loadOriginal(recordingName, task);
    if (file === undefined || (wanted.format === 'bbprof' && !wanted.isRedacted)) return file;
    const name = nameConvertedFile(file.name, wanted);
    task.begin(`Making ${name}.`);
    const { weight } = this.#store.choices;
    const content = await this.#converter.convert({ file: file.content, weight, ...wanted }, task);
    return { name, content };
  }

  /** A file as it was, a recording as the server has it. */
  async #loadOriginal(recordingName: string, task: DownloadTask): Promise<LoadedFile | undefined> {
    const { source } = this.#store.choices;
    if (source === undefined) return undefined;
    if (source.kind === 'file') {
      const held = this.#heldFiles.get(source.name);
      return held && { name: held.name, content: held };
    }
    const content = await this.#api.loadRecordingFile(source.id, 'bbprof', task);
    const suffix = await findSuffix(content);
    return { name: nameRecordingFile({ id: source.id, name: recordingName }, suffix), content };
  }

  /** For as long as it is subscribed: opens each choice, once it is known whether the server is recording it. */
  watch(): Observable<unknown> {
    const whenKnown$ = combineLatest([this.#store.choices$, this.#monitor.state$]);
    const chosen$ = (choose: (choices: Choices) => TraceSource | undefined, slot: TraceSlot): Observable<unknown> =>
      whenKnown$.pipe(
        map(([choices, server]) => ({ source: choose(choices), server })),
        filter(({ source, server }) => source?.kind !== 'recording' || isKnown(server)),
        map(({ source }) => source),
        distinctUntilChanged(isSameSource),
        tap((source) => slot.open(source)),
      );
    // Anew whenever nothing is chosen any more, as after a link to the bare page; and else only where there is something else to find.
    const found$ = whenKnown$.pipe(
      map(([{ source }, { status }]) => (source === undefined ? describeOffer(status) : undefined)),
      distinctUntilChanged(),
      filter((offer) => offer !== undefined),
      tap(() => void this.#activity.during(this.#chooseFirst())),
    );
    return merge(
      chosen$(({ source }) => source, this.#open),
      chosen$(sourceBefore, this.#before),
      found$,
    );
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

/** Of what is compared with another trace. */
const sourceBefore = ({ comparedWith }: Choices): TraceSource | undefined =>
  comparedWith?.kind === 'trace' ? comparedWith.source : undefined;

/** Downloads of a recording in progress may be plain, all others are gzip. */
const findSuffix = async (content: Blob): Promise<string> => {
  const head = new Uint8Array(await content.slice(0, 2).arrayBuffer());
  return head[0] === 0x1f && head[1] === 0x8b ? 'bbprof.gz' : 'bbprof';
};
