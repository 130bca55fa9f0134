import fs from 'node:fs';
import { pipeline } from 'node:stream';
import zlib from 'node:zlib';
import type { RecordingPatch, RecordingSummary } from '#trace/contract/api.ts';
import { readTraceLines } from '#trace/contract/codec.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { bytes } from '#trace/contract/units.ts';
import { replaceByGzip } from './gzip-file.ts';
import { RecordingFolder, type RecordingNaming } from './recording-folder.ts';
import type { OutgoingFile, RecordingLibrary } from './recording-library.ts';
import {
  EMPTY_SIDECAR,
  isRecorderAlive,
  loadSidecar,
  saveSidecar,
  thisRecorder,
  type Sidecar,
} from './recording-sidecar.ts';
import { RecordingTally } from './recording-tally.ts';
import { DEFAULT_STORAGE_LIMITS, RecordingWriter, type StorageLimits } from './recording-writer.ts';
import { describeReadError, loadTraceBytes, type OpenFile } from './trace-bytes.ts';
import { systemErrorCode } from './trace-file-writer.ts';
import { loadTraceLines, scanTraceFile, type ScannedSummary } from './trace-scan.ts';

type FoundFile = NonNullable<Awaited<ReturnType<RecordingFolder['find']>>>;

/**
 * The folder of recordings: those of this server in progress, those completed (gzip), and those a killed server left (plain, cut). Several
 * servers may share it: each leaves alone what another is writing.
 */
export class RecordingStore implements RecordingLibrary {
  readonly #folder: RecordingFolder;
  /** Of the recordings that begin from now on. */
  limits: StorageLimits;
  readonly #owner: string | undefined;
  readonly #writers = new Map<string, RecordingWriter>();
  /** Compression under way; given up when the store closes, for the plain file is as good. */
  readonly #closing = new AbortController();
  /** Changes of sidecars, one after the other. */
  #sidecarTurn: Promise<void> = Promise.resolve();

  private constructor(folder: RecordingFolder, limits: StorageLimits, owner?: string) {
    this.#folder = folder;
    this.limits = limits;
    this.#owner = owner;
  }

  /** `owner` names whose recordings are made here, where the folder may have those of others. @throws ProfilerError 'file-unwritable' */
  static async open(
    path: string,
    limits: StorageLimits = DEFAULT_STORAGE_LIMITS,
    naming?: RecordingNaming,
    owner?: string,
  ): Promise<RecordingStore> {
    const store = new RecordingStore(RecordingFolder.open(path, naming), limits, owner);
    await store.#folder.removeTemporary(async (id) => store.#isOthers(await store.#loadSidecar(id)));
    return store;
  }

  get path(): string {
    return this.#folder.path;
  }

  /** A place for a new recording; there is a file from its first line on. */
  begin(start = new Date()): RecordingWriter {
    const id = this.#folder.generateId(start);
    const writer = new RecordingWriter(id, this.#folder.plainPath(id), this.limits, (whole) => this.#complete(whole));
    this.#writers.set(id, writer);
    return writer;
  }

  /** For a recording that came to nothing before its first line. */
  abandon(writer: RecordingWriter): void {
    this.#writers.delete(writer.id);
  }

  /** Tells other servers that share the folder that the recording is being written, and by whom. */
  async announce(writer: RecordingWriter): Promise<void> {
    await this.#changeSidecar(writer.id, (sidecar) =>
      writer.tally.end === undefined ? { ...this.#signed(sidecar), recorder: thisRecorder() } : this.#signed(sidecar),
    ).catch(ignoreUnwritten);
  }

  /** Whether this store's owner has made it: never where nobody is known to have. */
  async owns(id: string): Promise<boolean> {
    return this.#owner === undefined || (await this.#loadSidecar(id)).owner === this.#owner;
  }

  /** Whether an id is one of this store's, be there such a recording or not. */
  knows(id: string): boolean {
    return this.#folder.isId(id);
  }

  /**
   * Brings what killed servers left behind into its final form: compressed, up to its last whole line. It still ends without an end, which is
   * what happened.
   * @returns how many there were
   */
  async completeLeftovers(): Promise<number> {
    let count = 0;
    for (const id of await this.#folder.ids()) {
      const file = await this.#folder.find(id);
      if (file?.form !== 'plain' || this.#writers.has(id) || this.#isOthers(await this.#loadSidecar(id))) continue;
      try {
        await this.#completeLeftover(id, file);
        count++;
      } catch (error) {
        // Not one line of it is whole, or there is no room for a second copy: it stays as it is.
        if (!(error instanceof ProfilerError)) throw error;
      }
    }
    return count;
  }

  async list(): Promise<readonly RecordingSummary[]> {
    const summaries: RecordingSummary[] = [];
    for (const id of await this.#folder.ids()) {
      const summary = await this.describe(id).catch(ignoreUnreadable);
      if (summary !== undefined) summaries.push(summary);
    }
    return summaries.sort((one, other) => other.startedAt - one.startedAt);
  }

  async describe(id: string): Promise<RecordingSummary> {
    const active = this.#writers.get(id)?.summary();
    if (active !== undefined) return active;
    const file = await this.#find(id);
    const sidecar = await this.#loadSidecar(id);
    const { name, note } = sidecar;
    if (this.#isOthers(sidecar)) return { id, name, note, ...(await summaryByHeader(file)), size: bytes(file.size) };
    const { isCut, ...summary } = sidecar.summary ?? (await this.#scan(id, file));
    return { id, name, note, ...summary, ...(isCut ? { endReason: 'cut' as const } : {}), size: bytes(file.size) };
  }

  async openGzip(id: string): Promise<OutgoingFile> {
    const { handle, form, size } = await this.#open(id);
    if (form === 'gzip') return { content: handle.createReadStream(), size: bytes(size) };
    const end = this.#writers.get(id)?.size ?? (await wholeLinesSize(handle, size));
    if (end === 0) {
      await handle.close();
      throw noSuchRecording(id);
    }
    const content = handle.createReadStream({ start: 0, end: end - 1 });
    // The callback hears of a client that went away; the client hears of a failed read by its cut answer.
    return { content: pipeline(content, zlib.createGzip(), () => undefined) };
  }

  async *loadLines(id: string): AsyncGenerator<TraceLine, void> {
    yield* loadTraceLines(await this.#open(id));
  }

  async relabel(id: string, patch: RecordingPatch): Promise<RecordingSummary> {
    await this.#find(id);
    const labels = {
      ...(patch.name === undefined ? {} : { name: patch.name }),
      ...(patch.note === undefined ? {} : { note: patch.note }),
    };
    await this.#changeSidecar(id, (sidecar) => ({ ...sidecar, ...labels }));
    const writer = this.#writers.get(id);
    if (writer !== undefined) writer.labels = { ...writer.labels, ...labels };
    return this.describe(id);
  }

  async remove(id: string): Promise<void> {
    await this.#find(id);
    if (this.#writers.has(id) || this.#isOthers(await this.#loadSidecar(id))) {
      throw new ProfilerError('recording-in-use', `Recording ${id} is still being written`, { id });
    }
    await this.#folder.remove(id);
  }

  /** Gives up compressions under way: their recordings stay as plain files. */
  close(): void {
    this.#closing.abort();
  }

  async #complete(writer: RecordingWriter): Promise<void> {
    const { id, tally } = writer;
    const summary: ScannedSummary = { ...tally.summary(), isCut: false };
    try {
      if (!this.#closing.signal.aborted) {
        await replaceByGzip(this.#folder.plainPath(id), this.#folder.gzipPath(id), this.#closing.signal);
      }
    } catch (error) {
      // No room for a second copy, or the server closes: the plain file is whole and stays.
      if (!(error instanceof ProfilerError)) throw error;
    } finally {
      await this.#changeSidecar(id, ({ name, note }) => this.#signed({ name, note, summary })).catch(ignoreUnwritten);
      this.#writers.delete(id);
    }
  }

  async #completeLeftover(id: string, file: FoundFile): Promise<void> {
    await this.#scan(id, file);
    const handle = await fs.promises.open(file.path, 'r+');
    try {
      const end = await wholeLinesSize(handle, file.size);
      if (end < file.size) await handle.truncate(end);
    } finally {
      await handle.close();
    }
    await replaceByGzip(file.path, this.#folder.gzipPath(id), this.#closing.signal);
  }

  async #scan(id: string, file: FoundFile): Promise<ScannedSummary> {
    const summary = await scanTraceFile(file.path);
    // Not signed anew: another master may have left it.
    const kept = ({ name, note, owner }: Sidecar): Sidecar => ({
      name,
      note,
      ...(owner === undefined ? {} : { owner }),
    });
    await this.#changeSidecar(id, (sidecar) => ({ ...kept(sidecar), summary })).catch(ignoreUnwritten);
    return summary;
  }

  async #find(id: string): Promise<FoundFile> {
    const file = await this.#folder.find(id);
    if (file === undefined) throw noSuchRecording(id);
    return file;
  }

  /** Opened at once: the plain file of a recording that has ended goes away as soon as the compressed one is there. */
  async #open(id: string): Promise<FoundFile & OpenFile> {
    for (;;) {
      const file = await this.#find(id);
      try {
        return { ...file, handle: await fs.promises.open(file.path, 'r') };
      } catch (error) {
        // It was compressed, or deleted, since it was found: finding it again tells which.
        if (systemErrorCode(error) !== 'ENOENT') throw describeReadError(file.path, error);
      }
    }
  }

  async #loadSidecar(id: string): Promise<Sidecar> {
    return (await loadSidecar(this.#folder.sidecarPath(id))) ?? EMPTY_SIDECAR;
  }

  #signed(sidecar: Sidecar): Sidecar {
    return this.#owner === undefined ? sidecar : { ...sidecar, owner: this.#owner };
  }

  #isOthers({ recorder }: Sidecar): boolean {
    return recorder !== undefined && recorder.pid !== process.pid && isRecorderAlive(recorder);
  }

  #changeSidecar(id: string, change: (sidecar: Sidecar) => Sidecar): Promise<void> {
    const turn = this.#sidecarTurn.then(async () => {
      await saveSidecar(this.#folder.sidecarPath(id), change(await this.#loadSidecar(id)));
    });
    this.#sidecarTurn = turn.catch(() => undefined);
    return turn;
  }
}

const noSuchRecording = (id: string): ProfilerError =>
  new ProfilerError('no-such-recording', `There is no recording ${JSON.stringify(id.slice(0, 64))}`, { id });

/** A list leaves out what is no trace, or was deleted meanwhile. */
const ignoreUnreadable = (error: unknown): undefined => {
  if (!(error instanceof ProfilerError)) throw error;
  return undefined;
};

/** What a sidecar found no room for is made anew from the recording when it is next asked for. */
const ignoreUnwritten = (): void => undefined;

/** Of a recording that another server is writing: what its header says, and how long it has been at it. */
const summaryByHeader = async (file: FoundFile): Promise<Omit<ScannedSummary, 'isCut'>> => {
  const tally = new RecordingTally();
  for await (const line of readTraceLines(loadTraceBytes(file.path))) {
    tally.add(line);
    break;
  }
  return tally.summary();
};

const TAIL_BLOCK_BYTES = 64 * 1024;

/** Size of a file up to its last line break. */
const wholeLinesSize = async (handle: fs.promises.FileHandle, size: number): Promise<number> => {
  for (let end = size; end > 0; end -= TAIL_BLOCK_BYTES) {
    const start = Math.max(0, end - TAIL_BLOCK_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    const lineBreak = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (lineBreak !== -1) return start + lineBreak + 1;
  }
  return 0;
};
