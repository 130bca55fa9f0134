import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int32Column } from './column.ts';
import { PathIndex } from './path-index.ts';

const makeTable = () => {
  const columns = { pathParents: int32Column(), pathFunctions: int32Column() };
  const index = new PathIndex(columns);
  const add = (parent: number, functionIndex: number): number => {
    const path = columns.pathParents.length;
    index.reserve(1);
    index.add(path, parent, functionIndex);
    for (const column of Object.values(columns)) column.reserve(1);
    columns.pathParents.push(parent);
    columns.pathFunctions.push(functionIndex);
    return path;
  };
  return { index, add };
};

describe('an index of call paths', () => {
  it('finds what a map from text to number finds', () => {
    const pair = fc.tuple(fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 800 }), (pairs) => {
        const { index, add } = makeTable();
        const known = new Map<string, number>();
        for (const [parent, functionIndex] of pairs) {
          const key = `${parent} ${functionIndex}`;
          expect(index.find(parent, functionIndex)).toBe(known.get(key));
          if (!known.has(key)) known.set(key, add(parent, functionIndex));
        }
        for (const [parent, functionIndex] of pairs)
          expect(index.find(parent, functionIndex)).toBe(known.get(`${parent} ${functionIndex}`));
      }),
    );
  });

  it('grows with what is in it', () => {
    const { index, add } = makeTable();
    const before = index.bytes;
    for (let path = 0; path < 1000; path++) add(path - 1, 7);
    expect(index.bytes).toBeGreaterThan(before);
    expect(index.find(500, 7)).toBe(501);
    expect(index.find(500, 8)).toBeUndefined();
  });
});
