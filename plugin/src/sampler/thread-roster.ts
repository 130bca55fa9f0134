import type { ThreadRow } from '#trace/contract/trace-lines.ts';
import { microseconds, type Microseconds } from '#trace/contract/units.ts';
import type { InterpreterReader, ThreadHandle } from '../cpython/interpreter-reader.ts';
import { KERNEL_NAME_LENGTH, KernelThread } from './kernel-thread.ts';
import { ThreadTrack } from './thread-track.ts';

/** Python's names of threads are asked for this often while one is unknown … */
const UNKNOWN_NAMES_INTERVAL: Microseconds = microseconds(500_000);
/** … and this often once all are known, to see who was renamed. */
const KNOWN_NAMES_INTERVAL: Microseconds = microseconds(10_000_000);
const NO_TRACKS: readonly ThreadTrack[] = [];
const NO_NAMES: ReadonlyMap<number, string> = new Map();

/** The threads of the target: who came, who is gone, and what they are called. */
export class ThreadRoster {
  readonly #pid: number;
  readonly #reader: Pick<InterpreterReader, 'readThreadNames'>;
  readonly #tracks = new Map<ThreadHandle, ThreadTrack>();
  /** Threads ever seen. */
  #count = 0;
  #listed: readonly ThreadHandle[] = [];
  #namedAt = Number.NEGATIVE_INFINITY;
  /** The names from Python that threads were last described with. */
  readonly #pythonNames = new Map<ThreadHandle, string>();
  #described: ThreadRow[] = [];

  constructor(pid: number, reader: Pick<InterpreterReader, 'readThreadNames'>) {
    this.#pid = pid;
    this.#reader = reader;
  }

  get isEmpty(): boolean {
    return this.#tracks.size === 0;
  }

  /** Those of the last list, some of which may be gone since. */
  tracks(): IterableIterator<ThreadTrack> {
    return this.#tracks.values();
  }

  /** Whether a thread that was there is gone. */
  hasLost(nativeId: number): boolean {
    for (const { isGone, handle } of this.#tracks.values()) if (isGone && handle.nativeId === nativeId) return true;
    return false;
  }

  nativeIds(): number[] {
    return Array.from(this.#tracks.keys(), ({ nativeId }) => nativeId);
  }

  /** Takes in who is there now. Gives the threads that are new; their clocks are read. */
  follow(now: Microseconds, handles: readonly ThreadHandle[]): readonly ThreadTrack[] {
    if (handles !== this.#listed) this.#forgetAllBut(new Set(handles));
    const names = this.#followNames(now, handles);
    if (handles === this.#listed) return NO_TRACKS;
    this.#listed = handles;
    const added: ThreadTrack[] = [];
    for (const handle of handles) {
      if (this.#tracks.has(handle)) continue;
      const kernel = KernelThread.open(this.#pid, handle.nativeId);
      if (kernel === undefined) continue; // It ended between the two reads.
      const track = new ThreadTrack(this.#count++, handle, kernel);
      track.hasRun();
      this.#tracks.set(handle, track);
      this.#describe(track, names);
      added.push(track);
    }
    return added;
  }

  /** Descriptions of the threads that are new or were renamed since this was last called. */
  takeDescribed(): ThreadRow[] {
    const described = this.#described;
    this.#described = [];
    return described;
  }

  close(): void {
    for (const { kernel } of this.#tracks.values()) kernel.close();
    this.#tracks.clear();
  }

  #forgetAllBut(alive: ReadonlySet<ThreadHandle>): void {
    for (const [handle, track] of this.#tracks) {
      if (alive.has(handle) && !track.isGone) continue;
      track.isGone = true;
      track.kernel.close();
      this.#tracks.delete(handle);
      this.#pythonNames.delete(handle);
    }
  }

  /** Python's names as of now; none where it is not yet time to ask again, for those of before may be of ended threads with the same id. */
  #followNames(now: Microseconds, handles: readonly ThreadHandle[]): ReadonlyMap<number, string> {
    const areAllKnown = handles.every((handle) => this.#pythonNames.has(handle));
    if (now - this.#namedAt < (areAllKnown ? KNOWN_NAMES_INTERVAL : UNKNOWN_NAMES_INTERVAL)) return NO_NAMES;
    this.#namedAt = now;
    const names = this.#reader.readThreadNames();
    for (const [handle, track] of this.#tracks) {
      const name = names.get(handle.pythonId);
      if (name !== undefined && name !== this.#pythonNames.get(handle)) this.#describe(track, names);
    }
    return names;
  }

  #describe({ handle, kernel, index }: ThreadTrack, names: ReadonlyMap<number, string>): void {
    const name = names.get(handle.pythonId);
    if (name !== undefined) this.#pythonNames.set(handle, name);
    this.#described.push({
      thread: index,
      nativeId: handle.nativeId,
      isMain: handle.isMain,
      ...(name === undefined ? nameInKernel(handle, kernel) : { name, isNameTruncated: false }),
    });
  }
}

function nameInKernel({ isMain }: ThreadHandle, kernel: KernelThread): Pick<ThreadRow, 'name' | 'isNameTruncated'> {
  // The kernel's name of the main thread is the program's.
  if (isMain) return { name: 'MainThread', isNameTruncated: false };
  const name = kernel.readName();
  return { name, isNameTruncated: name.length >= KERNEL_NAME_LENGTH };
}
