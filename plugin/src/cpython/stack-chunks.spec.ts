import { beforeEach, describe, expect, it } from 'vitest';
import { FakeInterpreter, type FakeThread } from '../../test/fake-interpreter.ts';
import { namesOf } from '../../test/running-target.ts';
import type { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { RESTLESS_SAMPLES } from './chunk-lists.ts';
import type { InterpreterReader, ThreadHandle } from './interpreter-reader.ts';
import { CPYTHON_3_11 } from './layouts/cpython-3.11.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, STACK_CHUNK } from './layouts/struct-layout.ts';
import { StackBuffer } from './stack-buffer.ts';
import { MAX_LOOKS, MAX_RETRIES } from './stack-reader.ts';

const CHUNK_BYTES = 4096;
const NAMES = ['<module>', 'outer', 'inner'];
const USED_WORDS = 60;

describe.each([CPYTHON_3_11, CPYTHON_3_12])('a stack that grows into further chunks, $version', (layout) => {
  let fake: FakeInterpreter;
  let thread: FakeThread;
  let reader: InterpreterReader;
  let handle: ThreadHandle;
  /** Ranges of each call, and how many of them could be copied. */
  let calls: { asked: number; copied: number }[];

  beforeEach(() => {
    fake = new FakeInterpreter(layout);
    thread = fake.addThread(1, NAMES);
    fake.memory.writeWord(thread.chunk + STACK_CHUNK.usedWords, USED_WORDS);
    const { memory } = fake;
    calls = [];
    const readRanges = memory.readRanges.bind(memory);
    memory.readRanges = (batch: RangeBatch) => {
      const copied = readRanges(batch);
      calls.push({ asked: batch.count, copied });
      return copied;
    };
    reader = fake.open();
    handle = reader.readThreads().threads[0] as ThreadHandle;
  });

  const readNames = (): string[] => {
    const stack = new StackBuffer();
    calls = [];
    expect(reader.readStack(handle, stack)).toBe('read');
    return namesOf(stack);
  };

  const moveTo = (frame: RemoteAddress, chunk: RemoteAddress, top: number): void => {
    fake.memory.writeWord(thread.state + layout.thread.chunk, chunk);
    fake.memory.writeWord(thread.state + layout.thread.chunkTop, top);
    fake.setCurrentFrame(thread.state, frame);
  };

  const shrink = (): void =>
    moveTo(thread.frames.at(-1) as RemoteAddress, thread.chunk, thread.chunk + STACK_CHUNK.data + USED_WORDS * 8);

  /** A chunk with one frame, above another. */
  const makeUpper = (name: string, below: RemoteAddress, caller = thread.frames.at(-1) as RemoteAddress) => {
    const { memory } = fake;
    const chunk = memory.allocate(CHUNK_BYTES);
    const frame = remoteAddress(chunk + STACK_CHUNK.data);
    const code = fake.addCode({ name });
    const fill = (): void => {
      memory.writeWord(chunk + STACK_CHUNK.previous, below);
      memory.writeWord(chunk + STACK_CHUNK.size, CHUNK_BYTES);
      memory.writeWord(chunk + STACK_CHUNK.usedWords, USED_WORDS);
      fake.setFrame(frame, { previous: caller, code, owner: 0 });
    };
    fill();
    return { chunk, frame, fill, grow: () => moveTo(frame, chunk, frame + layout.frame.size + 16) };
  };

  it('is read with all of them', () => {
    const first = makeUpper('above', thread.chunk);
    const second = makeUpper('top', first.chunk, first.frame);
    second.grow();
    expect(readNames()).toEqual([...NAMES, 'above', 'top']);
  });

  it('is read in one call wherever it is, once it came back', () => {
    const first = makeUpper('above', thread.chunk);
    const second = makeUpper('top', first.chunk, first.frame);
    for (const move of [shrink, first.grow, second.grow, shrink]) {
      move();
      readNames();
    }
    for (const [move, names] of [
      [first.grow, ['above']],
      [shrink, []],
      [second.grow, ['above', 'top']],
      [shrink, []],
    ] as const) {
      move();
      expect(readNames()).toEqual([...NAMES, ...names]);
      expect(calls).toHaveLength(1);
    }
  });

  it('is read in one call when its upper chunks are given back, and when they come again', () => {
    const upper = makeUpper('above', thread.chunk);
    for (const move of [shrink, upper.grow, shrink]) {
      move();
      readNames();
    }
    fake.memory.free(upper.chunk);
    expect(readNames()).toEqual(NAMES);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.copied).toBeLessThan(calls[0]?.asked ?? 0);

    fake.memory.restore(upper.chunk);
    upper.fill();
    upper.grow();
    expect(readNames()).toEqual([...NAMES, 'above']);
    expect(calls).toHaveLength(1);
  });

  it('is read with its upper chunks no more once it stays below them', () => {
    const upper = makeUpper('above', thread.chunk);
    for (const move of [shrink, upper.grow, shrink]) {
      move();
      readNames();
    }
    const [{ asked = 0 } = {}] = calls;
    for (let sample = 0; sample <= RESTLESS_SAMPLES; sample++) readNames();
    expect(calls[0]?.asked).toBeLessThan(asked);
  });

  it('is looked for a limited number of times where it never is where it was', () => {
    const { memory } = fake;
    const chunks = Array.from({ length: 100 }, () => memory.allocate(CHUNK_BYTES));
    for (const chunk of chunks) memory.writeWord(chunk + STACK_CHUNK.size, CHUNK_BYTES);
    const chunkField = thread.state + layout.thread.chunk;
    const copy = memory.read.bind(memory);
    let looks = 0;
    memory.read = (address, length, into, offset) => {
      const count = copy(address, length, into, offset);
      if (address <= chunkField && chunkField < address + length) {
        const chunk = chunks[looks++ % chunks.length] ?? 0;
        memory.writeWord(chunkField, chunk);
        memory.writeWord(thread.state + layout.thread.chunkTop, chunk + FIRST_FRAME_IN_ROOT_CHUNK);
      }
      return count;
    };
    expect(reader.readStack(handle, new StackBuffer())).toBe('torn');
    expect(reader.retries).toBe(MAX_RETRIES);
    // Each attempt reads the thread state twice and, where the stack has moved, once more to learn where it is now.
    expect(looks).toBeLessThanOrEqual(3 * (MAX_RETRIES + 1 + MAX_LOOKS) + 2);
  });
});
