import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import {
  NULL_ADDRESS,
  WORD_BYTES,
  isMappable,
  parseAddress,
  parseUint64,
  remoteAddress,
} from '../memory/remote-address.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { DICT_ENTRIES, OBJECT_TYPE_OFFSET } from './layouts/struct-layout.ts';
import { isAsciiText } from './text-reader.ts';

/** Entries of one dict, deleted ones included; a large program imports some thousand modules. */
export const MAX_DICT_ENTRIES = 32_768;
/** Keys compared for one reading of names: half a microsecond each. */
export const MAX_COMPARED_KEYS = 65_536;
/** Keys that cannot be read, for one reading: each costs up to 95 µs. True ones always can, but for those at the end of a mapping. */
export const MAX_UNREADABLE_KEYS = 64;

/** Keys, and the values where they are apart from them. */
export interface DictTable {
  readonly keys: RemoteAddress;
  /** Null where the values are beside their keys. */
  readonly values: RemoteAddress;
}

/** An entry whose key is an int: a small one is its own hash. */
export interface HashedEntry {
  readonly hash: number;
  readonly value: RemoteAddress;
}

interface KeysHead {
  readonly isGeneral: boolean;
  readonly used: number;
  readonly entries: RemoteAddress;
  readonly entryBytes: number;
}

/** Address of the pointer to the key; that to the value follows. */
const keyAt = ({ entries, entryBytes }: KeysHead, index: number): number =>
  entries + (index + 1) * entryBytes - 2 * WORD_BYTES;

/** Slots hold numbers of entries, deleted and free ones as negative numbers. */
const slotsBytes = (slots: number): number => {
  if (slots <= 0xff) return slots;
  return slots <= 0xffff ? 2 * slots : 4 * slots;
};

/** Where a name was found last time, or that it was not there. */
interface LastPlace {
  readonly keys: RemoteAddress;
  readonly used: number;
  /** -1: not there. */
  readonly index: number;
}

/**
 * Reads dicts of the target while it changes them. Undefined means: not now. What is read may be torn, so who uses a value checks what it is.
 */
export class DictReader {
  readonly #memory: ProcessMemory;
  readonly #layout: StructLayout;
  readonly #types: TypeAddresses;
  readonly #batch = new RangeBatch();
  readonly #lastPlaces = new Map<string, LastPlace>();
  #compared = 0;
  #unreadable = 0;

  constructor(memory: ProcessMemory, layout: StructLayout, types: TypeAddresses) {
    this.#memory = memory;
    this.#layout = layout;
    this.#types = types;
  }

  /** Starts to count anew what one reading may cost. */
  beginReading(): void {
    this.#compared = 0;
    this.#unreadable = 0;
  }

  readTable(dict: RemoteAddress): DictTable | undefined {
    const { keys, values } = this.#layout.dict;
    const bytes = readBytes(this.#memory, dict, Math.max(keys, values) + WORD_BYTES);
    if (bytes === undefined || parseAddress(bytes, OBJECT_TYPE_OFFSET) !== this.#types.dict) return undefined;
    return { keys: parseAddress(bytes, keys), values: parseAddress(bytes, values) };
  }

  /** Address of the pointer to the value of an ASCII name; undefined if there is none. */
  findSlot({ keys, values }: DictTable, name: string): RemoteAddress | undefined {
    const head = this.#readHead(keys);
    if (head === undefined) return undefined;
    const index = this.#findName(keys, head, name);
    if (index === undefined) return undefined;
    return values === NULL_ADDRESS
      ? remoteAddress(keyAt(head, index) + WORD_BYTES)
      : remoteAddress(values + this.#layout.dict.firstValue + index * WORD_BYTES);
  }

  /** The entries of a dict whose keys are ints, in the order of their insertion. */
  readHashedEntries({ keys }: DictTable): HashedEntry[] | undefined {
    const head = this.#readHead(keys);
    if (head === undefined) return undefined;
    // An empty dict, whose keys are of no kind yet.
    if (!head.isGeneral) return [];
    const bytes = readBytes(this.#memory, head.entries, head.used * head.entryBytes);
    if (bytes === undefined) return undefined;
    return Array.from({ length: head.used }, (_, index) => ({
      hash: parseUint64(bytes, index * head.entryBytes),
      value: parseAddress(bytes, (index + 1) * head.entryBytes - WORD_BYTES),
    })).filter(({ value }) => isMappable(value));
  }

  #readHead(keys: RemoteAddress): KeysHead | undefined {
    const { indexSize, used: usedAt, index } = this.#layout.dict.keysObject;
    const bytes = readBytes(this.#memory, keys, index);
    if (bytes === undefined) return undefined;
    const used = parseUint64(bytes, usedAt);
    const isSized = indexSize.kind === 'bytes';
    const kind = isSized ? bytes.readUInt8(indexSize.entryKind) : DICT_ENTRIES.generalKind;
    if (kind > DICT_ENTRIES.largestKind || used > MAX_DICT_ENTRIES) return undefined;
    const isGeneral = kind === DICT_ENTRIES.generalKind;
    const indexBytes = isSized
      ? 2 ** bytes.readUInt8(indexSize.sizeLog2)
      : slotsBytes(parseUint64(bytes, indexSize.slots));
    return {
      isGeneral,
      used,
      entries: remoteAddress(keys + index + indexBytes),
      entryBytes: isGeneral ? DICT_ENTRIES.generalBytes : DICT_ENTRIES.bytes,
    };
  }

  #findName(keys: RemoteAddress, head: KeysHead, name: string): number | undefined {
    const last = this.#lastPlaces.get(name);
    // Entries are only ever added at the end: what was not among so many is still not.
    if (last?.index === -1 && last.keys === keys && last.used === head.used) return undefined;
    if (last !== undefined && last.index >= 0 && last.index < head.used) {
      const key = readBytes(this.#memory, remoteAddress(keyAt(head, last.index)), WORD_BYTES);
      if (key !== undefined && this.#findAmong([parseAddress(key, 0)], name) === 0) return last.index;
    }
    const bytes = readBytes(this.#memory, head.entries, head.used * head.entryBytes);
    if (bytes === undefined) return undefined;
    const all = Array.from({ length: head.used }, (_, index) => parseAddress(bytes, keyAt(head, index) - head.entries));
    const index = this.#findAmong(all, name);
    if (index !== undefined) this.#lastPlaces.set(name, { keys, used: head.used, index });
    return index === -1 ? undefined : index;
  }

  /** Which of the keys is the name; -1 if none is, undefined if that was not to be found out. */
  #findAmong(keys: readonly RemoteAddress[], name: string): number | undefined {
    const { asciiData } = this.#layout.text;
    const length = Math.ceil((asciiData + name.length) / WORD_BYTES) * WORD_BYTES;
    const batch = this.#batch;
    for (let next = 0; next < keys.length;) {
      const indexes: number[] = [];
      batch.clear();
      for (; next < keys.length && !batch.isFull; next++) {
        const key = keys[next] ?? NULL_ADDRESS;
        // A deleted entry has no key.
        if (!isMappable(key)) continue;
        batch.add(key, length);
        indexes.push(next);
      }
      this.#compared += batch.count;
      if (this.#compared > MAX_COMPARED_KEYS) return undefined;
      const copied = batch.count === 0 ? 0 : this.#memory.readRanges(batch);
      for (let range = 0; range < copied; range++) {
        const at = (batch.positions[range] ?? 0) * 4;
        if (isAsciiText(batch.bytes.subarray(at, at + length), this.#layout.text, this.#types.text, name))
          return indexes[range];
      }
      if (copied === batch.count) continue;
      if (++this.#unreadable > MAX_UNREADABLE_KEYS) return undefined;
      next = (indexes[copied] ?? next) + 1;
    }
    return -1;
  }
}
