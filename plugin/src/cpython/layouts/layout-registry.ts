import { ProfilerError } from '#trace/contract/errors.ts';
import { CPYTHON_3_10 } from './cpython-3.10.ts';
import { CPYTHON_3_11 } from './cpython-3.11.ts';
import { CPYTHON_3_12 } from './cpython-3.12.ts';
import { CPYTHON_3_8 } from './cpython-3.8.ts';
import { CPYTHON_3_9 } from './cpython-3.9.ts';
import type { DebugOffsetsFormat } from './debug-offsets.ts';
import {
  DEBUG_COOKIE,
  DEBUG_HEAD_BYTES,
  DEBUG_OFFSETS_FORMATS,
  debugTableBytes,
  parseDebugOffsets,
} from './debug-offsets.ts';
import { findLayoutFault } from './layout-validation.ts';
import type { StructLayout } from './struct-layout.ts';

/** `PY_VERSION_HEX`: one byte each for major, minor and micro, then four bits for the release level and four for its serial. */
export type PythonVersionHex = number;

type LayoutSource =
  | { readonly kind: 'constant'; readonly layout: StructLayout }
  | { readonly kind: 'debug-offsets'; readonly format: DebugOffsetsFormat };

const versionKey = (version: string): number => {
  const [major = '', minor = ''] = version.split('.');
  return (Number(major) << 8) | Number(minor);
};

/** Versions that export no `Py_Version`: they have to be asked. */
const WITHOUT_VERSION_SYMBOL = [CPYTHON_3_8, CPYTHON_3_9, CPYTHON_3_10];

/** Keyed on `version >> 16`: the layout belongs to the minor version. */
const REGISTRY: ReadonlyMap<number, LayoutSource> = new Map<number, LayoutSource>([
  ...[...WITHOUT_VERSION_SYMBOL, CPYTHON_3_11, CPYTHON_3_12].map((layout): [number, LayoutSource] => [
    versionKey(layout.version),
    { kind: 'constant', layout },
  ]),
  ...DEBUG_OFFSETS_FORMATS.map((format): [number, LayoutSource] => [
    versionKey(format.version),
    { kind: 'debug-offsets', format },
  ]),
]);

const RELEASE_LEVELS: Readonly<Record<number, string>> = { 0xa: 'a', 0xb: 'b', 0xc: 'rc' };

export const formatPythonVersion = (version: PythonVersionHex): string => {
  const [major, minor, micro] = [version >>> 24, (version >>> 16) & 0xff, (version >>> 8) & 0xff];
  const level = RELEASE_LEVELS[(version >>> 4) & 0xf];
  return `${major}.${minor}.${micro}${level === undefined ? '' : `${level}${version & 0xf}`}`;
};

const supportedVersions = (): string => {
  const keys = [...REGISTRY.keys()].sort((a, b) => a - b).map((key) => `${key >> 8}.${key & 0xff}`);
  return `${keys[0] ?? ''} to ${keys.at(-1) ?? ''}`;
};

/** @param version as in `3.9` */
export const isSupportedVersion = (version: string): boolean => REGISTRY.has(versionKey(version));

/**
 * The version of an interpreter that exports none: the one that is found where its own layout says.
 *
 * @param readVersion what such an interpreter says, read by this layout
 */
export const findVersion = (
  readVersion: (layout: StructLayout) => PythonVersionHex | undefined,
): PythonVersionHex | undefined => {
  for (const layout of WITHOUT_VERSION_SYMBOL) {
    const version = readVersion(layout);
    if (version !== undefined && version >>> 16 === versionKey(layout.version)) return version;
  }
  return undefined;
};

export const unsupportedPython = (version: string): ProfilerError =>
  new ProfilerError(
    'unsupported-python',
    `The process runs Python ${version}; supported are ${supportedVersions()} with the GIL.`,
    { version },
  );

/** Reads the start of `_PyRuntime`; undefined if it cannot be read. */
export type RuntimeHeadReader = (length: number) => Buffer | undefined;

const unreadable = (version: string, what: string): ProfilerError =>
  new ProfilerError('target-unreadable', `The runtime of Python ${version} is not as expected: ${what}.`, { version });

/**
 * The layout for a version, checked.
 *
 * @throws ProfilerError unsupported-python, target-unreadable
 */
export const layoutFor = (versionHex: PythonVersionHex, readRuntimeHead: RuntimeHeadReader): StructLayout => {
  const version = formatPythonVersion(versionHex);
  const source = REGISTRY.get(versionHex >>> 16);
  if (source === undefined) throw unsupportedPython(version);
  const layout =
    source.kind === 'constant' ? source.layout : layoutFromTarget(version, versionHex, source.format, readRuntimeHead);
  const fault = findLayoutFault(layout);
  if (fault !== undefined) throw unreadable(version, fault);
  return layout;
};

const layoutFromTarget = (
  version: string,
  versionHex: PythonVersionHex,
  format: DebugOffsetsFormat,
  readRuntimeHead: RuntimeHeadReader,
): StructLayout => {
  const table = readRuntimeHead(debugTableBytes(format));
  if (table === undefined) throw unreadable(version, 'its table of offsets cannot be read');
  if (table.toString('latin1', 0, DEBUG_COOKIE.length) !== DEBUG_COOKIE)
    throw unreadable(version, 'its table of offsets is missing');
  if (table.readBigUInt64LE(DEBUG_HEAD_BYTES / 2) !== BigInt(versionHex >>> 0))
    throw unreadable(version, 'its table of offsets belongs to another version');
  const { isFreeThreaded, layout } = parseDebugOffsets(format, table);
  if (isFreeThreaded) throw unsupportedPython(`${version} (free-threaded)`);
  return layout;
};
