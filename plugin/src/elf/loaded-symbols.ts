/**
 * Symbol lookup in a loaded object, through its dynamic segment and GNU hash table: needs no file, so it works for files that were deleted or replaced
 * since, and across mount namespaces.
 */
import type { ByteSource } from './byte-source.ts';
import { parsePosition } from './byte-source.ts';
import type { ProgramHeader } from './elf-header.ts';
import { SegmentType } from './elf-header.ts';

const DYNAMIC_ENTRY_BYTES = 16;
const SYMBOL_BYTES = 24;
/** A dynamic segment has about 30 entries. */
export const MAX_DYNAMIC_ENTRIES = 512;
/** Symbols that share a bucket: a linker aims at a few. */
export const MAX_HASH_CHAIN = 4096;

const Tag = { end: 0, strings: 5, symbols: 6, gnuHash: 0x6ffffef5 } as const;

interface DynamicTables {
  readonly strings: number;
  readonly symbols: number;
  readonly gnuHash: number;
}

/** @param bias what the loader added to the object's virtual addresses: glibc stores some tables' addresses with it added, musl without. */
const parseDynamicTables = (source: ByteSource, segment: ProgramHeader, bias: number): DynamicTables | undefined => {
  const count = Math.min(Math.floor(segment.memorySize / DYNAMIC_ENTRY_BYTES), MAX_DYNAMIC_ENTRIES);
  const bytes = source(segment.address, count * DYNAMIC_ENTRY_BYTES);
  if (bytes === undefined) return undefined;
  const values = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += DYNAMIC_ENTRY_BYTES) {
    const tag = parsePosition(bytes, at);
    const value = parsePosition(bytes, at + 8);
    if (tag === Tag.end) break;
    if (tag !== undefined && value !== undefined) values.set(tag, bias > 0 && value >= bias ? value - bias : value);
  }
  const strings = values.get(Tag.strings);
  const symbols = values.get(Tag.symbols);
  const gnuHash = values.get(Tag.gnuHash);
  if (strings === undefined || symbols === undefined || gnuHash === undefined) return undefined;
  return { strings, symbols, gnuHash };
};

/** The hash function of `.gnu.hash`: h * 33 + c, from 5381. */
const gnuHash = (name: string): number => {
  let hash = 5381;
  for (const byte of Buffer.from(name)) hash = (Math.imul(hash, 33) + byte) >>> 0;
  return hash;
};

const findSymbol = (source: ByteSource, tables: DynamicTables, name: string): number | undefined => {
  const head = source(tables.gnuHash, 16);
  if (head === undefined) return undefined;
  const bucketCount = head.readUInt32LE(0);
  const firstSymbol = head.readUInt32LE(4);
  const buckets = tables.gnuHash + 16 + head.readUInt32LE(8) * 8;
  if (bucketCount === 0) return undefined;
  const hash = gnuHash(name);
  let symbol = source(buckets + (hash % bucketCount) * 4, 4)?.readUInt32LE(0) ?? 0;
  if (symbol < firstSymbol) return undefined;
  const chains = buckets + bucketCount * 4;
  const wanted = Buffer.from(`${name}\0`);
  for (let step = 0; step < MAX_HASH_CHAIN; step++, symbol++) {
    const candidate = source(chains + (symbol - firstSymbol) * 4, 4)?.readUInt32LE(0);
    if (candidate === undefined) return undefined;
    if ((candidate | 1) === (hash | 1)) {
      const entry = source(tables.symbols + symbol * SYMBOL_BYTES, SYMBOL_BYTES);
      const text = entry && source(tables.strings + entry.readUInt32LE(0), wanted.length);
      if (entry !== undefined && text?.equals(wanted) === true) return parsePosition(entry, 8) || undefined;
    }
    if ((candidate & 1) === 1) return undefined;
  }
  return undefined;
};

/** Name to virtual address (without bias) of those `names` that the object exports. */
export const findLoadedSymbols = (
  source: ByteSource,
  segments: readonly ProgramHeader[],
  bias: number,
  names: readonly string[],
): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  const dynamic = segments.find(({ type }) => type === SegmentType.dynamic);
  const tables = dynamic && parseDynamicTables(source, dynamic, bias);
  if (tables === undefined) return found;
  for (const name of names) {
    const address = findSymbol(source, tables, name);
    if (address !== undefined) found.set(name, address);
  }
  return found;
};
