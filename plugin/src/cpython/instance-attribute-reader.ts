import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES, isMappable, parseAddress, parseUint64, remoteAddress } from '../memory/remote-address.ts';
import type { DictReader, DictTable } from './dict-reader.ts';
import { MAX_STRUCT_BYTES } from './layouts/layout-validation.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { OBJECT_TYPE_OFFSET, TYPE_FLAGS } from './layouts/struct-layout.ts';

/** Larger instances have their attributes at an offset that we do not believe; objects of variable length count it from their end. */
export const MAX_DICT_OFFSET = MAX_STRUCT_BYTES;

/** Finds attributes of instances of classes that a program defines. Those of other types have no attributes for us. */
export class InstanceAttributeReader {
  readonly #memory: ProcessMemory;
  readonly #layout: StructLayout;
  readonly #dicts: DictReader;
  readonly #neededFlags: number;

  constructor(memory: ProcessMemory, layout: StructLayout, dicts: DictReader) {
    this.#memory = memory;
    this.#layout = layout;
    this.#dicts = dicts;
    const isManaged = layout.attributes.kind !== 'type-says';
    this.#neededFlags = TYPE_FLAGS.heapType | (isManaged ? TYPE_FLAGS.managedDict : 0);
  }

  /** Address of the pointer to the attribute's value; undefined if there is none, or not now. */
  findSlot(instance: RemoteAddress, name: string): RemoteAddress | undefined {
    const table = this.#findTable(instance);
    return table === undefined ? undefined : this.#dicts.findSlot(table, name);
  }

  #findTable(instance: RemoteAddress): DictTable | undefined {
    const { type: layout, attributes } = this.#layout;
    const type = this.#readPointer(instance + OBJECT_TYPE_OFFSET);
    if (type === undefined) return undefined;
    const bytes = readBytes(
      this.#memory,
      type,
      Math.max(layout.flags, layout.instanceSize, layout.sharedKeys) + WORD_BYTES,
    );
    if (bytes === undefined) return undefined;
    const flags = bytes.readUInt32LE(layout.flags);
    if ((flags & this.#neededFlags) !== this.#neededFlags) return undefined;
    const keys = parseAddress(bytes, layout.sharedKeys);
    switch (attributes.kind) {
      case 'two-pointers': {
        const values = this.#readPointer(instance + attributes.values);
        return values !== undefined && isMappable(values)
          ? { keys, values }
          : this.#readDict(this.#readPointer(instance + attributes.dict));
      }
      case 'tagged-pointer': {
        const pointer = this.#readPointer(instance + attributes.pointer);
        return pointer !== undefined && pointer % 2 === 1
          ? { keys, values: remoteAddress(pointer + 1) }
          : this.#readDict(pointer);
      }
      case 'inline': {
        const size = parseUint64(bytes, layout.instanceSize);
        const hasValues = (flags & TYPE_FLAGS.inlineValues) !== 0 && size <= MAX_STRUCT_BYTES;
        const values = remoteAddress(instance + size);
        const head = hasValues ? readBytes(this.#memory, values, WORD_BYTES) : undefined;
        return head !== undefined && head.readUInt8(attributes.isValid) === 1
          ? { keys, values }
          : this.#readDict(this.#readPointer(instance + attributes.dict));
      }
      case 'type-says': {
        const offset = parseUint64(bytes, attributes.dictOffset);
        return offset === 0 || offset > MAX_DICT_OFFSET
          ? undefined
          : this.#readDict(this.#readPointer(instance + offset));
      }
    }
  }

  #readDict(dict: RemoteAddress | undefined): DictTable | undefined {
    return dict === undefined ? undefined : this.#dicts.readTable(dict);
  }

  #readPointer(address: number): RemoteAddress | undefined {
    const bytes = readBytes(this.#memory, remoteAddress(address), WORD_BYTES);
    return bytes === undefined ? undefined : parseAddress(bytes, 0);
  }
}
