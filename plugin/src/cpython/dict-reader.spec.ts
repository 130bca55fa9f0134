import { describe, expect, it } from 'vitest';
import { FakeObjects } from '../../test/fake-objects.ts';
import { FakeRuntime } from '../../test/fake-runtime.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, parseAddress, remoteAddress } from '../memory/remote-address.ts';
import { DictReader, MAX_COMPARED_KEYS, MAX_DICT_ENTRIES, MAX_UNREADABLE_KEYS } from './dict-reader.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { CPYTHON_3_9 } from './layouts/cpython-3.9.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { DICT_ENTRIES, DICT_KEYS, DICT_KEYS_WITH_SLOTS, OBJECT_TYPE_OFFSET } from './layouts/struct-layout.ts';

const setup = (layout: StructLayout = CPYTHON_3_12) => {
  const fake = new FakeRuntime(layout);
  const dicts = new DictReader(fake.memory, fake.layout, fake.types);
  const objects = new FakeObjects(fake);
  /** The value of a name in a dict; undefined if there is none. */
  const find = (dict: RemoteAddress, name: string): number | undefined => {
    const table = dicts.readTable(dict);
    const slot = table && dicts.findSlot(table, name);
    if (slot === undefined) return undefined;
    const bytes = Buffer.alloc(8);
    fake.memory.read(slot, 8, bytes, 0);
    return parseAddress(bytes, 0);
  };
  return { fake, dicts, objects, find };
};
const VALUES = { first: 0x10000, second: 0x20000, threading: 0x30000 };

describe('reading a dict', () => {
  it('gives the value of a name, and none of a name that is not there', () => {
    const { objects, find } = setup();
    const dict = objects.addNamespace(VALUES);
    expect(find(dict, 'threading')).toBe(VALUES.threading);
    expect(find(dict, 'first')).toBe(VALUES.first);
    expect(find(dict, 'thread')).toBeUndefined();
    expect(find(objects.addNamespace({}), 'first')).toBeUndefined();
  });

  it('compares whole names: others of the same length or beginning are none of them', () => {
    const { objects, find } = setup();
    expect(
      find(objects.addNamespace({ threadinG: 1, threadings: 2, thr: 3, thréading: 4 }), 'threading'),
    ).toBeUndefined();
  });

  it('gives the value of a name among keys that are no names', () => {
    const { fake, objects, find } = setup();
    const keys = objects.addKeys([
      { hash: 5, key: fake.types.text, value: 0x10000 },
      { hash: 6, key: fake.addText('name'), value: 0x20000 },
    ]);
    expect(find(objects.addDict(keys), 'name')).toBe(0x20000);
  });

  it('gives values that are kept apart from their keys', () => {
    const { fake, objects, find } = setup();
    const keys = objects.addKeys(['a', 'b', 'c'].map((name) => ({ key: fake.addText(name) })));
    expect(find(objects.addDict(keys, objects.addValues([0x10000, 0x20000, 0x30000])), 'b')).toBe(0x20000);
  });

  it('passes over entries that were deleted', () => {
    const { fake, objects, find } = setup();
    const entries = [{ key: 0 }, { key: fake.addText('name'), value: 0x20000 }, { key: 0 }];
    expect(find(objects.addDict(objects.addKeys(entries)), 'name')).toBe(0x20000);
  });

  it('gives entries by the hash of their key, without those that were deleted', () => {
    const { objects, dicts } = setup();
    const entries = [
      { hash: 7, key: 0x10000, value: 0x20000 },
      { hash: 8, key: 0, value: 0 },
      { hash: 0x7f00_1234_5678, key: 0x10000, value: 0x30000 },
    ];
    const keys = objects.addKeys(entries);
    expect(dicts.readHashedEntries({ keys, values: NULL_ADDRESS })).toEqual([
      { hash: 7, value: 0x20000 },
      { hash: 0x7f00_1234_5678, value: 0x30000 },
    ]);
  });

  it('looks first where a name was the last time, and searches again where it is no more', () => {
    const { fake, objects, find } = setup();
    const names = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`name${index}`, 0x10000]));
    const dict = objects.addNamespace({ ...names, wanted: 0x20000 });
    const readsOf = (where: RemoteAddress): number => {
      const before = fake.memory.reads;
      expect(find(where, 'wanted')).toBe(0x20000);
      return fake.memory.reads - before;
    };
    expect(readsOf(dict)).toBeGreaterThan(500);
    expect(readsOf(dict)).toBeLessThan(10);
    readsOf(objects.addNamespace({ wanted: 0x20000, ...names }));
  });

  it('does not search again for a name that was not there until the dict has grown', () => {
    const { fake, objects, find } = setup();
    const keys = objects.addKeys(
      [...'abcdefghij', 'late'].map((name) => ({ key: fake.addText(name), value: 0x10000 })),
    );
    const dict = objects.addDict(keys);
    fake.memory.writeWord(keys + DICT_KEYS.used, 10);
    expect(find(dict, 'late')).toBeUndefined();
    const before = fake.memory.reads;
    expect(find(dict, 'late')).toBeUndefined();
    expect(fake.memory.reads - before).toBeLessThan(5);
    fake.memory.writeWord(keys + DICT_KEYS.used, 11);
    expect(find(dict, 'late')).toBe(0x10000);
  });
});

describe('reading a dict whose index has slots', () => {
  /** As {@link FakeObjects.addKeys}, with an index of so many slots. */
  const setupWith = (slots: number, slotBytes: number) => {
    const { fake, objects, find } = setup(CPYTHON_3_9);
    const small = objects.addKeys([{ key: fake.addText('name'), value: 0x10000 }]);
    const { index } = DICT_KEYS_WITH_SLOTS;
    const keys = fake.memory.allocate(index + slots * slotBytes + 24);
    const copy = (from: number, to: number, length: number): void => {
      const bytes = Buffer.alloc(length);
      fake.memory.read(remoteAddress(from), length, bytes, 0);
      fake.memory.write(to, bytes);
    };
    copy(small, keys, index);
    copy(small + index + 64, keys + index + slots * slotBytes, 24);
    fake.memory.writeWord(keys + 8, slots);
    return { fake, keys, dict: objects.addDict(keys), find };
  };

  it.each([
    [8, 1],
    [128, 1],
    [256, 2],
    [32_768, 2],
    [65_536, 4],
  ])('finds the entries behind %i slots', (slots, slotBytes) => {
    const { dict, find } = setupWith(slots, slotBytes);
    expect(find(dict, 'name')).toBe(0x10000);
    expect(find(dict, 'none')).toBeUndefined();
  });

  it('reads none where the number of slots or of entries lies', () => {
    for (const [field, value] of [
      [8, 2 ** 52],
      [8, 4096],
      [DICT_KEYS_WITH_SLOTS.used, MAX_DICT_ENTRIES + 1],
    ] as const) {
      const { fake, keys, dict, find } = setupWith(8, 1);
      fake.memory.writeWord(keys + field, value);
      expect(find(dict, 'name')).toBeUndefined();
    }
  });
});

describe('a dict that lies', () => {
  it('about its number of entries is not read', () => {
    const { fake, objects, dicts, find } = setup();
    const keys = objects.addKeys([{ key: fake.addText('name'), value: 0x10000 }]);
    const before = fake.memory.bytesRead;
    for (const used of [MAX_DICT_ENTRIES + 1, 2 ** 52, -1]) {
      fake.memory.writeWord(keys + DICT_KEYS.used, used);
      expect(find(objects.addDict(keys), 'name')).toBeUndefined();
      expect(dicts.readHashedEntries({ keys, values: NULL_ADDRESS })).toBeUndefined();
    }
    // As many as there may be, but not in memory.
    fake.memory.writeWord(keys + DICT_KEYS.used, MAX_DICT_ENTRIES);
    expect(find(objects.addDict(keys), 'name')).toBeUndefined();
    expect(fake.memory.bytesRead - before).toBeLessThan(10_000);
  });

  it('about its kind or the size of its index is not read', () => {
    const { fake, objects, find } = setup();
    for (const [field, value] of [
      [10, DICT_ENTRIES.largestKind + 1],
      [9, 255],
      [9, 40],
    ] as const) {
      const keys = objects.addKeys([{ key: fake.addText('name'), value: 0x10000 }]);
      fake.memory.write(keys + field, Buffer.from([value]));
      expect(find(objects.addDict(keys), 'name')).toBeUndefined();
    }
  });

  it('about its type is none', () => {
    const { fake, objects, find } = setup();
    const dict = objects.addNamespace(VALUES);
    fake.memory.writeWord(dict + OBJECT_TYPE_OFFSET, fake.types.text);
    expect(find(dict, 'first')).toBeUndefined();
  });

  it('in many large dicts is compared up to a limit for one reading', () => {
    const { fake, objects, dicts, find } = setup();
    const key = fake.addText('other');
    const large = Array.from({ length: 4 }, () =>
      objects.addDict(objects.addKeys(Array.from({ length: MAX_DICT_ENTRIES }, () => ({ key })))),
    );
    const small = objects.addNamespace({ name: 0x10000 });
    for (const dict of large) expect(find(dict, 'name')).toBeUndefined();
    const before = fake.memory.reads;
    expect(find(small, 'name')).toBeUndefined();
    expect(fake.memory.reads - before).toBeLessThan(10);
    expect(before).toBeLessThan(MAX_COMPARED_KEYS + 100);
    dicts.beginReading();
    expect(find(small, 'name')).toBe(0x10000);
  });

  it('in keys that are not mapped is given up after a few', () => {
    const { fake, objects, dicts, find } = setup();
    const lie = (count: number) => [
      ...Array.from({ length: count }, (_, index) => ({ key: 0x6000_0000_0000 + index * 4096, value: 0x10000 })),
      { key: fake.addText('name'), value: 0x20000 },
    ];
    expect(find(objects.addDict(objects.addKeys(lie(MAX_UNREADABLE_KEYS))), 'name')).toBe(0x20000);
    dicts.beginReading();
    const many = objects.addDict(objects.addKeys(lie(10_000)));
    const before = fake.memory.reads;
    expect(find(many, 'name')).toBeUndefined();
    expect(fake.memory.reads - before).toBeLessThan(MAX_UNREADABLE_KEYS + 10);
  });
});
