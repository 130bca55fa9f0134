import { describe, expect, test } from 'vitest';
import { emptyChunk } from '#trace/testing/trace-from-text.ts';
import { GivenUpTally } from './given-up-tally.ts';

describe('GivenUpTally', () => {
  test('counts stacks given up by function, over chunks, the most first', () => {
    const tally = new GivenUpTally();
    tally.add({
      ...emptyChunk(0),
      strings: ['a.py', 'parse', 'split'],
      functions: { names: [1, 2], files: [0, 0], firstLines: [1, 9] },
      givenUp: { functions: [0], stacks: [2] },
    });
    tally.add({
      ...emptyChunk(1),
      strings: ['b.py', 'join'],
      functions: { names: [4, 1], files: [3, 3], firstLines: [1, 9] },
      givenUp: { functions: [2, 0, 3], stacks: [7, 1, 1] },
    });
    expect(tally.functions()).toEqual([
      { functionName: 'join', stacks: 7 },
      { functionName: 'parse', stacks: 3 },
      { functionName: 'parse', stacks: 1 },
    ]);
  });

  test('has none where nothing was given up', () => {
    const tally = new GivenUpTally();
    tally.add(emptyChunk(0));
    expect(tally.functions()).toEqual([]);
  });
});
