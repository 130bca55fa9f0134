import { describe, expect, it } from 'vitest';
import { DispatchKind } from '../cpython/stack-buffer.ts';
import { DispatchSequence, IN_LOOP, NO_DISPATCH } from './dispatch-sequence.ts';

const { none, loop, callback } = DispatchKind;

const follow = (...seen: readonly (readonly [DispatchKind, number?])[]): number[] => {
  const sequence = new DispatchSequence();
  return seen.map(([dispatchKind, dispatchKey = 0]) => sequence.follow({ dispatchKind, dispatchKey }));
};

describe('DispatchSequence', () => {
  it('gives a dispatch one number for as long as its key stays', () => {
    expect(follow([callback, 7], [callback, 7], [callback, 8], [callback, 7])).toEqual([1, 1, 2, 3]);
  });

  it('begins anew where the loop was seen to wait in between, even with the same key', () => {
    expect(follow([callback, 7], [loop], [callback, 7], [none], [callback, 7])).toEqual([
      1,
      IN_LOOP,
      2,
      NO_DISPATCH,
      3,
    ]);
  });
});
