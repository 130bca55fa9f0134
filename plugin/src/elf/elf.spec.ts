import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAKE_ELF_BYTES, FAKE_ELF_FIELDS, buildElf } from '../../test/fake-elf.ts';
import type { ByteSource } from './byte-source.ts';
import {
  ElfMachine,
  MAX_PROGRAM_HEADERS,
  MAX_SECTIONS,
  MAX_SECTION_NAME_BYTES,
  parseElfHeader,
  parseProgramHeaders,
  parseSections,
} from './elf-header.ts';
import { MAX_DYNAMIC_ENTRIES, MAX_HASH_CHAIN, findLoadedSymbols } from './loaded-symbols.ts';
import { MAX_SYMBOLS, MAX_SYMBOL_NAMES_BYTES, findFileSymbols } from './section-symbols.ts';

const NAMES = ['_PyRuntime', 'Py_Version', 'missing'];
const SYMBOLS = { other: 0x100, _PyRuntime: 0x200, Py_Version: 0x300 };

/** The bytes, and how many were asked for. */
const sourceOf = (bytes: Buffer): ByteSource & { asked: () => number } => {
  let asked = 0;
  const source: ByteSource = (position, length) => {
    asked += length;
    return position >= 0 && length >= 0 && position + length <= bytes.length
      ? bytes.subarray(position, position + length)
      : undefined;
  };
  return Object.assign(source, { asked: () => asked });
};

const loaded = (bytes: Buffer, bias = 0): ReadonlyMap<string, number> => {
  const source = sourceOf(bytes);
  const header = parseElfHeader(source);
  return header === undefined ? new Map() : findLoadedSymbols(source, parseProgramHeaders(source, header), bias, NAMES);
};

const inFile = (bytes: Buffer): ReadonlyMap<string, number> => {
  const source = sourceOf(bytes);
  const header = parseElfHeader(source);
  return header === undefined ? new Map() : findFileSymbols(source, header, NAMES).symbols;
};

describe('an ELF object', () => {
  it('gives the symbols it exports, loaded or in its file', () => {
    const expected = new Map([
      ['_PyRuntime', 0x200],
      ['Py_Version', 0x300],
    ]);
    expect(loaded(buildElf(SYMBOLS))).toEqual(expected);
    expect(inFile(buildElf(SYMBOLS))).toEqual(expected);
  });

  it('gives them also where the loader has relocated its tables', () => {
    const bias = 0x7f00_0000_0000;
    expect(loaded(buildElf(SYMBOLS, { bias }), bias).get('_PyRuntime')).toBe(0x200);
  });

  it('tells its machine and its sections', () => {
    const source = sourceOf(buildElf({}, { machine: ElfMachine.aarch64, runtimeSection: 0x440 }));
    const header = parseElfHeader(source);
    expect(header?.machine).toBe(ElfMachine.aarch64);
    const sections = header && parseSections(source, header);
    expect(sections?.find(({ name }) => name === '.PyRuntime')?.address).toBe(0x440);
  });

  it('is not what is no 64-bit little-endian ELF', () => {
    expect(parseElfHeader(sourceOf(Buffer.from('#!/bin/sh\n'.repeat(20))))).toBeUndefined();
    expect(parseElfHeader(sourceOf(Buffer.alloc(10)))).toBeUndefined();
    const elf32 = buildElf({});
    elf32[4] = 1;
    expect(parseElfHeader(sourceOf(elf32))).toBeUndefined();
  });
});

describe('an ELF object that lies', () => {
  it('is harmless, whichever bytes are changed or cut off', () => {
    const change = fc.tuple(fc.nat(FAKE_ELF_BYTES - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.nat(FAKE_ELF_BYTES), (changes, length) => {
        const bytes = buildElf(SYMBOLS);
        for (const [at, value] of changes) bytes[at] = value;
        const cut = bytes.subarray(0, length);
        expect(loaded(cut).size + inFile(cut).size).toBeLessThanOrEqual(4);
      }),
    );
  });

  it('about its number of headers and sections is believed up to a limit', () => {
    const bytes = Buffer.concat([buildElf(SYMBOLS), Buffer.alloc(1024 * 1024)]);
    bytes.writeUInt16LE(0xffff, FAKE_ELF_FIELDS.segmentCount);
    bytes.writeUInt16LE(0xffff, FAKE_ELF_FIELDS.sectionCount);
    const source = sourceOf(bytes);
    const header = parseElfHeader(source);
    expect(header?.programHeaders.count).toBe(MAX_PROGRAM_HEADERS);
    expect(header?.sections.count).toBe(MAX_SECTIONS);
  });

  it('about the size of its symbol table is not read', () => {
    const bytes = buildElf(SYMBOLS);
    bytes.writeBigUInt64LE(BigInt((MAX_SYMBOLS + 1) * 24), FAKE_ELF_FIELDS.symbolsSize);
    expect(inFile(bytes).size).toBe(0);
  });

  it('about the size of its symbol names is not read', () => {
    const bytes = buildElf(SYMBOLS);
    bytes.writeBigUInt64LE(BigInt(MAX_SYMBOL_NAMES_BYTES + 1), FAKE_ELF_FIELDS.symbolNamesSize);
    const source = sourceOf(bytes);
    const header = parseElfHeader(source);
    if (header === undefined) throw new Error('no header');
    expect(findFileSymbols(source, header, NAMES).symbols.size).toBe(0);
    expect(source.asked()).toBeLessThan(FAKE_ELF_BYTES);
  });

  it('in a section name longer than any of ours gives no name', () => {
    const bytes = buildElf(SYMBOLS);
    const source = sourceOf(bytes);
    const header = parseElfHeader(source);
    if (header === undefined) throw new Error('no header');
    const names = (): string[] => parseSections(source, header).map(({ name }) => name);
    expect(names()).toContain('.dynsym');
    bytes.fill('x', FAKE_ELF_FIELDS.sectionNames, FAKE_ELF_FIELDS.sectionNames + 8 * MAX_SECTION_NAME_BYTES);
    expect(new Set(names())).toEqual(new Set(['']));
  });

  it('about the size of its dynamic segment is read up to a limit', () => {
    const bytes = Buffer.concat([buildElf(SYMBOLS), Buffer.alloc(64 * 1024)]);
    bytes.writeBigUInt64LE(2n ** 40n, FAKE_ELF_FIELDS.dynamicSize);
    const source = sourceOf(bytes);
    const header = parseElfHeader(source);
    if (header === undefined) throw new Error('no header');
    findLoadedSymbols(source, parseProgramHeaders(source, header), 0, NAMES);
    expect(source.asked()).toBeLessThan(MAX_DYNAMIC_ENTRIES * 16 + 4096);
  });

  it('in a hash chain without end is followed up to a limit', () => {
    const bytes = Buffer.concat([buildElf(SYMBOLS), Buffer.alloc(1024 * 1024)]);
    // Clears the mark of the last symbol and all that follows.
    bytes.fill(0, FAKE_ELF_FIELDS.hash + 28);
    const source = sourceOf(bytes);
    const header = parseElfHeader(source);
    if (header === undefined) throw new Error('no header');
    findLoadedSymbols(source, parseProgramHeaders(source, header), 0, ['_PyRuntime']);
    expect(source.asked()).toBeLessThan(MAX_HASH_CHAIN * 4 + 4096);
  });
});
