import { describe, expect, it } from 'vitest';
import { remoteAddress } from '../memory/remote-address.ts';
import { CodeObject } from './code-object.ts';
import { MAX_LOOP_FRAMES, StackBuffer } from './stack-buffer.ts';

const code = new CodeObject(0, {
  address: remoteAddress(0x10000),
  functionName: 'loop',
  file: '/srv/loop.py',
  firstLine: 1,
  codeUnits: 4,
  locations: undefined,
  isTrampoline: false,
});

describe('StackBuffer', () => {
  it('keeps the innermost frames of event loops where there are more than it has room for', () => {
    const stack = new StackBuffer();
    for (let depth = 0; depth < MAX_LOOP_FRAMES + 3; depth++) {
      stack.push(code, 0);
      stack.addLoopFrame(100 + depth);
    }
    expect(stack.length).toBe(MAX_LOOP_FRAMES + 3);
    expect([...stack.loopPlaces]).toEqual(Array.from({ length: MAX_LOOP_FRAMES }, (_, depth) => 100 + depth));
  });
});
