import { describe, expect, it } from 'vitest';
import { FakeInterpreter } from '../../test/fake-interpreter.ts';
import { remoteAddress, type RemoteAddress } from '../memory/remote-address.ts';
import {
  CodeObjectCache,
  FORGOTTEN_AFTER_MILLISECONDS,
  MAX_CACHED_BYTES,
  MAX_CODE_OBJECTS,
  MAX_TRUST_MILLISECONDS,
  MIN_TRUST_MILLISECONDS,
} from './code-object-cache.ts';
import type { CodeObjectContent } from './code-object.ts';
import type { CodeObject } from './code-object.ts';
import { MAX_LINETABLE_BYTES } from './text-reader.ts';

const get = (cache: CodeObjectCache, address: RemoteAddress, now: number): CodeObject | undefined =>
  cache.get(address, address % 2 ** 32, Math.floor(address / 2 ** 32), now);

describe('the cache of code objects', () => {
  it('gives the same object again without reading memory', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    const address = fake.addCode({ name: 'work' });
    const first = get(cache, address, 0);
    const reads = fake.memory.reads;
    expect(get(cache, address, 1)).toBe(first);
    expect(fake.memory.reads).toBe(reads);
    expect(first).toMatchObject({ functionName: 'work', file: '/srv/program.py', firstLine: 10, id: 0 });
  });

  it('notices after the shortest trust that a new address holds another function', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    const address = fake.addCode({ name: 'first' });
    const before = get(cache, address, 0);
    fake.addCode({ name: 'other' }, address);
    expect(get(cache, address, MIN_TRUST_MILLISECONDS - 1)).toBe(before);
    const after = get(cache, address, MIN_TRUST_MILLISECONDS);
    expect(after?.functionName).toBe('other');
    expect(after?.id).not.toBe(before?.id);
  });

  it('believes an old function for no longer than the longest trust', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    const address = fake.addCode({ name: 'old' });
    for (let now = 0; now < 3_600_000; now += MAX_TRUST_MILLISECONDS) get(cache, address, now);
    const lastLook = 3_600_000 - MAX_TRUST_MILLISECONDS;
    fake.addCode({ name: 'new' }, address);
    expect(get(cache, address, lastLook + MAX_TRUST_MILLISECONDS)?.functionName).toBe('new');
  });

  it('keeps the object where a second look finds the same content', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    const address = fake.addCode({ name: 'same' });
    expect(get(cache, address, 10_000)).toBe(get(cache, address, 0));
    expect(cache.loads).toBe(1);
  });

  it.each([
    ['keeps', FORGOTTEN_AFTER_MILLISECONDS, true],
    ['forgets', FORGOTTEN_AFTER_MILLISECONDS + MIN_TRUST_MILLISECONDS, false],
  ])('%s what was looked up %i ms ago when room is needed', (_what, later, isKept) => {
    const content: CodeObjectContent = {
      address: remoteAddress(0x10_0000),
      functionName: 'made up',
      file: '<string>',
      firstLine: 1,
      codeUnits: 4,
      locations: undefined,
      isTrampoline: false,
    };
    const cache = new CodeObjectCache({ read: () => content });
    const first = get(cache, content.address, 0);
    // More than the first slots hold.
    for (let other = 1; other <= 2000; other++) get(cache, remoteAddress(content.address + 64 * other), later);
    expect(get(cache, content.address, later) === first).toBe(isKept);
  });

  it('has nothing for memory that is no code object', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    expect(get(cache, fake.addText('text'), 0)).toBeUndefined();
    expect(get(cache, 0x7eee_0000_0000 as RemoteAddress, 0)).toBeUndefined();
  });

  it('starts anew when it holds as many as it may', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes(3);
    const addresses = ['a', 'b', 'c', 'd'].map((name) => fake.addCode({ name }));
    const codes = addresses.map((address) => get(cache, address, 0));
    expect(new Set(codes.map((code) => code?.id)).size).toBe(4);
    expect(get(cache, addresses[3] ?? (0 as RemoteAddress), 1)).toBe(codes[3]);
    expect(get(cache, addresses[0] ?? (0 as RemoteAddress), 1)?.id).toBe(4);
  });

  /** A reader for which every address holds a function with this location table. */
  const readerOf = (locations: Uint8Array) => ({
    read: (address: RemoteAddress): CodeObjectContent => ({
      address,
      functionName: 'f',
      file: '/srv/program.py',
      firstLine: 1,
      codeUnits: 1,
      locations,
      isTrampoline: false,
    }),
  });
  const addressOf = (index: number): RemoteAddress => (0x10_0000 + index * 64) as RemoteAddress;

  it('starts anew when its functions take more memory than it may', () => {
    const cache = new CodeObjectCache(readerOf(new Uint8Array(MAX_LINETABLE_BYTES)));
    const kept = MAX_CACHED_BYTES / MAX_LINETABLE_BYTES;
    for (let index = 0; index < kept; index++) get(cache, addressOf(index), 0);
    get(cache, addressOf(0), 1);
    expect(cache.loads).toBe(kept);
    get(cache, addressOf(kept), 1);
    get(cache, addressOf(0), 1);
    expect(cache.loads).toBe(kept + 2);
  });

  it('keeps the most functions that it may, and no more', () => {
    const cache = new CodeObjectCache(readerOf(new Uint8Array()));
    for (let index = 0; index < MAX_CODE_OBJECTS; index++) get(cache, addressOf(index), 0);
    get(cache, addressOf(0), 1);
    expect(cache.loads).toBe(MAX_CODE_OBJECTS);
    get(cache, addressOf(MAX_CODE_OBJECTS), 1);
    get(cache, addressOf(0), 1);
    expect(cache.loads).toBe(MAX_CODE_OBJECTS + 2);
  });

  it('finds each of thousands of neighbours', () => {
    const fake = new FakeInterpreter();
    const cache = fake.openCodes();
    const addresses = Array.from({ length: 1500 }, (_, index) => fake.addCode({ name: `f${index}` }));
    for (const address of addresses) get(cache, address, 0);
    const names = addresses.map((address) => get(cache, address, 1)?.functionName);
    expect(names).toEqual(addresses.map((_, index) => `f${index}`));
    expect(cache.loads).toBe(1500);
  });
});
