import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES, isMappable, parseAddress, remoteAddress } from '../memory/remote-address.ts';
import type { DictReader, DictTable } from './dict-reader.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { MODULE_DICT_OFFSET } from './layouts/struct-layout.ts';

/** Finds what a module has under a name, among the modules that an interpreter has imported. It is looked up anew each time: dicts are resized. */
export class ModuleReader {
  readonly #memory: ProcessMemory;
  readonly #dicts: DictReader;
  readonly #modulesAt: RemoteAddress;

  constructor(memory: ProcessMemory, layout: StructLayout, dicts: DictReader, interpreter: RemoteAddress) {
    this.#memory = memory;
    this.#dicts = dicts;
    this.#modulesAt = remoteAddress(interpreter + layout.interpreter.modules);
  }

  /** Undefined if the module is not imported, has no such attribute, or that cannot be read now. */
  readAttribute(moduleName: string, name: string): RemoteAddress | undefined {
    const module = this.#readValue(this.#readTableAt(this.#modulesAt), moduleName);
    return module === undefined
      ? undefined
      : this.#readValue(this.#readTableAt(remoteAddress(module + MODULE_DICT_OFFSET)), name);
  }

  #readValue(table: DictTable | undefined, name: string): RemoteAddress | undefined {
    const slot = table === undefined ? undefined : this.#dicts.findSlot(table, name);
    return slot === undefined ? undefined : readPointer(this.#memory, slot);
  }

  /** The table of the dict that a pointer leads to. */
  #readTableAt(pointer: RemoteAddress): DictTable | undefined {
    const dict = readPointer(this.#memory, pointer);
    return dict === undefined ? undefined : this.#dicts.readTable(dict);
  }
}

/** Undefined also for null and what cannot be a pointer. */
export const readPointer = (memory: ProcessMemory, address: RemoteAddress): RemoteAddress | undefined => {
  const bytes = readBytes(memory, address, WORD_BYTES);
  const pointer = bytes === undefined ? undefined : parseAddress(bytes, 0);
  return pointer !== undefined && isMappable(pointer) ? pointer : undefined;
};
