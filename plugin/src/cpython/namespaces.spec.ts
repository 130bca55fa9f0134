import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findPythons } from '../../test/installed-pythons.ts';
import { needNamespaces, unshareArguments } from '../../test/machine-needs.ts';
import { readNames, startTarget } from '../../test/running-target.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { openInterpreter } from './interpreter-reader.ts';

const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child'];
/** The Python that is started is a file which only its namespace has, as in a container. */
const SET_UP = 'mount -t tmpfs none "$0" && cp "$1" "$0" && shift && exec "$@"';

const RUNTIME_NAME = Buffer.from('\0_PyRuntime\0');
const HIDDEN_NAME = Buffer.from('\0_PyRuntimX\0');
/** The loader's path is a string among the first of a program. */
const HEAD_BYTES = 4096;
const LOADER = /\/lib[\w/.-]*\/ld[\w.-]*\.so[\w.]*/;

const pythons = findPythons().filter(({ isSupported }) => isSupported);
const pythonsInOneFile = pythons.filter(({ executable }) => readFileSync(executable).includes(RUNTIME_NAME));

const prefixOf = (python: string): string =>
  execFileSync(python, ['-c', 'import sys; print(sys.base_prefix)'], { encoding: 'utf8' }).trim();

interface ContainedPython {
  /** The file to be copied into the container. */
  readonly file: string;
  /** Where its library is. */
  readonly prefix: string;
  /** What starts it, if it is not started by its name. */
  readonly loader?: string | undefined;
}

const startInContainer = async ({ file, prefix, loader = '' }: ContainedPython) => {
  const folder = makeTemporaryFolder();
  onTestFinished(folder.remove);
  const inner = join(folder.path, 'inner');
  mkdirSync(inner);
  const copy = join(inner, basename(file));
  const start = join(folder.path, 'start');
  const unshare = `unshare ${unshareArguments(...NAMESPACES).join(' ')}`;
  const command = `${unshare} sh -c '${SET_UP}' ${inner} ${file} env PYTHONHOME=${prefix} ${loader} ${copy}`;
  writeFileSync(start, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  const target = await startTarget(start, 'in_container.py');
  onTestFinished(target.end);
  return { pid: Number(target.facts), copy };
};

const readAll = (pid: number): { readonly names: string[][]; readonly nativeIds: number[] } => {
  const reader = openInterpreter(pid);
  try {
    const { threads } = reader.readThreads();
    return {
      names: threads.map((thread) => readNames(reader, thread)),
      nativeIds: threads.map(({ nativeId }) => nativeId),
    };
  } finally {
    reader.close();
  }
};

const expectReadable = (pid: number): void => {
  const { names, nativeIds } = readAll(pid);
  const stacks = names.map((stack) => stack.join(';'));
  expect(stacks).toContainEqual(expect.stringContaining('<module>;main_waits'));
  expect(stacks).toContainEqual(expect.stringContaining('helper_waits'));
  const outerIds = readdirSync(`/proc/${pid}/task`).map(Number);
  expect(nativeIds.toSorted()).toEqual(outerIds.toSorted());
};

/** A copy whose table of symbols does not name the runtime, as if it had been stripped of it: then its file has to be opened. */
const hideRuntime = (python: string): string => {
  const folder = makeTemporaryFolder();
  onTestFinished(folder.remove);
  const file = join(folder.path, basename(python));
  const bytes = readFileSync(python);
  HIDDEN_NAME.copy(bytes, bytes.indexOf(RUNTIME_NAME));
  writeFileSync(file, bytes, { mode: 0o755 });
  return file;
};

describe('a Python in namespaces of its own, for mounts and for pids', () => {
  it.for(pythons)('is read by what is in its memory: $version', async ({ executable }, context) => {
    needNamespaces(context, ...NAMESPACES);
    const { pid, copy } = await startInContainer({ file: executable, prefix: prefixOf(executable) });
    expect([existsSync(copy), existsSync(`/proc/${pid}/root${copy}`)]).toEqual([false, true]);
    expectReadable(pid);
  });

  it.for(pythonsInOneFile)('is read by the file it was started from: $version', async ({ executable }, context) => {
    needNamespaces(context, ...NAMESPACES);
    const { pid, copy } = await startInContainer({ file: hideRuntime(executable), prefix: prefixOf(executable) });
    expect(readlinkSync(`/proc/${pid}/exe`)).toBe(copy);
    expectReadable(pid);
  });

  it.for(pythonsInOneFile)('is read by a file that it has mapped: $version', async ({ executable }, context) => {
    needNamespaces(context, ...NAMESPACES);
    const [loader] = LOADER.exec(readFileSync(executable).toString('latin1', 0, HEAD_BYTES)) ?? [];
    const prefix = prefixOf(executable);
    const { pid, copy } = await startInContainer({ file: hideRuntime(executable), prefix, loader });
    expect(readlinkSync(`/proc/${pid}/exe`)).not.toBe(copy);
    expectReadable(pid);
  });
});
