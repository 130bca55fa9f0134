import type { ByteSource } from './byte-source.ts';
import { parsePosition } from './byte-source.ts';

/** Sizes and positions of the System V ABI, ELF-64, little-endian. */
const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const SECTION_HEADER_BYTES = 64;
const MAGIC = 0x464c457f;
const CLASS_64_LITTLE_ENDIAN = 0x0102;
const ET_EXEC = 2;
const ET_DYN = 3;
/** A linker writes about a dozen program headers and a few dozen sections; unlinked objects are never mapped. */
export const MAX_PROGRAM_HEADERS = 256;
export const MAX_SECTIONS = 4096;

export const SegmentType = { load: 1, dynamic: 2 } as const;

/** Architectures whose CPython structures the layouts describe: EM_X86_64 and EM_AARCH64. */
export const ElfMachine = { x86_64: 62, aarch64: 183 } as const;

export interface ElfHeader {
  readonly isFixedAddress: boolean;
  readonly machine: number;
  readonly programHeaders: { readonly position: number; readonly count: number };
  readonly sections: { readonly position: number; readonly count: number; readonly nameTable: number };
}

export interface ProgramHeader {
  readonly type: number;
  readonly fileOffset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

export interface Section {
  readonly name: string;
  readonly address: number;
  readonly fileOffset: number;
  readonly size: number;
  /** Index of the section this one refers to: for a symbol table, its strings. */
  readonly link: number;
}

/** Undefined if this is not a linked 64-bit little-endian ELF object. */
export const parseElfHeader = (source: ByteSource): ElfHeader | undefined => {
  const bytes = source(0, HEADER_BYTES);
  if (bytes === undefined || bytes.readUInt32LE(0) !== MAGIC || bytes.readUInt16LE(4) !== CLASS_64_LITTLE_ENDIAN)
    return undefined;
  const type = bytes.readUInt16LE(16);
  const programPosition = parsePosition(bytes, 32);
  const sectionPosition = parsePosition(bytes, 40);
  if ((type !== ET_EXEC && type !== ET_DYN) || programPosition === undefined || sectionPosition === undefined)
    return undefined;
  const hasKnownSizes =
    bytes.readUInt16LE(54) === PROGRAM_HEADER_BYTES && [0, SECTION_HEADER_BYTES].includes(bytes.readUInt16LE(58));
  if (!hasKnownSizes) return undefined;
  return {
    isFixedAddress: type === ET_EXEC,
    machine: bytes.readUInt16LE(18),
    programHeaders: { position: programPosition, count: Math.min(bytes.readUInt16LE(56), MAX_PROGRAM_HEADERS) },
    sections: {
      position: sectionPosition,
      count: Math.min(bytes.readUInt16LE(60), MAX_SECTIONS),
      nameTable: bytes.readUInt16LE(62),
    },
  };
};

export const parseProgramHeaders = (source: ByteSource, header: ElfHeader): ProgramHeader[] => {
  const { position, count } = header.programHeaders;
  const bytes = source(position, count * PROGRAM_HEADER_BYTES);
  if (bytes === undefined) return [];
  return Array.from({ length: count }, (_, index) => {
    const at = index * PROGRAM_HEADER_BYTES;
    return {
      type: bytes.readUInt32LE(at),
      fileOffset: parsePosition(bytes, at + 8) ?? 0,
      address: parsePosition(bytes, at + 16) ?? 0,
      fileSize: parsePosition(bytes, at + 32) ?? 0,
      memorySize: parsePosition(bytes, at + 40) ?? 0,
    };
  });
};

/** Longest section name looked at: `.PyRuntime` and the symbol tables are short. */
export const MAX_SECTION_NAME_BYTES = 32;

export const parseSections = (source: ByteSource, header: ElfHeader): Section[] => {
  const { position, count, nameTable } = header.sections;
  const bytes = source(position, count * SECTION_HEADER_BYTES);
  if (bytes === undefined || count === 0) return [];
  const namesAt = nameTable < count ? parsePosition(bytes, nameTable * SECTION_HEADER_BYTES + 24) : undefined;
  return Array.from({ length: count }, (_, index) => {
    const at = index * SECTION_HEADER_BYTES;
    return {
      name: namesAt === undefined ? '' : parseName(source, namesAt + bytes.readUInt32LE(at)),
      address: parsePosition(bytes, at + 16) ?? 0,
      fileOffset: parsePosition(bytes, at + 24) ?? 0,
      size: parsePosition(bytes, at + 32) ?? 0,
      link: bytes.readUInt32LE(at + 40),
    };
  });
};

/** A zero-terminated name; empty if it is cut or longer than any we look for. */
const parseName = (source: ByteSource, position: number): string => {
  for (let length = MAX_SECTION_NAME_BYTES; length > 0; length >>= 1) {
    const bytes = source(position, length);
    if (bytes === undefined) continue;
    const end = bytes.indexOf(0);
    return end < 0 ? '' : bytes.toString('latin1', 0, end);
  }
  return '';
};
