import { describe, expect, it } from 'vitest';
import type { FakeElfOptions } from '../../test/fake-elf.ts';
import { FAKE_ELF_BYTES, buildElf } from '../../test/fake-elf.ts';
import { FakeMemory } from '../../test/fake-interpreter.ts';
import type { FileMapping } from '../memory/process-maps.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import type { RuntimeSearch } from './runtime-finder.ts';
import { MAX_CANDIDATES, findRuntime } from './runtime-finder.ts';

const VERSION_AT = 0x900;
const TYPES = {
  PyCode_Type: 0xa00,
  PyUnicode_Type: 0xa10,
  PyBytes_Type: 0xa20,
  PyDict_Type: 0xa30,
  PyFloat_Type: 0xa40,
};
const PYTHON = { _PyRuntime: 0xb00, Py_Version: VERSION_AT, ...TYPES };
const refused = (code: string) => expect.objectContaining({ code });

interface FakeObject {
  readonly path: string;
  readonly symbols: Readonly<Record<string, number>>;
  readonly options?: FakeElfOptions;
  /** What its file says, where that is more than what is loaded. */
  readonly file?: Buffer;
}

const searchOf = (objects: readonly FakeObject[]): RuntimeSearch & { bases: readonly number[] } => {
  const memory = new FakeMemory();
  const files = new Map<string, Buffer>();
  const bases: number[] = [];
  const mappings = objects.map(({ path, symbols, options, file }): FileMapping => {
    const start = memory.allocate(FAKE_ELF_BYTES);
    const bytes = buildElf(symbols, { bias: start, ...options });
    bytes.writeUInt32LE(0x030c01f0, VERSION_AT);
    memory.write(start, bytes);
    files.set(path, file ?? bytes);
    bases.push(start);
    return { start, end: remoteAddress(start + FAKE_ELF_BYTES), fileOffset: 0, path, isDeleted: false };
  });
  return {
    pid: 7,
    executable: '/usr/bin/program',
    memory,
    mappings,
    bases,
    openFile: ({ path }) => {
      const bytes = files.get(path);
      return (
        bytes && {
          source: (at, length) =>
            at >= 0 && at + length <= bytes.length ? bytes.subarray(at, at + length) : undefined,
          close: () => undefined,
        }
      );
    },
  };
};

describe('finding CPython in a process', () => {
  it.each(['/usr/bin/program', '/usr/lib/libpython3.12.so.1.0'])('finds it in %s', (path) => {
    const search = searchOf([{ path, symbols: PYTHON }]);
    const base = search.bases[0] ?? 0;
    expect(findRuntime(search)).toMatchObject({
      runtime: base + 0xb00,
      versionHex: 0x030c01f0,
      types: {
        code: base + 0xa00,
        text: base + 0xa10,
        bytes: base + 0xa20,
        dict: base + 0xa30,
        float: base + 0xa40,
      },
    });
  });

  it('goes on to the library where the executable has none', () => {
    const search = searchOf([
      { path: '/usr/bin/program', symbols: { main: 16 } },
      { path: '/usr/lib/libpython3.12.so.1.0', symbols: PYTHON },
    ]);
    expect(findRuntime(search).runtime).toBe((search.bases[1] ?? 0) + 0xb00);
  });

  it('takes symbols from the file where the program exports none, and the runtime from its section', () => {
    const file = buildElf({ Py_Version: VERSION_AT, ...TYPES }, { runtimeSection: 0xc00 });
    const search = searchOf([{ path: '/usr/bin/program', symbols: { main: 16 }, file }]);
    expect(findRuntime(search).runtime).toBe((search.bases[0] ?? 0) + 0xc00);
  });

  it('names an old version by its file', () => {
    const symbols = { _PyRuntime: 0xb00 };
    expect(() => findRuntime(searchOf([{ path: '/opt/python3.7', symbols }]))).toThrow(refused('unsupported-python'));
    expect(() => findRuntime(searchOf([{ path: '/opt/python3.7', symbols }]))).toThrow('3.7');
    expect(() => findRuntime(searchOf([{ path: '/opt/python2.7', symbols: { main: 16 } }]))).toThrow('2.7');
  });

  it.each([
    ['/usr/lib/libpython3.9.so.1.0', '3.9'],
    ['/opt/embedding-program/libpython.so', undefined],
  ])('finds %s, too old to export its version', (path, namedVersion) => {
    const search = searchOf([{ path, symbols: { _PyRuntime: 0xb00, ...TYPES } }]);
    expect(findRuntime(search)).toMatchObject({ versionHex: undefined, namedVersion });
  });

  it('says that a program is not Python', () => {
    expect(() => findRuntime(searchOf([{ path: '/usr/bin/program', symbols: { main: 16 } }]))).toThrow(
      refused('not-python'),
    );
    expect(() => findRuntime(searchOf([]))).toThrow(refused('not-python'));
  });

  it('says that a Python without version or types cannot be read', () => {
    const symbols = { _PyRuntime: 0xb00, Py_Version: VERSION_AT };
    expect(() => findRuntime(searchOf([{ path: '/usr/bin/program', symbols }]))).toThrow(refused('target-unreadable'));
  });

  it('does not look into more objects than its limit', () => {
    const others = Array.from({ length: MAX_CANDIDATES }, (_, index) => ({
      path: `/usr/lib/python-plugin-${index}.so`,
      symbols: { main: 16 },
    }));
    const search = searchOf([...others, { path: '/usr/lib/libpython3.12.so', symbols: PYTHON }]);
    expect(() => findRuntime(search)).toThrow(refused('not-python'));
  });
});
