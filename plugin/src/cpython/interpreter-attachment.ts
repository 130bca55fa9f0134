import { closeSync, existsSync, fstatSync, openSync, readSync, readlinkSync } from 'node:fs';
import { arch, platform } from 'node:process';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { ByteSource } from '../elf/byte-source.ts';
import { ElfMachine } from '../elf/elf-header.ts';
import { attachError } from '../memory/attach-permission.ts';
import { LiveProcessMemory } from '../memory/live-process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { readProcessMaps } from '../memory/process-maps.ts';
import type { InterpreterReader } from './interpreter-reader.ts';
import type { PythonVersionHex } from './layouts/layout-registry.ts';
import { findVersion, formatPythonVersion, layoutFor, unsupportedPython } from './layouts/layout-registry.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { mappedFilePaths } from './mapped-file-paths.ts';
import type { InterpreterFacts } from './memory-interpreter-reader.ts';
import { MemoryInterpreterReader } from './memory-interpreter-reader.ts';
import { readMainThreadId } from './pthread-id.ts';
import type { FoundRuntime, MappedObject } from './runtime-finder.ts';
import { findRuntime } from './runtime-finder.ts';
import type { ThreadIdTranslator } from './thread-list.ts';
import { threadIdsOf } from './thread-id-translation.ts';
import { readHexVersion } from './version-reader.ts';

const SUPPORTED_MACHINES: Readonly<Record<string, number>> = { x64: ElfMachine.x86_64, arm64: ElfMachine.aarch64 };
/** Linux counts pids up to 2^22. */
export const MAX_PID = 2 ** 22;
const DELETED_MARK = ' (deleted)';

const checkPlatform = (): void => {
  if (platform !== 'linux' || SUPPORTED_MACHINES[arch] === undefined)
    throw new ProfilerError(
      'unsupported-platform',
      `Live processes can be read on Linux on x86_64 and aarch64 only; this is ${platform} on ${arch}.`,
      { platform, arch },
    );
};

const readExecutable = (pid: number): string => {
  try {
    const path = readlinkSync(`/proc/${pid}/exe`);
    return path.endsWith(DELETED_MARK) ? path.slice(0, -DELETED_MARK.length) : path;
  } catch (error) {
    throw attachError(pid, error);
  }
};

/** The target's root folder as this process names it: its own root but for a chroot. */
const readRoot = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/root`);
  } catch {
    // Not to be seen: then no path that leads through it is, either.
    return '/';
  }
};

const fileSource = (file: number): ByteSource => {
  const size = fstatSync(file).size;
  return (position, length) => {
    if (length < 0 || position < 0 || position + length > size) return undefined;
    const bytes = Buffer.alloc(length);
    return readSync(file, bytes, 0, length, position) === length ? bytes : undefined;
  };
};

const openObjectFile = (
  pid: number,
  executable: string,
  object: MappedObject,
): { readonly source: ByteSource; close(): void } | undefined => {
  for (const path of mappedFilePaths(pid, readRoot(pid), executable, object)) {
    try {
      const file = openSync(path, 'r');
      return { source: fileSource(file), close: () => closeSync(file) };
    } catch {
      // Not this way: gone, or not allowed. The next one may do.
    }
  }
  return undefined;
};

/** What there is to know of the interpreter in a live process before reading its threads. */
export const readInterpreterFacts = (pid: number, memory: ProcessMemory): InterpreterFacts => {
  const executable = readExecutable(pid);
  const found = findRuntime({
    pid,
    executable,
    memory,
    mappings: readProcessMaps(pid),
    openFile: (object) => openObjectFile(pid, executable, object),
  });
  if (found.machine !== SUPPORTED_MACHINES[arch])
    throw new ProfilerError('unsupported-platform', `Process ${pid} runs Python for another architecture.`, { pid });
  const { runtime, types } = found;
  const versionHex = found.versionHex ?? askVersion(pid, memory, found);
  const layout = layoutFor(versionHex, (length) => readBytes(memory, runtime, length));
  const threadIds = threadIdsOf(pid);
  checkThreadIds(pid, memory, layout, runtime, threadIds);
  return { pid, pythonVersion: formatPythonVersion(versionHex), runtime, types, layout, threadIds };
};

const askVersion = (
  pid: number,
  memory: ProcessMemory,
  { runtime, types, namedVersion }: FoundRuntime,
): PythonVersionHex => {
  const version = findVersion((layout) => readHexVersion(memory, layout, runtime, types));
  if (version !== undefined) return version;
  if (namedVersion === undefined) throw unsupportedPython('that does not say its version');
  throw new ProfilerError(
    'target-unreadable',
    `Python ${namedVersion} in process ${pid} does not say its version: it is starting or ending.`,
    { pid },
  );
};

/** Where thread ids have to be looked up in the C library's structures, the main thread's shows whether they are where we look. */
const checkThreadIds = (
  pid: number,
  memory: ProcessMemory,
  layout: StructLayout,
  runtime: RemoteAddress,
  threadIds: ThreadIdTranslator,
): void => {
  if (layout.thread.nativeId.kind === 'in-thread') return;
  const main = readMainThreadId(memory, layout, runtime);
  if (main !== undefined && existsSync(`/proc/${pid}/task/${threadIds.translate(main)}`)) return;
  throw new ProfilerError(
    'target-unreadable',
    `The C library of process ${pid} does not keep thread ids where Python ${layout.version} would need it to: it is not glibc.`,
    { pid },
  );
};

/** A kernel thread and a zombie have no memory: their executable cannot be named. */
export const attachToInterpreter = (pid: number): InterpreterReader => {
  checkPlatform();
  if (!Number.isInteger(pid) || pid < 1 || pid > MAX_PID)
    throw new ProfilerError('no-such-process', `There is no process ${pid}.`, { pid });
  const memory = new LiveProcessMemory(pid);
  try {
    return new MemoryInterpreterReader(memory, readInterpreterFacts(pid, memory));
  } catch (error) {
    memory.close();
    throw error;
  }
};
