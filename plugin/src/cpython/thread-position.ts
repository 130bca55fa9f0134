import type { RemoteAddress } from '../memory/remote-address.ts';
import { addressInWords } from '../memory/remote-address.ts';
import type { DataStackThreadLayout } from './layouts/struct-layout.ts';

/** Which bytes of a thread state say where the thread is, and what they say. */
export class ThreadPosition {
  /** The part of the thread state that is read: offset and length in bytes. */
  readonly offset: number;
  readonly length: number;
  readonly #layout: DataStackThreadLayout;

  constructor(layout: DataStackThreadLayout) {
    this.#layout = layout;
    const { current, pythonId, chunk, chunkTop, baseFrame } = layout;
    const used = [pythonId, chunk, chunkTop, current.kind === 'in-thread' ? current.currentFrame : current.cFrame];
    if (baseFrame !== undefined) used.push(baseFrame);
    this.offset = Math.min(...used);
    this.length = Math.max(...used) + 8 - this.offset;
  }

  /** Where in the structure on the C stack the current frame is; undefined where it is in the thread state itself. */
  get currentFrameInCFrame(): number | undefined {
    const { current } = this.#layout;
    return current.kind === 'in-c-frame' ? current.currentFrame : undefined;
  }

  pythonId(words: Uint32Array, at: number): RemoteAddress {
    return this.#field(words, at, this.#layout.pythonId);
  }

  /** The current frame, or the C frame that points to it. */
  current(words: Uint32Array, at: number): RemoteAddress {
    const { current } = this.#layout;
    return this.#field(words, at, current.kind === 'in-thread' ? current.currentFrame : current.cFrame);
  }

  /** Null where the version has none: the chain of frames then ends with null. */
  baseFrame(words: Uint32Array, at: number): RemoteAddress {
    const { baseFrame } = this.#layout;
    return baseFrame === undefined ? (0 as RemoteAddress) : this.#field(words, at, baseFrame);
  }

  chunk(words: Uint32Array, at: number): RemoteAddress {
    return this.#field(words, at, this.#layout.chunk);
  }

  /** First unused byte of the current chunk. */
  chunkTop(words: Uint32Array, at: number): RemoteAddress {
    return this.#field(words, at, this.#layout.chunkTop);
  }

  #field(words: Uint32Array, at: number, offset: number): RemoteAddress {
    return addressInWords(words, at + (offset - this.offset) / 4);
  }
}
