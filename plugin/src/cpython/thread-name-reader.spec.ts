import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { ATTRIBUTE_LAYOUTS, DICT_OFFSET, FakeObjects } from '../../test/fake-objects.ts';
import { FAKE_PID, FakeRuntime } from '../../test/fake-runtime.ts';
import { findPythons } from '../../test/installed-pythons.ts';
import type { RunningTarget } from '../../test/running-target.ts';
import { startTarget } from '../../test/running-target.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import type { InterpreterReader } from './interpreter-reader.ts';
import { openInterpreter } from './interpreter-reader.ts';
import { MAX_DICT_OFFSET } from './instance-attribute-reader.ts';
import { CPYTHON_3_10 } from './layouts/cpython-3.10.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { MAX_STRUCT_BYTES } from './layouts/layout-validation.ts';
import type { AttributePlace, StructLayout } from './layouts/struct-layout.ts';
import { OBJECT_TYPE_OFFSET, TYPE_FLAGS } from './layouts/struct-layout.ts';
import { MAX_NAMED_THREADS } from './thread-name-reader.ts';

const IDENT = 0x7f12_3456_7800;

/** Where instances of the fake have the pointer to their dict. */
const dictPointer = (place: AttributePlace): number => {
  if (place.kind === 'type-says') return DICT_OFFSET;
  return 'dict' in place ? place.dict : place.pointer;
};

const setup = (layout: StructLayout = CPYTHON_3_12) => {
  const fake = new FakeRuntime(layout);
  fake.addThreadState(FAKE_PID);
  const objects = new FakeObjects(fake);
  const read = (reader: InterpreterReader = fake.open()) => [...reader.readThreadNames()];
  /** Does something after every read that covers an address. */
  const afterReadOf = (place: number, change: () => void): void => {
    const { memory } = fake;
    const copy = memory.read.bind(memory);
    memory.read = (address, length, into, offset) => {
      const count = copy(address, length, into, offset);
      if (address <= place && place < address + length) change();
      return count;
    };
  };
  return { fake, objects, read, afterReadOf };
};

describe.each(ATTRIBUTE_LAYOUTS)('names of threads, laid out as in $version', (layout) => {
  it('are those that the threading module has, wherever a thread keeps its attributes', () => {
    const { objects, read } = setup(layout);
    objects.importThreading(
      new Map([
        [IDENT, objects.addNamedThread('MainThread')],
        [IDENT + 1, objects.addNamedThread('поток', 'dict')],
        [IDENT + 2, objects.addInstance({ first: 0, second: 0, _name: 0 })],
      ]),
    );
    expect(read()).toEqual([
      [IDENT, 'MainThread'],
      [IDENT + 1, 'поток'],
    ]);
  });

  it('are not read from what is no instance of a class with attributes', () => {
    const { fake, objects, read } = setup(layout);
    const withFlags = (flags: number) => objects.addInstance({ _name: fake.addText('x') }, 'values', flags);
    const wrongName = objects.addInstance({ _name: fake.types.dict });
    const wrongDict = objects.addInstance({ _name: fake.addText('x') }, 'dict');
    fake.memory.writeWord(wrongDict + dictPointer(layout.attributes), fake.types.dict);
    const noType = objects.addNamedThread('x');
    fake.memory.writeWord(noType + OBJECT_TYPE_OFFSET, 0x6000_0000_0000);
    const threads = [
      ...(layout.attributes.kind === 'type-says' ? [] : [withFlags(TYPE_FLAGS.heapType | TYPE_FLAGS.inlineValues)]),
      withFlags(TYPE_FLAGS.managedDict | TYPE_FLAGS.inlineValues),
      wrongName,
      wrongDict,
      noType,
      0x6000_0000_0000 as RemoteAddress,
      fake.types.text,
      objects.addNamedThread('right'),
    ];
    objects.importThreading(new Map(threads.map((thread, index) => [IDENT + index, thread])));
    expect(read()).toEqual([[IDENT + threads.length - 1, 'right']]);
  });

  it('end somewhere, and throw nothing, whatever the memory says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(2)), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        (changes, isInDict) => {
          const { fake, objects, read } = setup(layout);
          const reader = fake.open();
          const threads = [1, 2].map((index): [number, RemoteAddress] => [
            IDENT + index,
            objects.addNamedThread(`thread ${index}`, isInDict ? 'dict' : 'values'),
          ]);
          const places: number[] = [];
          const copy = fake.memory.read.bind(fake.memory);
          fake.memory.read = (address, length, into, offset) => {
            for (let word = 0; word < length; word += 8) places.push(address + word);
            return copy(address, length, into, offset);
          };
          objects.importThreading(new Map(threads));
          expect(read(reader)).toHaveLength(2);
          for (const [place, other, kind] of changes) {
            const at = places[place % places.length] ?? 0;
            const value = [places[other % places.length] ?? 0, other, 2 ** 52 + other][kind] ?? 0;
            fake.memory.writeWord(at - (at % 8), value);
          }
          const before = fake.memory.bytesRead;
          expect(read(reader).length).toBeLessThanOrEqual(2);
          expect(fake.memory.bytesRead - before).toBeLessThan(10_000_000);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('names of threads', () => {
  it('are none where the module is not imported, or not yet whole', () => {
    const { fake, objects, read } = setup();
    expect(read()).toEqual([]);
    fake.memory.writeWord(fake.interpreter + fake.layout.interpreter.modules, objects.addNamespace({ sys: 0 }));
    expect(read()).toEqual([]);
    const module = fake.memory.allocate(64);
    fake.memory.writeWord(module + 16, objects.addNamespace({ __name__: 0 }));
    fake.memory.writeWord(
      fake.interpreter + fake.layout.interpreter.modules,
      objects.addNamespace({ threading: module }),
    );
    expect(read()).toEqual([]);
    objects.importThreading(new Map());
    expect(read()).toEqual([]);
  });

  it('are read also where the dict of threads is moved meanwhile', () => {
    const { fake, objects, read, afterReadOf } = setup();
    const thread = objects.addNamedThread('stays');
    const active = objects.importThreading(new Map([[IDENT, thread]]));
    const larger = objects.addThreadKeys(
      new Map([
        [IDENT, thread],
        [IDENT + 1, objects.addNamedThread('new')],
      ]),
    );
    afterReadOf(thread + OBJECT_TYPE_OFFSET, () => fake.memory.writeWord(active + fake.layout.dict.keys, larger));
    expect(read()).toEqual([[IDENT, 'stays']]);
  });

  it('are not given to a thread that took the ident of another meanwhile, nor to one that ended', () => {
    const { fake, objects, read, afterReadOf } = setup();
    const thread = objects.addNamedThread('ended');
    const active = objects.importThreading(
      new Map([
        [IDENT, thread],
        [IDENT + 1, thread],
      ]),
    );
    const later = objects.addThreadKeys(new Map([[IDENT, objects.addNamedThread('next')]]));
    afterReadOf(thread + OBJECT_TYPE_OFFSET, () => fake.memory.writeWord(active + fake.layout.dict.keys, later));
    expect(read()).toEqual([]);
    expect(read()).toEqual([[IDENT, 'next']]);
  });

  it('are left out for a thread that is renamed meanwhile', () => {
    const { fake, objects, read, afterReadOf } = setup();
    const [before, after] = ['before', 'after'].map((name) => fake.addText(name)) as [RemoteAddress, RemoteAddress];
    const values = objects.addInstance({ _name: before });
    objects.importThreading(new Map([[IDENT, values]]));
    const { attributes, dict } = fake.layout;
    if (attributes.kind !== 'tagged-pointer') throw new Error('another layout');
    const pointer = Buffer.alloc(8);
    fake.memory.read((values + attributes.pointer) as RemoteAddress, 8, pointer, 0);
    const slot = Number(pointer.readBigUInt64LE()) + 1 + dict.firstValue;
    let isChanged = false;
    afterReadOf(before, () => {
      if (!isChanged) fake.memory.writeWord(slot, after);
      isChanged = true;
    });
    expect(read()).toEqual([]);
    expect(read()).toEqual([[IDENT, 'after']]);
  });

  it('are read for no more threads than the most, the newest', () => {
    const { objects, read } = setup();
    const thread = objects.addNamedThread('one of many');
    const idents = Array.from({ length: MAX_NAMED_THREADS + 10 }, (_, index) => IDENT + index);
    objects.importThreading(new Map(idents.map((ident) => [ident, thread])));
    const names = read();
    expect(names).toHaveLength(MAX_NAMED_THREADS);
    expect(names.at(-1)?.[0]).toBe(idents.at(-1));
  });

  it('are not looked for where a class says that its instances have no dict, or one beyond the largest', () => {
    const { fake, objects, read } = setup(CPYTHON_3_10);
    const [dictOffset] = [CPYTHON_3_10.attributes].map((place) => (place.kind === 'type-says' ? place.dictOffset : 0));
    const threads = [0, MAX_DICT_OFFSET + 8, 2 ** 63, DICT_OFFSET].map((offset) => {
      const thread = objects.addNamedThread('x');
      const type = Buffer.alloc(8);
      fake.memory.read((thread + OBJECT_TYPE_OFFSET) as RemoteAddress, 8, type, 0);
      fake.memory.writeWord(Number(type.readBigUInt64LE()) + (dictOffset ?? 0), BigInt(offset));
      return thread;
    });
    objects.importThreading(new Map(threads.map((thread, index) => [IDENT + index, thread])));
    expect(read()).toEqual([[IDENT + 3, 'x']]);
  });

  it('are not looked for behind an instance larger than any', () => {
    const { fake, objects, read } = setup(ATTRIBUTE_LAYOUTS.at(-1));
    const thread = objects.addNamedThread('x');
    objects.importThreading(new Map([[IDENT, thread]]));
    const type = Buffer.alloc(8);
    fake.memory.read((thread + OBJECT_TYPE_OFFSET) as RemoteAddress, 8, type, 0);
    fake.memory.writeWord(Number(type.readBigUInt64LE()) + fake.layout.type.instanceSize, MAX_STRUCT_BYTES + 8);
    expect(read()).toEqual([]);
  });
});

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe.each(findPythons().filter(({ isSupported }) => isSupported))('a live Python $version', ({ executable }) => {
  const run = async (program: string): Promise<{ target: RunningTarget; reader: InterpreterReader }> => {
    const target = await startTarget(executable, program);
    cleanUps.push(() => target.end());
    const reader = openInterpreter(target.pid);
    cleanUps.push(() => reader.close());
    return { target, reader };
  };
  /** Names of all threads, in the order of their start; undefined where Python has none. */
  const namesOf = (reader: InterpreterReader): (string | undefined)[] => {
    const names = reader.readThreadNames();
    const byAge = [...reader.readThreads().threads].sort((a, b) => a.nativeId - b.nativeId);
    return byAge.map(({ pythonId }) => names.get(pythonId));
  };

  it('tells the names of its threads, of whatever kind, and a new one after a change', async () => {
    const { target, reader } = await run('thread_names.py');
    const names = namesOf(reader);
    expect(names).toEqual([
      'MainThread',
      'plain',
      'naïve',
      'поток',
      '関数',
      '𝔣ull',
      'a name longer than the kernel keeps',
      'custom',
      'slotted',
      'looked at',
      'more',
      'replaced',
      expect.stringMatching(/^Dummy-\d+$/),
      undefined,
    ]);
    target.process.stdin?.write('переименован\n');
    expect(await target.readLine()).toBe('renamed');
    expect(namesOf(reader)).toEqual(names.with(1, 'переименован'));
    await target.end();
    expect(() => reader.readThreadNames()).toThrow(expect.objectContaining({ code: 'target-exited' }));
  });

  it('has no names where the threading module is not imported', async () => {
    const { target, reader } = await run('without_threading.py');
    expect(target.facts).toBe('False');
    expect(namesOf(reader)).toEqual([undefined, undefined]);
  });

  it('never gives a thread the name of another while threads come and go', async () => {
    const { reader } = await run('named_churn.py');
    let largest = 0;
    const given = new Set<string>();
    const wrong: string[] = [];
    for (let reading = 0; reading < 400 || largest < 20 || given.size <= 20; reading++) {
      const names = reader.readThreadNames();
      largest = Math.max(largest, names.size);
      for (const [ident, name] of names) {
        given.add(name);
        if (!['MainThread', 'new'].includes(name) && !name.startsWith(`id-${ident}`)) wrong.push(`${ident}: ${name}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(given).toContain('MainThread');
    expect(given.size).toBeGreaterThan(20);
  });
});
