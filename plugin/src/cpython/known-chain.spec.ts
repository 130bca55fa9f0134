import { describe, expect, it } from 'vitest';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import type { CopiedChunks } from './known-chain.ts';
import { KnownChain, MAX_KNOWN_BYTES, NO_CALL } from './known-chain.ts';
import { STACK_CHUNK } from './layouts/struct-layout.ts';

const FRAME_BYTES = 72;
const FRAME_DISTANCE = 160;
/** Where a frame shows its call, from its start: two local variables lie below, the null below the function is the third slot. */
const CALL_AT = FRAME_BYTES + 3 * 8;
const LEVELS = 6;
const FIRST_CHUNK = 0x7f00_0000_0000;

/** The copy of a data stack of chunks that hold so many frames each, the root first. */
const setup = (framesInChunks: readonly number[] = [LEVELS]) => {
  const offsets: number[] = [];
  let bytes = 0;
  for (const frames of framesInChunks) {
    offsets.push(bytes);
    bytes += STACK_CHUNK.data + frames * FRAME_DISTANCE;
  }
  const words = Uint32Array.from({ length: bytes / 4 }, (_, index) => index);
  const addresses = framesInChunks.map((_, chunk) => remoteAddress(FIRST_CHUNK + chunk * 2 ** 24));
  const ofRoot = (chunk: number): number => framesInChunks.length - 1 - chunk;
  const copies: CopiedChunks = {
    copied: { words, bytes: Buffer.from(words.buffer) },
    chunkCount: framesInChunks.length,
    currentFrame: remoteAddress(FIRST_CHUNK),
    chunkAddress: (chunk) => addresses[ofRoot(chunk)] ?? remoteAddress(0),
    chunkAt: (chunk) => (offsets[ofRoot(chunk)] ?? 0) / 4,
    usedOfChunk: (chunk) => STACK_CHUNK.data + (framesInChunks[ofRoot(chunk)] ?? 0) * FRAME_DISTANCE,
  };
  const frames = framesInChunks.flatMap((count, chunk) =>
    Array.from({ length: count }, (_, frame) => ({
      chunk,
      offset: STACK_CHUNK.data + frame * FRAME_DISTANCE,
      isLast: frame === count - 1,
    })),
  );
  const chain = new KnownChain(FRAME_BYTES);
  for (const { chunk, offset, isLast } of frames)
    chain.add(((addresses[chunk] ?? 0) + offset) as RemoteAddress, chunk, isLast ? NO_CALL : CALL_AT / 4);
  chain.takeBytes(copies);
  /** Changes a byte of a frame's. */
  const change = (level: number, byte: number): void => {
    const { chunk, offset } = frames[level] ?? { chunk: 0, offset: 0 };
    const at = ((offsets[chunk] ?? 0) + offset + byte) >> 2;
    words[at] = ~(words[at] ?? 0);
  };
  return { chain, copies, addresses, change };
};

describe('KnownChain', () => {
  it('counts all levels of a copy in which nothing has changed', () => {
    const { chain, copies } = setup();
    expect(chain.countSame(copies)).toBe(LEVELS);
  });

  it.each([
    ['the first bytes of a frame', 0],
    ['the last bytes of a frame before its variables', FRAME_BYTES - 4],
    ['the first variable, which may be the object whose method the frame runs', FRAME_BYTES],
  ])('counts the levels below one of which is different: %s', (_, byte) => {
    const { chain, copies, change } = setup();
    change(3, byte);
    expect(chain.countSame(copies)).toBe(3);
    change(5, byte);
    expect(chain.countSame(copies)).toBe(3);
  });

  it.each([
    ['the null below the function that it calls', CALL_AT - 8],
    ['the function', CALL_AT],
    ['the object above the function', CALL_AT + 12],
  ])('counts a level of which is different, and none above it: %s', (_, byte) => {
    const { chain, copies, change } = setup();
    change(3, byte);
    expect(chain.countSame(copies)).toBe(4);
  });

  it.each([
    ['another variable', FRAME_BYTES + 8],
    ['an argument of the call', CALL_AT + 16],
    ['what lies right below the next frame', FRAME_DISTANCE - 4],
  ])('counts all levels where nothing is different that anything followed from: %s', (_, byte) => {
    const { chain, copies, change } = setup();
    change(1, byte);
    change(3, byte);
    expect(chain.countSame(copies)).toBe(LEVELS);
    change(4, 0);
    expect(chain.countSame(copies)).toBe(4);
  });

  it('goes on in the next chunk only if it is the same chunk, and all of the one below has stayed', () => {
    const { chain, copies, change, addresses } = setup([3, 2, 4]);
    expect(chain.countSame(copies)).toBe(9);
    change(6, 8);
    expect(chain.countSame(copies)).toBe(6);
    addresses[1] = remoteAddress(FIRST_CHUNK + 2 ** 30);
    expect(chain.countSame(copies)).toBe(3);
    change(2, 8);
    expect(chain.countSame(copies)).toBe(2);
  });

  it('counts no level beyond what was copied', () => {
    const { chain, copies } = setup();
    const shorter = { ...copies, usedOfChunk: () => STACK_CHUNK.data + 2 * FRAME_DISTANCE };
    expect(chain.countSame(shorter)).toBe(2);
    expect(chain.countSame({ ...copies, chunkCount: 0 })).toBe(0);
  });

  it('remembers the lowest levels of a stack that is larger than there is room for', () => {
    const room = Math.floor((MAX_KNOWN_BYTES - FRAME_BYTES - 8) / FRAME_DISTANCE) + 1;
    const { chain, copies } = setup([room + 10]);
    expect(chain.length).toBe(room);
    expect(chain.countSame(copies)).toBe(room);
    const { chain: ofTwo } = setup([room - 10, 100]);
    expect(ofTwo.length).toBeGreaterThan(room - 10);
    expect(ofTwo.length).toBeLessThanOrEqual(room + 1);
  });
});
