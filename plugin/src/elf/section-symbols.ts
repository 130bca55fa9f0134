import type { ByteSource } from './byte-source.ts';
import { parsePosition } from './byte-source.ts';
import type { ElfHeader, Section } from './elf-header.ts';
import { parseSections } from './elf-header.ts';

const SYMBOL_BYTES = 24;
/** CPython with debug information has about 30,000 symbols; programs that embed it may have more. */
export const MAX_SYMBOLS = 1_000_000;
export const MAX_SYMBOL_NAMES_BYTES = 256 * 1024 * 1024;
const SYMBOL_TABLES = ['.dynsym', '.symtab'];

/** Name to virtual address. */
export type SymbolTable = ReadonlyMap<string, number>;

export interface FileSymbols {
  readonly symbols: SymbolTable;
  readonly sections: readonly Section[];
}

/** Looks up `names` in the symbol tables of an ELF file. */
export const findFileSymbols = (source: ByteSource, header: ElfHeader, names: readonly string[]): FileSymbols => {
  const sections = parseSections(source, header);
  const symbols = new Map<string, number>();
  for (const section of sections)
    if (SYMBOL_TABLES.includes(section.name)) {
      const strings = sections[section.link];
      if (strings !== undefined) collect(source, section, strings, names, symbols);
    }
  return { symbols, sections };
};

const collect = (
  source: ByteSource,
  table: Section,
  strings: Section,
  names: readonly string[],
  found: Map<string, number>,
): void => {
  if (table.size > MAX_SYMBOLS * SYMBOL_BYTES || strings.size > MAX_SYMBOL_NAMES_BYTES) return;
  const symbolBytes = source(table.fileOffset, table.size);
  const stringBytes = source(strings.fileOffset, strings.size);
  if (symbolBytes === undefined || stringBytes === undefined) return;
  const wanted = names.map((name) => ({ name, bytes: Buffer.from(`${name}\0`) }));
  for (let at = 0; at + SYMBOL_BYTES <= symbolBytes.length; at += SYMBOL_BYTES) {
    const nameAt = symbolBytes.readUInt32LE(at);
    const address = parsePosition(symbolBytes, at + 8);
    if (address === undefined || address === 0) continue;
    for (const { name, bytes } of wanted)
      if (!found.has(name) && stringBytes.subarray(nameAt, nameAt + bytes.length).equals(bytes))
        found.set(name, address);
  }
};
