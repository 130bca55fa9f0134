import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { int32Column } from './column.ts';
import { PathIndex } from './path-index.ts';

const makeTable = () => {
  const columns = { pathParents: int32Column(), pathFunctions: int32Column() };
  const index = new PathIndex(columns);
  const intern = (parent: number, functionIndex: number): number => {
    const next = columns.pathParents.length;
    index.reserve(1);
    const path = index.intern(parent, functionIndex, next);
    if (path === next) {
      for (const column of Object.values(columns)) column.reserve(1);
      columns.pathParents.push(parent);
      columns.pathFunctions.push(functionIndex);
    }
    return path;
  };
  return { index, intern };
};

describe('an index of call paths', () => {
  it('finds what a map from text to number finds', () => {
    const pair = fc.tuple(fc.integer({ min: -1, max: 40 }), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 800 }), (pairs) => {
        const { intern } = makeTable();
        const known = new Map<string, number>();
        for (const [parent, functionIndex] of [...pairs, ...pairs]) {
          const key = `${parent} ${functionIndex}`;
          const path = known.get(key) ?? known.size;
          known.set(key, path);
          expect(intern(parent, functionIndex)).toBe(path);
        }
      }),
    );
  });

  it('grows with what is in it', () => {
    const { index, intern } = makeTable();
    const before = index.bytes;
    for (let path = 0; path < 1000; path++) intern(path - 1, 7);
    expect(index.bytes).toBeGreaterThan(before);
    expect(intern(500, 7)).toBe(501);
    expect(intern(500, 8)).toBe(1000);
  });
});
