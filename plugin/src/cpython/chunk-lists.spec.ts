import { beforeEach, describe, expect, it } from 'vitest';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { ChunkLists, MAX_OTHER_LISTS, RESTLESS_SAMPLES, type ChunkList } from './chunk-lists.ts';

const at = (number: number): RemoteAddress => remoteAddress(0x10000 * number);
/** Numbers of the chunks, the current one first. */
const listOf = (...numbers: number[]): ChunkList =>
  numbers.map((number) => ({ address: at(number), size: 0x4000, length: 0x1000 }));

let lists: ChunkLists;
beforeEach(() => {
  lists = new ChunkLists();
});

const possible = (): number[][] => lists.possible.map((list) => list.map(({ address }) => address / at(1)));

describe('ChunkLists', () => {
  it('expects nothing at first', () => {
    expect(possible()).toEqual([[]]);
  });

  it('expects the newest list alone where none was met twice', () => {
    lists.expectNew(listOf(1));
    lists.expectNew(listOf(2, 1));
    expect(possible()).toEqual([[2, 1]]);
  });

  it('expects, where a list came back, all that one stack goes through as it grows, the shortest first', () => {
    for (const list of [listOf(1), listOf(3, 2, 1), listOf(2, 1)]) lists.expectNew(list);
    expect(lists.expectKnown(at(1))).toBe(true);
    expect(possible()).toEqual([[1], [2, 1], [3, 2, 1]]);
  });

  it('leaves out lists that go on from another beginning', () => {
    for (const list of [listOf(1), listOf(4, 5), listOf(2, 1), listOf(3, 1)]) lists.expectNew(list);
    lists.expectKnown(at(2));
    expect(possible()).toEqual([[1], [2, 1]]);
    lists.expectKnown(at(4));
    expect(possible()).toEqual([[4, 5]]);
  });

  it('expects the list alone in which a stack has stayed for long', () => {
    for (const list of [listOf(1), listOf(2, 1)]) lists.expectNew(list);
    lists.confirm(at(1));
    for (let sample = 1; sample < RESTLESS_SAMPLES; sample++) lists.confirm(at(1));
    expect(possible()).toEqual([[1], [2, 1]]);
    lists.confirm(at(1));
    expect(possible()).toEqual([[1]]);
    lists.confirm(at(2));
    expect(possible()).toEqual([[1], [2, 1]]);
  });

  it('forgets what was expected of a chunk that is learned anew', () => {
    lists.expectNew(listOf(1));
    lists.expectNew(listOf(1));
    expect(lists.expectKnown(at(1))).toBe(false);
  });

  it('forgets the oldest', () => {
    for (let number = 1; number <= MAX_OTHER_LISTS + 2; number++) lists.expectNew(listOf(number));
    expect(lists.expectKnown(at(1))).toBe(false);
    expect(lists.expectKnown(at(2))).toBe(true);
  });
});
