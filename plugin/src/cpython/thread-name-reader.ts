import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import type { HashedEntry } from './dict-reader.ts';
import { DictReader } from './dict-reader.ts';
import { InstanceAttributeReader } from './instance-attribute-reader.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { ModuleReader, readPointer } from './module-reader.ts';
import { TextReader } from './text-reader.ts';

/** Threads named in one reading, of some 20 µs each; a Buildbot master has some dozen. */
export const MAX_NAMED_THREADS = 1024;

/** The module, its dict of threads by ident, and a thread's attribute, as in CPython's Lib/threading.py since 3.0. */
const MODULE = 'threading';
const THREADS = '_active';
const NAME = '_name';

const NO_NAMES: ReadonlyMap<number, string> = new Map();

/**
 * Names of threads as the main interpreter's `threading` module has them. The target goes on meanwhile: a name counts only if the module still has the same object
 * for the thread when all are read, and the object the same name. Where the module is not imported there are none.
 */
export class ThreadNameReader {
  readonly #memory: ProcessMemory;
  readonly #modules: ModuleReader;
  readonly #dicts: DictReader;
  readonly #attributes: InstanceAttributeReader;
  readonly #texts: TextReader;

  constructor(memory: ProcessMemory, layout: StructLayout, types: TypeAddresses, interpreter: RemoteAddress) {
    this.#memory = memory;
    this.#dicts = new DictReader(memory, layout, types);
    this.#modules = new ModuleReader(memory, layout, this.#dicts, interpreter);
    this.#attributes = new InstanceAttributeReader(memory, layout, this.#dicts);
    this.#texts = new TextReader(memory, layout, types);
  }

  /** By ident. */
  read(): ReadonlyMap<number, string> {
    this.#dicts.beginReading();
    const named = this.#readEntries()
      .slice(-MAX_NAMED_THREADS)
      .map(({ hash, value }) => ({ hash, value, name: this.#readName(value) }));
    if (named.length === 0) return NO_NAMES;
    const now = new Map(this.#readEntries().map(({ hash, value }) => [hash, value]));
    const names = new Map<number, string>();
    for (const { hash, value, name } of named) if (name !== undefined && now.get(hash) === value) names.set(hash, name);
    return names;
  }

  /** What the module's dict of threads holds now; nothing where there is none. */
  #readEntries(): HashedEntry[] {
    const threads = this.#modules.readAttribute(MODULE, THREADS);
    const table = threads === undefined ? undefined : this.#dicts.readTable(threads);
    return (table === undefined ? undefined : this.#dicts.readHashedEntries(table)) ?? [];
  }

  #readName(thread: RemoteAddress): string | undefined {
    const slot = this.#attributes.findSlot(thread, NAME);
    const text = slot === undefined ? undefined : readPointer(this.#memory, slot);
    if (slot === undefined || text === undefined) return undefined;
    const name = this.#texts.readText(text);
    return readPointer(this.#memory, slot) === text ? name : undefined;
  }
}
