/** Adds dicts, classes, instances and the `threading` module to the memory of a {@link FakeRuntime}. */
import { CPYTHON_3_10 } from '../src/cpython/layouts/cpython-3.10.ts';
import { CPYTHON_3_11 } from '../src/cpython/layouts/cpython-3.11.ts';
import { CPYTHON_3_12 } from '../src/cpython/layouts/cpython-3.12.ts';
import type { DataStackLayout, StructLayout } from '../src/cpython/layouts/struct-layout.ts';
import {
  DICT_ENTRIES,
  MODULE_DICT_OFFSET,
  OBJECT_TYPE_OFFSET,
  TYPE_FLAGS,
} from '../src/cpython/layouts/struct-layout.ts';
import type { RemoteAddress } from '../src/memory/remote-address.ts';
import { remoteAddress } from '../src/memory/remote-address.ts';
import type { FakeRuntime } from './fake-runtime.ts';

/** As in 3.13 and newer, whose layouts come from the target. */
const WITH_INLINE_VALUES: DataStackLayout = {
  ...CPYTHON_3_12,
  version: '3.13',
  dict: { ...CPYTHON_3_12.dict, firstValue: 8 },
  attributes: { kind: 'inline', dict: -24, isValid: 3 },
};
/** One for each way to keep attributes. */
export const ATTRIBUTE_LAYOUTS: readonly StructLayout[] = [
  CPYTHON_3_10,
  CPYTHON_3_11,
  CPYTHON_3_12,
  WITH_INLINE_VALUES,
];

export interface FakeEntry {
  readonly key: number;
  readonly value?: number;
  /** Makes the dict one of the general kind. */
  readonly hash?: number;
}

const INDEX_SIZE_LOG2 = 6;
/** What precedes an instance. */
const PREHEADER_BYTES = 64;
const INSTANCE_BYTES = 32;
/** Where classes say that their instances have the pointer to their dict, in versions in which they do. */
export const DICT_OFFSET = 16;
const USUAL_FLAGS = TYPE_FLAGS.managedDict | TYPE_FLAGS.heapType | TYPE_FLAGS.inlineValues;

export class FakeObjects {
  readonly #fake: FakeRuntime;

  constructor(fake: FakeRuntime) {
    this.#fake = fake;
  }

  addKeys(entries: readonly FakeEntry[]): RemoteAddress {
    const { memory, layout } = this.#fake;
    const { indexSize, used, index: indexAt } = layout.dict.keysObject;
    const isGeneral = indexSize.kind === 'slots' || entries.some(({ hash }) => hash !== undefined);
    const entryBytes = isGeneral ? DICT_ENTRIES.generalBytes : DICT_ENTRIES.bytes;
    const first = indexAt + 2 ** INDEX_SIZE_LOG2;
    const bytes = Buffer.alloc(first + entries.length * entryBytes);
    if (indexSize.kind === 'bytes') {
      bytes.writeUInt8(INDEX_SIZE_LOG2, indexSize.sizeLog2);
      bytes.writeUInt8(isGeneral ? DICT_ENTRIES.generalKind : 1, indexSize.entryKind);
    } else bytes.writeBigUInt64LE(BigInt(2 ** INDEX_SIZE_LOG2), indexSize.slots);
    bytes.writeBigUInt64LE(BigInt(entries.length), used);
    entries.forEach(({ key, value = 0, hash = 0 }, index) => {
      const end = first + (index + 1) * entryBytes;
      if (isGeneral) bytes.writeBigUInt64LE(BigInt(hash), end - 24);
      bytes.writeBigUInt64LE(BigInt(key), end - 16);
      bytes.writeBigUInt64LE(BigInt(value), end - 8);
    });
    const address = memory.allocate(bytes.length);
    memory.write(address, bytes);
    return address;
  }

  /** @param values where they are apart from their keys */
  addDict(keys: RemoteAddress, values = 0): RemoteAddress {
    const { memory, layout, types } = this.#fake;
    const address = memory.allocate(64);
    memory.writeWord(address + OBJECT_TYPE_OFFSET, types.dict);
    memory.writeWord(address + layout.dict.keys, keys);
    memory.writeWord(address + layout.dict.values, values);
    return address;
  }

  addNamespace(entries: Readonly<Record<string, number>>): RemoteAddress {
    return this.addDict(
      this.addKeys(Object.entries(entries).map(([name, value]) => ({ key: this.#fake.addText(name), value }))),
    );
  }

  addValues(values: readonly number[]): RemoteAddress {
    const { memory, layout } = this.#fake;
    const address = memory.allocate(layout.dict.firstValue + 8 * values.length);
    this.#writeValues(address, values);
    return address;
  }

  /** An instance of a class with just these attributes, kept as values of keys that its class has, or in a dict. */
  addInstance(
    attributes: Readonly<Record<string, number>>,
    keptIn: 'values' | 'dict' = 'values',
    flags: number = USUAL_FLAGS,
  ): RemoteAddress {
    const { memory, layout } = this.#fake;
    const keys = this.addKeys(Object.keys(attributes).map((name) => ({ key: this.#fake.addText(name) })));
    const type = memory.allocate(1024);
    memory.writeWord(type + layout.type.flags, flags);
    memory.writeWord(type + layout.type.instanceSize, INSTANCE_BYTES);
    memory.writeWord(type + layout.type.sharedKeys, keys);
    const values = Object.values(attributes);
    const instance = remoteAddress(memory.allocate(1024) + PREHEADER_BYTES);
    memory.writeWord(instance + OBJECT_TYPE_OFFSET, type);
    const dict = keptIn === 'dict' ? this.addNamespace(attributes) : 0;
    const place = layout.attributes;
    switch (place.kind) {
      case 'two-pointers':
        memory.writeWord(instance + place.values, keptIn === 'values' ? this.addValues(values) : 0);
        memory.writeWord(instance + place.dict, dict);
        break;
      case 'tagged-pointer':
        memory.writeWord(instance + place.pointer, keptIn === 'values' ? this.addValues(values) - 1 : dict);
        break;
      case 'inline':
        this.#writeValues(instance + INSTANCE_BYTES, values);
        memory.write(instance + INSTANCE_BYTES + place.isValid, Buffer.from([keptIn === 'values' ? 1 : 0]));
        memory.writeWord(instance + place.dict, dict);
        break;
      case 'type-says':
        memory.writeWord(type + place.dictOffset, DICT_OFFSET);
        memory.writeWord(
          instance + DICT_OFFSET,
          keptIn === 'values' ? this.addDict(keys, this.addValues(values)) : dict,
        );
    }
    return instance;
  }

  addNamedThread(name: string, keptIn: 'values' | 'dict' = 'values'): RemoteAddress {
    return this.addInstance({ _target: 0, _name: this.#fake.addText(name), _args: 0 }, keptIn);
  }

  /** Imports `threading`, with these threads by ident. @returns its dict of threads */
  importThreading(threads: ReadonlyMap<number, RemoteAddress>): RemoteAddress {
    const { memory, layout, interpreter } = this.#fake;
    const active = this.addDict(this.addThreadKeys(threads));
    const module = memory.allocate(64);
    memory.writeWord(module + MODULE_DICT_OFFSET, this.addNamespace({ __name__: 0, _active: active, _limbo: 0 }));
    const modules = this.addNamespace({ sys: 0, threading: module, builtins: 0 });
    memory.writeWord(interpreter + layout.interpreter.modules, modules);
    return active;
  }

  addThreadKeys(threads: ReadonlyMap<number, RemoteAddress>): RemoteAddress {
    // Of an int only the hash is looked at.
    return this.addKeys([...threads].map(([hash, value]) => ({ key: this.#fake.types.text, value, hash })));
  }

  #writeValues(address: number, values: readonly number[]): void {
    const { memory, layout } = this.#fake;
    values.forEach((value, index) => memory.writeWord(address + layout.dict.firstValue + 8 * index, value));
  }
}
