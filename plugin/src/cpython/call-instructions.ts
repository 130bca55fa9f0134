import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { hashSlot } from './hash-slot.ts';
import type { OpcodeRange } from './layouts/struct-layout.ts';

/** Places remembered; two that fall on the same slot take turns. A power of two. */
export const REMEMBERED_CALLS = 16_384;

const HIGH_WORD = 2 ** 32;

/**
 * Which instructions of the target call a Python function, as far as it was asked. Only those that do are remembered: an instruction that is specialised later stays a call, and one
 * that is none is asked for again each time, since its code may have gone and another's lie there now.
 */
export class CallInstructions {
  readonly #memory: ProcessMemory;
  readonly #opcodes: readonly OpcodeRange[];
  /** Two halves of an address each. */
  readonly #calls = new Uint32Array(REMEMBERED_CALLS * 2);
  readonly #byte = Buffer.alloc(1);

  constructor(memory: ProcessMemory, opcodes: readonly OpcodeRange[]) {
    this.#memory = memory;
    this.#opcodes = opcodes;
  }

  /** Whether the instruction at an address, whose halves are `low` and `high`, is a call, or cannot be read: then nothing speaks against it. */
  has(low: number, high: number): boolean {
    const calls = this.#calls;
    const slot = hashSlot(low >>> 1, REMEMBERED_CALLS) * 2;
    if (calls[slot] === low && calls[slot + 1] === high) return true;
    if (this.#memory.read((low + high * HIGH_WORD) as RemoteAddress, 1, this.#byte, 0) !== 1) return true;
    const opcode = this.#byte[0] ?? 0;
    if (!this.#opcodes.some(({ first, last }) => opcode >= first && opcode <= last)) return false;
    calls[slot] = low;
    calls[slot + 1] = high;
    return true;
  }
}
