/** A small shared object made by hand, mapped as it lies in its file: sections, symbols, dynamic segment and GNU hash table. */
const PROGRAM_HEADERS = 64;
const DYNAMIC = 192;
const HASH = 256;
const SYMBOLS = 512;
const STRINGS = 1024;
const SECTION_NAMES = 1536;
const SECTIONS = 2048;
const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
export const FAKE_ELF_BYTES = 4096;

export interface FakeElfOptions {
  readonly machine?: number;
  /** What the loader adds to the table addresses in the dynamic segment, as glibc does. */
  readonly bias?: number;
  readonly runtimeSection?: number;
}

const hashOf = (name: string): number =>
  [...Buffer.from(name)].reduce((hash, byte) => (Math.imul(hash, 33) + byte) >>> 0, 5381);

export const buildElf = (symbols: Readonly<Record<string, number>>, options: FakeElfOptions = {}): Buffer => {
  const { machine = 62, bias = 0, runtimeSection } = options;
  const file = Buffer.alloc(FAKE_ELF_BYTES);
  const long = (value: number, at: number): void => void file.writeBigUInt64LE(BigInt(value), at);
  file.writeUInt32LE(0x464c457f, 0);
  file.writeUInt16LE(0x0102, 4);
  file.writeUInt16LE(3, 16);
  file.writeUInt16LE(machine, 18);
  long(PROGRAM_HEADERS, 32);
  long(SECTIONS, 40);
  [
    [54, 56],
    [56, 2],
    [58, SECTION_BYTES],
    [60, 5],
    [62, 3],
  ].forEach(([at = 0, value = 0]) => file.writeUInt16LE(value, at));
  const segment = (index: number, type: number, address: number, size: number): void => {
    const at = PROGRAM_HEADERS + index * 56;
    file.writeUInt32LE(type, at);
    for (const offset of [8, 16]) long(address, at + offset);
    for (const offset of [32, 40]) long(size, at + offset);
  };
  segment(0, 1, 0, FAKE_ELF_BYTES);
  segment(1, 2, DYNAMIC, 64);
  [
    [5, STRINGS],
    [6, SYMBOLS],
    [0x6ffffef5, HASH],
  ].forEach(([tag = 0, value = 0], index) => {
    long(tag, DYNAMIC + index * 16);
    long(value + bias, DYNAMIC + index * 16 + 8);
  });
  const names = Object.keys(symbols);
  [1, 1, 1, 0].forEach((value, index) => file.writeUInt32LE(value, HASH + index * 4));
  file.writeUInt32LE(1, HASH + 24);
  let stringAt = 1;
  names.forEach((name, index) => {
    file.writeUInt32LE(((hashOf(name) & ~1) | (index === names.length - 1 ? 1 : 0)) >>> 0, HASH + 28 + index * 4);
    const at = SYMBOLS + (index + 1) * SYMBOL_BYTES;
    file.writeUInt32LE(stringAt, at);
    long(symbols[name] ?? 0, at + 8);
    stringAt += file.write(`${name}\0`, STRINGS + stringAt);
  });
  let nameAt = 1;
  const section = (index: number, name: string, address: number, size: number, link = 0): void => {
    const at = SECTIONS + index * SECTION_BYTES;
    file.writeUInt32LE(nameAt, at);
    nameAt += file.write(`${name}\0`, SECTION_NAMES + nameAt);
    long(address, at + 16);
    long(address, at + 24);
    long(size, at + 32);
    file.writeUInt32LE(link, at + 40);
  };
  section(1, '.dynsym', SYMBOLS, (names.length + 1) * SYMBOL_BYTES, 2);
  section(2, '.dynstr', STRINGS, stringAt);
  section(3, '.shstrtab', SECTION_NAMES, 256);
  section(4, runtimeSection === undefined ? '.data' : '.PyRuntime', runtimeSection ?? 0, 8);
  return file;
};

/** Counts of a valid file that a hostile one would set as high as they go. */
export const FAKE_ELF_FIELDS = {
  segmentCount: 56,
  sectionCount: 60,
  dynamicSize: PROGRAM_HEADERS + 56 + 40,
  symbolsSize: SECTIONS + SECTION_BYTES + 32,
  symbolNamesSize: SECTIONS + 2 * SECTION_BYTES + 32,
  sectionNames: SECTION_NAMES,
  hash: HASH,
};
