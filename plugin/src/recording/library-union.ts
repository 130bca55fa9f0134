import type { RecordingPatch, RecordingSummary } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import type { OutgoingFile, RecordingLibrary } from './recording-library.ts';

/** A library that tells from an id alone whether it is one of its own. */
export interface NamedLibrary extends RecordingLibrary {
  knows(id: string): boolean;
}

/** Several libraries as one. Their ids differ in form, so each goes to its own. */
export class LibraryUnion implements RecordingLibrary {
  /** May be changed: what is asked next goes to these. */
  parts: readonly NamedLibrary[];

  constructor(parts: readonly NamedLibrary[]) {
    this.parts = parts;
  }

  async list(): Promise<readonly RecordingSummary[]> {
    const lists = await Promise.all(this.parts.map((part) => part.list()));
    return lists.flat().sort((one, other) => other.startedAt - one.startedAt);
  }

  async describe(id: string): Promise<RecordingSummary> {
    return this.#partOf(id).describe(id);
  }

  async openGzip(id: string): Promise<OutgoingFile> {
    return this.#partOf(id).openGzip(id);
  }

  async *loadLines(id: string): AsyncGenerator<TraceLine, void> {
    yield* this.#partOf(id).loadLines(id);
  }

  async relabel(id: string, patch: RecordingPatch): Promise<RecordingSummary> {
    return this.#partOf(id).relabel(id, patch);
  }

  async remove(id: string): Promise<void> {
    return this.#partOf(id).remove(id);
  }

  #partOf(id: string): NamedLibrary {
    const part = this.parts.find((candidate) => candidate.knows(id));
    if (part === undefined) throw new ProfilerError('no-such-recording', 'There is no recording of this id', { id });
    return part;
  }
}
