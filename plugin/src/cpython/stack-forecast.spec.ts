import { describe, expect, it } from 'vitest';
import { FakeMemory } from '../../test/fake-runtime.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { MAX_OTHER_LISTS } from './chunk-lists.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';
import { StackForecast } from './stack-forecast.ts';
import { ThreadPosition } from './thread-position.ts';

const CHUNK_BYTES = 16 * 1024;
const { thread: layout } = CPYTHON_3_12;

const setup = () => {
  const memory = new FakeMemory();
  const thread = memory.allocate(1024);
  const position = new ThreadPosition(layout);
  const forecast = new StackForecast(position, CPYTHON_3_12.frame.size);
  const addChunk = (): RemoteAddress => {
    const chunk = memory.allocate(CHUNK_BYTES);
    memory.writeWord(chunk + STACK_CHUNK.size, CHUNK_BYTES);
    return chunk;
  };
  /** Learns where the stack is when so much of this chunk is used; gives the number of reads that it took. */
  const learnIn = (chunk: RemoteAddress, used: number): number => {
    memory.writeWord(thread + layout.chunk, chunk);
    memory.writeWord(thread + layout.chunkTop, chunk + used);
    const before = memory.reads;
    expect(forecast.learn(memory, thread, position)).toBe('learned');
    return memory.reads - before;
  };
  return { forecast, addChunk, learnIn };
};

describe('StackForecast', () => {
  it('expects as much of a chunk as was used a moment ago, and less by and by', () => {
    const { forecast, addChunk, learnIn } = setup();
    const chunk = addChunk();
    learnIn(chunk, 8000);
    learnIn(chunk, 800);
    const lengths = Array.from({ length: 500 }, () => {
      forecast.adjust(chunk, remoteAddress(chunk + 800));
      return forecast.lists[0]?.[0]?.length ?? 0;
    });
    expect(lengths[0]).toBeGreaterThan(8000);
    expect(lengths.at(-1)).toBeLessThan(3000);
  });

  it('expects a list of chunks again without following it', () => {
    const { addChunk, learnIn } = setup();
    const [first, second] = [addChunk(), addChunk()];
    const followed = learnIn(first, 800);
    learnIn(second, 800);
    expect(learnIn(first, 800)).toBeLessThan(followed);
  });

  it('remembers no more lists of chunks than a few', () => {
    const { addChunk, learnIn } = setup();
    const chunks = Array.from({ length: MAX_OTHER_LISTS + 2 }, addChunk);
    const [followed = 0] = chunks.map((chunk) => learnIn(chunk, 800));
    expect(learnIn(chunks[1] as RemoteAddress, 800)).toBeLessThan(followed);
    expect(learnIn(chunks[0] as RemoteAddress, 800)).toBe(followed);
  });
});
