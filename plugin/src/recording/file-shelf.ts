import fs from 'node:fs';
import path from 'node:path';
import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { RecordingPatch, RecordingSummary } from '#trace/contract/api.ts';
import { encodeLine } from '#trace/contract/codec.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { bytes } from '#trace/contract/units.ts';
import type { OutgoingFile, RecordingLibrary } from './recording-library.ts';
import { nameFile } from './trace-bytes.ts';
import { loadTraceLines, scanTraceFile } from './trace-scan.ts';

interface ShelvedFile {
  readonly path: string;
  readonly summary: RecordingSummary;
}

/**
 * Files that a user wants to look at, wherever they lie and of whatever format can be opened. Names and notes last as long as this
 * program, and to delete one takes it off the shelf: the files themselves are never touched.
 */
export class FileShelf implements RecordingLibrary {
  readonly #files = new Map<string, ShelvedFile>();

  /** @throws ProfilerError 'file-unreadable', 'bad-trace' or 'unsupported-trace' for the first file that cannot be opened */
  static async load(paths: readonly string[]): Promise<FileShelf> {
    const shelf = new FileShelf();
    for (const file of paths) {
      try {
        await shelf.#add(file);
      } catch (error) {
        throw nameFile(file, error);
      }
    }
    return shelf;
  }

  /** In the order in which they were given. */
  get ids(): readonly string[] {
    return [...this.#files.keys()];
  }

  async list(): Promise<readonly RecordingSummary[]> {
    const summaries = [...this.#files.values()].map(({ summary }) => summary);
    return summaries.sort((one, other) => other.startedAt - one.startedAt);
  }

  async describe(id: string): Promise<RecordingSummary> {
    return this.#find(id).summary;
  }

  async openGzip(id: string): Promise<OutgoingFile> {
    const { path: file } = this.#find(id);
    // The callback hears of a client that went away; the client hears of a failed read by its cut answer.
    return { content: pipeline(Readable.from(encodeFile(file)), zlib.createGzip(), () => undefined) };
  }

  async *loadLines(id: string): AsyncGenerator<TraceLine, void> {
    yield* loadTraceLines(this.#find(id).path);
  }

  async relabel(id: string, { name, note }: RecordingPatch): Promise<RecordingSummary> {
    const file = this.#find(id);
    const summary = { ...file.summary, name: name ?? file.summary.name, note: note ?? file.summary.note };
    this.#files.set(id, { ...file, summary });
    return summary;
  }

  async remove(id: string): Promise<void> {
    this.#find(id);
    this.#files.delete(id);
  }

  async #add(file: string): Promise<void> {
    const { isCut, ...summary } = await scanTraceFile(file);
    const { size } = await fs.promises.stat(file);
    const id = `file-${String(this.#files.size + 1)}`;
    const labels = { id, name: path.basename(file), note: '' };
    const end = isCut ? { endReason: 'cut' as const } : {};
    this.#files.set(id, { path: file, summary: { ...labels, ...summary, ...end, size: bytes(size) } });
  }

  #find(id: string): ShelvedFile {
    const file = this.#files.get(id);
    if (file === undefined) throw new ProfilerError('no-such-recording', 'There is no such file on the shelf', { id });
    return file;
  }
}

/** Encoded anew: what comes out is whole and in the one format of the page, whatever went in. */
async function* encodeFile(file: string): AsyncGenerator<string, void> {
  for await (const line of loadTraceLines(file)) yield `${encodeLine(line)}\n`;
}
