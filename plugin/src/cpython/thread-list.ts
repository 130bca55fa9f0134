import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RangeBatch } from '../memory/range-batch.ts';
import { MAX_RANGES } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, WORD_BYTES, isMappable, parseAddress } from '../memory/remote-address.ts';
import type { ThreadHandle } from './interpreter-reader.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { readPthreadId } from './pthread-id.ts';

/** Threads of all interpreters together; Linux allows 32,768 in a process by default, a Buildbot master has some dozen. */
export const MAX_THREADS = 4096;
/** Sub-interpreters; programs that use them have a handful. */
export const MAX_INTERPRETERS = 256;

export const MAX_ATTEMPTS = 4;
export const MAX_THREAD_ID = 2 ** 31;

/** Translates the thread id that the target knows into the one that this process sees. */
export interface ThreadIdTranslator {
  translate(idInTarget: number): number;
}

const NO_STATES: readonly RemoteAddress[] = [];

interface FoundThread {
  readonly interpreter: RemoteAddress;
  readonly stateAddress: RemoteAddress;
  readonly idInTarget: number;
  readonly pythonId: number;
}

/** Part of a structure of the target, and what some of its words held. */
interface Link {
  readonly at: RemoteAddress;
  readonly length: number;
  /** 32-bit words, by their number within that part. */
  readonly words: readonly { readonly index: number; readonly value: number }[];
}

interface KnownThread {
  readonly idInTarget: number;
  readonly handle: GrowingHandle;
}

interface GrowingHandle extends ThreadHandle {
  innerStates: readonly RemoteAddress[];
}

/** The list of thread states, which changes while it is read. */
export class ThreadList {
  readonly #pid: number;
  readonly #memory: ProcessMemory;
  readonly #layout: StructLayout;
  readonly #runtime: RemoteAddress;
  readonly #ids: ThreadIdTranslator;
  readonly #pointer = Buffer.alloc(WORD_BYTES);
  readonly #bytes: Buffer;
  /** The fields of a thread state that tell whether the list is as it was. */
  readonly #linked: readonly number[];
  /** What was followed in the reading at hand … */
  #followed: Link[] = [];
  /** … and in the one that gave the handles: the same again means the same handles. */
  #links: readonly Link[] = [];
  #known = new Map<RemoteAddress, KnownThread>();
  #handles: readonly GrowingHandle[] = [];
  failures = 0;

  constructor(
    pid: number,
    memory: ProcessMemory,
    layout: StructLayout,
    runtime: RemoteAddress,
    ids: ThreadIdTranslator,
  ) {
    this.#pid = pid;
    this.#memory = memory;
    this.#layout = layout;
    this.#runtime = runtime;
    this.#ids = ids;
    const { next, interpreter, pythonId, nativeId } = layout.thread;
    const isOwnId = nativeId.kind === 'in-thread';
    const last = Math.max(next, interpreter, pythonId, isOwnId ? nativeId.nativeId : 0);
    this.#bytes = Buffer.from(new ArrayBuffer(last + WORD_BYTES));
    this.#linked = [next, pythonId, ...(isOwnId ? [nativeId.nativeId] : [])];
  }

  /** The main interpreter: the one that was created first, at the end of the list; undefined before there is one. */
  mainInterpreter(): RemoteAddress | undefined {
    return this.#readInterpreters()?.at(-1);
  }

  /** The threads now, or, if the list changed under every attempt, those of the last time. */
  read(): readonly ThreadHandle[] {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const found = this.#readAll();
      if (found === undefined) continue;
      // A thread that is being added may for a moment end the list early: one that became shorter is read again at once.
      const again = this.#isShorter(found) ? this.#readAll() : found;
      if (again === undefined) continue;
      this.#links = this.#followed;
      return this.#update(again);
    }
    this.#links = [];
    this.failures++;
    return this.#handles;
  }

  /**
   * Adds to a batch what tells whether the list is as it was when it was last read: a fifth of the cost of following it again.
   *
   * @returns how many ranges were added; 0 if the list has to be read
   */
  addLinks(batch: RangeBatch): number {
    if (this.#links.length > MAX_RANGES - batch.count) return 0;
    for (const { at, length } of this.#links) batch.add(at, length);
    return this.#links.length;
  }

  /** Whether the ranges added by {@link addLinks}, of which `first` is the first, show the list as it was. */
  isUnchanged({ words: copy, positions }: RangeBatch, first: number): boolean {
    for (let index = 0; index < this.#links.length; index++) {
      const at = positions[first + index] ?? 0;
      for (const word of this.#links[index]?.words ?? []) if (copy[at + word.index] !== word.value) return false;
    }
    return true;
  }

  /** The threads of the last reading. */
  get handles(): readonly ThreadHandle[] {
    return this.#handles;
  }

  #readAll(): FoundThread[] | undefined {
    this.#followed = [];
    const interpreters = this.#readInterpreters();
    if (interpreters === undefined) return undefined;
    const threads: FoundThread[] = [];
    for (const interpreter of interpreters) if (!this.#readInterpreter(interpreter, threads)) return undefined;
    return threads;
  }

  #readInterpreters(): RemoteAddress[] | undefined {
    const interpreters: RemoteAddress[] = [];
    let interpreter = this.#readPointer(this.#runtime, this.#layout.interpretersHead);
    while (interpreter !== NULL_ADDRESS) {
      if (interpreter === undefined || !isMappable(interpreter)) return undefined;
      if (interpreters.length === MAX_INTERPRETERS || interpreters.includes(interpreter)) return undefined;
      interpreters.push(interpreter);
      interpreter = this.#readPointer(interpreter, this.#layout.interpreter.next);
    }
    return interpreters.length === 0 ? undefined : interpreters;
  }

  /** Appends one interpreter's threads; false if the list was not one. */
  #readInterpreter(interpreter: RemoteAddress, into: FoundThread[]): boolean {
    const { next, interpreter: interpreterAt, pythonId } = this.#layout.thread;
    let state = this.#readPointer(interpreter, this.#layout.interpreter.threadsHead);
    for (let count = 0; state !== NULL_ADDRESS; count++) {
      // More threads than there may be, or a list that runs in a circle.
      if (count === MAX_THREADS || into.length === MAX_THREADS || state === undefined) return false;
      if (this.#memory.read(state, this.#bytes.length, this.#bytes, 0) !== this.#bytes.length) return false;
      // A freed thread state leads anywhere: it says so by not belonging to its interpreter.
      if (parseAddress(this.#bytes, interpreterAt) !== interpreter) return false;
      this.#link(state, this.#bytes, this.#linked);
      const python = parseAddress(this.#bytes, pythonId);
      const idInTarget = this.#readNativeId(python);
      // A thread that is about to start has no id yet, and no stack.
      if (idInTarget > 0 && idInTarget < MAX_THREAD_ID)
        into.push({ interpreter, stateAddress: state, idInTarget, pythonId: python });
      state = parseAddress(this.#bytes, next);
    }
    return true;
  }

  /** The kernel's id of the thread whose state was just read; 0 if there is no such thread, any more or yet. */
  #readNativeId(pthread: RemoteAddress): number {
    const { nativeId } = this.#layout.thread;
    if (nativeId.kind === 'in-thread') return this.#bytes.readUInt32LE(nativeId.nativeId);
    const found = readPthreadId(this.#memory, pthread, nativeId);
    if (found === undefined) return 0;
    this.#followed.push({
      at: (pthread + nativeId.nativeId) as RemoteAddress,
      length: WORD_BYTES,
      words: [{ index: 0, value: found }],
    });
    return found;
  }

  #readPointer(structure: RemoteAddress, offset: number): RemoteAddress | undefined {
    const address = (structure + offset) as RemoteAddress;
    if (this.#memory.read(address, WORD_BYTES, this.#pointer, 0) !== WORD_BYTES) return undefined;
    this.#link(address, this.#pointer, [0]);
    return parseAddress(this.#pointer, 0);
  }

  /** Remembers what 64-bit fields of a structure were. */
  #link(structure: RemoteAddress, bytes: Buffer, offsets: readonly number[]): void {
    const first = Math.min(...offsets);
    this.#followed.push({
      at: (structure + first) as RemoteAddress,
      length: Math.max(...offsets) + WORD_BYTES - first,
      words: offsets
        .flatMap((offset) => [offset, offset + 4])
        .map((offset) => ({ index: (offset - first) / 4, value: bytes.readUInt32LE(offset) })),
    });
  }

  #update(states: readonly FoundThread[]): readonly ThreadHandle[] {
    const found = outermostStates(states);
    const isSame =
      found.length === this.#handles.length &&
      found.every((thread, index) => this.#knownHandle(thread) === this.#handles[index]);
    if (isSame) {
      this.#setInnerStates(states);
      return this.#handles;
    }
    // Those that ended are remembered for a while: one that was overlooked stays the same thread.
    const known = this.#known.size < MAX_THREADS ? this.#known : new Map<RemoteAddress, KnownThread>();
    this.#handles = found.map((thread) => {
      const handle = this.#knownHandle(thread) ?? this.#newHandle(thread);
      known.set(thread.stateAddress, { idInTarget: thread.idInTarget, handle });
      return handle;
    });
    this.#known = known;
    this.#setInnerStates(states);
    return this.#handles;
  }

  #setInnerStates(states: readonly FoundThread[]): void {
    const isUsual = !this.#layout.thread.isBoundToRunner || states.length === this.#handles.length;
    for (const handle of this.#handles)
      handle.innerStates = isUsual ? NO_STATES : innerStatesOf(handle.stateAddress, states);
  }

  #isShorter(found: readonly FoundThread[]): boolean {
    const states = new Set(found.map(({ stateAddress }) => stateAddress));
    return this.#handles.some(({ stateAddress }) => !states.has(stateAddress));
  }

  #knownHandle({ stateAddress, idInTarget, pythonId }: FoundThread): GrowingHandle | undefined {
    const known = this.#known.get(stateAddress);
    return known?.idInTarget === idInTarget && known.handle.pythonId === pythonId ? known.handle : undefined;
  }

  #newHandle({ stateAddress, idInTarget, pythonId }: FoundThread): GrowingHandle {
    const nativeId = this.#ids.translate(idInTarget);
    return { stateAddress, innerStates: NO_STATES, nativeId, pythonId, isMain: nativeId === this.#pid };
  }
}

/**
 * One state for each thread. Of several with one id the last is the thread itself: up to 3.11 the state of a thread that has not started carries the ids of the thread that creates
 * it, and new states are put first; a thread that has entered another interpreter has a state there, and new interpreters are put first, too.
 */
const outermostStates = (threads: readonly FoundThread[]): FoundThread[] => {
  const lastWithId = new Map(threads.map((thread) => [thread.idInTarget, thread]));
  return lastWithId.size === threads.length
    ? [...threads]
    : threads.filter((thread) => lastWithId.get(thread.idInTarget) === thread);
};

/** The states of the same thread in other interpreters. */
const innerStatesOf = (outermost: RemoteAddress, threads: readonly FoundThread[]): RemoteAddress[] => {
  const outer = threads.find(({ stateAddress }) => stateAddress === outermost);
  return threads
    .filter(({ idInTarget, interpreter }) => idInTarget === outer?.idInTarget && interpreter !== outer.interpreter)
    .map(({ stateAddress }) => stateAddress);
};
