import { basename } from 'node:path';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { ByteSource } from '../elf/byte-source.ts';
import type { ElfHeader } from '../elf/elf-header.ts';
import { SegmentType, parseElfHeader, parseProgramHeaders } from '../elf/elf-header.ts';
import { findLoadedSymbols } from '../elf/loaded-symbols.ts';
import { findFileSymbols } from '../elf/section-symbols.ts';
import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { FileMapping } from '../memory/process-maps.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import { isSupportedVersion, unsupportedPython } from './layouts/layout-registry.ts';

const VERSION_BYTES = 4;
const RUNTIME_SYMBOL = '_PyRuntime';
const VERSION_SYMBOL = 'Py_Version';
const TYPE_SYMBOLS = {
  code: 'PyCode_Type',
  text: 'PyUnicode_Type',
  bytes: 'PyBytes_Type',
  dict: 'PyDict_Type',
  float: 'PyFloat_Type',
} as const;
const SYMBOLS = [RUNTIME_SYMBOL, VERSION_SYMBOL, ...Object.values(TYPE_SYMBOLS)];
/** Holds `_PyRuntime` and nothing else; since 3.10. */
const RUNTIME_SECTION = '.PyRuntime';
/** A process maps some hundred objects at most; only a few have Python's name. */
export const MAX_CANDIDATES = 64;

export interface FoundRuntime {
  readonly runtime: RemoteAddress;
  /** Undefined where the version is too old to export it. */
  readonly versionHex: number | undefined;
  /** The version as its file is named: `3.9`. */
  readonly namedVersion: string | undefined;
  readonly types: TypeAddresses;
  readonly machine: number;
}

/** One object (executable or library) that the process has mapped. */
export interface MappedObject {
  readonly path: string;
  readonly isDeleted: boolean;
  /** Where its first byte is mapped. */
  readonly base: RemoteAddress;
  readonly mapping: FileMapping;
}

export interface RuntimeSearch {
  readonly pid: number;
  readonly executable: string;
  readonly memory: ProcessMemory;
  readonly mappings: readonly FileMapping[];
  /** The bytes of an object's file; undefined if it cannot be opened. */
  openFile(object: MappedObject): { readonly source: ByteSource; close(): void } | undefined;
}

/** The executable first, then what is called python: libpython, or a plugin that carries it. */
const candidates = ({ executable, mappings }: RuntimeSearch): MappedObject[] => {
  const objects = new Map<string, MappedObject>();
  for (const mapping of mappings) {
    const { path, isDeleted, start, fileOffset } = mapping;
    const isCandidate = path === executable || /python/i.test(basename(path));
    if (fileOffset === 0 && isCandidate && !objects.has(path))
      objects.set(path, { path, isDeleted, base: start, mapping });
  }
  return [...objects.values()]
    .sort((a, b) => Number(b.path === executable) - Number(a.path === executable))
    .slice(0, MAX_CANDIDATES);
};

/** The parsers cap what they ask for. */
const memorySource =
  (memory: ProcessMemory, bias: number): ByteSource =>
  (position, length) => {
    const bytes = Buffer.alloc(length);
    return memory.read(remoteAddress(position + bias), length, bytes, 0) === length ? bytes : undefined;
  };

interface ObjectSymbols {
  readonly machine: number;
  address(name: string): RemoteAddress | undefined;
}

/** Exported symbols from memory; where they do not name the runtime, all symbols and sections from the file. */
const readSymbols = (search: RuntimeSearch, object: MappedObject): ObjectSymbols | undefined => {
  const loadedHeader = memorySource(search.memory, object.base);
  const header = parseElfHeader(loadedHeader);
  if (header === undefined) return undefined;
  const segments = parseProgramHeaders(loadedHeader, header);
  const firstLoad = segments.find(({ type }) => type === SegmentType.load);
  if (firstLoad === undefined) return undefined;
  const bias = header.isFixedAddress ? 0 : object.base - (firstLoad.address - firstLoad.fileOffset);
  let symbols = findLoadedSymbols(memorySource(search.memory, bias), segments, bias, SYMBOLS);
  if (!symbols.has(RUNTIME_SYMBOL)) symbols = new Map([...symbols, ...readFileSymbols(search, object, header)]);
  return {
    machine: header.machine,
    address: (name) => {
      const value = symbols.get(name);
      return value === undefined ? undefined : remoteAddress(value + bias);
    },
  };
};

const readFileSymbols = (
  search: RuntimeSearch,
  object: MappedObject,
  header: ElfHeader,
): ReadonlyMap<string, number> => {
  const file = search.openFile(object);
  if (file === undefined) return new Map();
  try {
    const { symbols, sections } = findFileSymbols(file.source, header, SYMBOLS);
    const section = sections.find(({ name }) => name === RUNTIME_SECTION);
    return section === undefined || symbols.has(RUNTIME_SYMBOL)
      ? symbols
      : new Map([...symbols, [RUNTIME_SYMBOL, section.address]]);
  } finally {
    file.close();
  }
};

/** `3.9` out of `libpython3.9.so.1.0` or `python3.9`: all there is to tell the version of a Python that cannot be read. */
const versionInName = (path: string): string | undefined => /python(\d\.\d{1,2})/.exec(basename(path))?.[1];

/** Undefined if one is missing. */
const findTypes = (symbols: ObjectSymbols): TypeAddresses | undefined => {
  const [code, text, bytes, dict, float] = (['code', 'text', 'bytes', 'dict', 'float'] as const).map((type) =>
    symbols.address(TYPE_SYMBOLS[type]),
  );
  const isMissing =
    code === undefined || text === undefined || bytes === undefined || dict === undefined || float === undefined;
  return isMissing ? undefined : { code, text, bytes, dict, float };
};

const foundRuntime = (search: RuntimeSearch, object: MappedObject): FoundRuntime | undefined => {
  const symbols = readSymbols(search, object);
  const runtime = symbols?.address(RUNTIME_SYMBOL);
  if (symbols === undefined || runtime === undefined) return undefined;
  const namedVersion = versionInName(object.path);
  const version = symbols.address(VERSION_SYMBOL);
  if (version === undefined && namedVersion !== undefined && !isSupportedVersion(namedVersion))
    throw unsupportedPython(namedVersion);
  const types = findTypes(symbols);
  const versionHex = version && readBytes(search.memory, version, VERSION_BYTES)?.readUInt32LE(0);
  const isUnreadable = version !== undefined && versionHex === undefined;
  if (isUnreadable || types === undefined)
    throw new ProfilerError(
      'target-unreadable',
      `${object.path}, which process ${search.pid} runs, holds Python but does not say where its version and types are.`,
      { pid: search.pid },
    );
  return { runtime, versionHex, namedVersion, types, machine: symbols.machine };
};

/**
 * Looks for CPython in a process: statically linked or in libpython.
 *
 * @throws ProfilerError not-python, unsupported-python, target-unreadable
 */
export const findRuntime = (search: RuntimeSearch): FoundRuntime => {
  const objects = candidates(search);
  for (const object of objects) {
    const found = foundRuntime(search, object);
    if (found !== undefined) return found;
  }
  const old = objects
    .map(({ path }) => /^(?:lib)?python([12]\.\d{1,2}|3\.[0-6])\b/.exec(basename(path))?.[1])
    .find(Boolean);
  if (old !== undefined) throw unsupportedPython(old);
  throw new ProfilerError('not-python', `Process ${search.pid} runs ${search.executable}, which holds no CPython.`, {
    pid: search.pid,
    executable: search.executable,
  });
};
