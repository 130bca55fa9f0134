import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { hashSlot } from './hash-slot.ts';
import { FUNCTION_CODE_OFFSET } from './layouts/struct-layout.ts';

/** Functions remembered; two that fall on the same place take turns. A power of two. */
export const REMEMBERED_FUNCTIONS = 4096;

const POINTER_BYTES = 8;
const HIGH_WORD = 2 ** 32;

/**
 * Which code object each function runs (`__code__`), as far as it was asked. What is remembered is only ever used to agree: where a frame shows another
 * code object, the function itself is asked again, for its address may be another function's by now.
 */
export class FunctionCodes {
  readonly #memory: ProcessMemory;
  /** Function and code, two halves of an address each. */
  readonly #entries = new Uint32Array(REMEMBERED_FUNCTIONS * 4);
  readonly #bytes = Buffer.from(new ArrayBuffer(POINTER_BYTES));
  readonly #words = new Uint32Array(this.#bytes.buffer);

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
  }

  /** Whether the function at an address, whose halves are `low` and `high`, runs this code object. */
  runs(low: number, high: number, codeLow: number, codeHigh: number): boolean {
    const entries = this.#entries;
    const slot = hashSlot(low >>> 4, REMEMBERED_FUNCTIONS) * 4;
    const isKnown = entries[slot] === low && entries[slot + 1] === high;
    if (isKnown && entries[slot + 2] === codeLow && entries[slot + 3] === codeHigh) return true;
    const place = (low + high * HIGH_WORD + FUNCTION_CODE_OFFSET) as RemoteAddress;
    if (this.#memory.read(place, POINTER_BYTES, this.#bytes, 0) !== POINTER_BYTES) return false;
    const [nowLow = 0, nowHigh = 0] = this.#words;
    entries.set([low, high, nowLow, nowHigh], slot);
    return nowLow === codeLow && nowHigh === codeHigh;
  }
}
