import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, WORD_BYTES, addressInWords, parseAddress } from '../memory/remote-address.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { AddressRange, GilReading } from './interpreter-reader.ts';
import type { GilLayout } from './layouts/struct-layout.ts';

/**
 * `struct _gil_runtime_state` (pycore_gil.h, the same from 3.8 to 3.15 with the GIL): 32 bytes of interval, holder, locked flag and switch count, then
 * a condition variable (48 bytes with glibc and musl) and a mutex for those who want it, and the same pair for forced switching.
 */
const FIELDS_BYTES = 32;
const CONDITION_BYTES = 48;
/** glibc: 40 on x86_64, 48 on aarch64. The smaller one would cut the last mutex, the larger one reaches into a neighbour by 16 bytes at most. */
const MUTEX_BYTES = 48;
const GIL_BYTES = FIELDS_BYTES + 2 * (CONDITION_BYTES + MUTEX_BYTES);

/** Where the GIL is; undefined if the pointer to it cannot be read. */
export const findGil = (
  memory: ProcessMemory,
  layout: GilLayout,
  runtime: RemoteAddress,
  interpreter: RemoteAddress,
): RemoteAddress | undefined => {
  if (layout.place.kind === 'in-runtime') return (runtime + layout.place.offset) as RemoteAddress;
  const pointer = readBytes(memory, (interpreter + layout.place.pointer) as RemoteAddress, WORD_BYTES);
  return pointer && parseAddress(pointer, 0);
};

export class GilReader {
  readonly addressRange: AddressRange;
  readonly #start: RemoteAddress;
  readonly #length: number;
  readonly #holderAt: number;
  readonly #lockedAt: number;
  readonly #reading: GilReading = { isLocked: false, holder: NULL_ADDRESS };

  constructor(layout: GilLayout, gil: RemoteAddress) {
    this.addressRange = { start: gil, end: (gil + GIL_BYTES) as RemoteAddress };
    const first = Math.min(layout.holder, layout.isLocked);
    this.#start = (gil + first) as RemoteAddress;
    this.#length = Math.max(layout.holder, layout.isLocked) + WORD_BYTES - first;
    this.#holderAt = (layout.holder - first) / 4;
    this.#lockedAt = (layout.isLocked - first) / 4;
  }

  /** Adds what {@link read} needs. */
  addTo(batch: RangeBatch): number {
    return batch.add(this.#start, this.#length);
  }

  /** @param range as {@link addTo} gave it; undefined if it could not be copied */
  read(batch: RangeBatch, range: number | undefined): Readonly<GilReading> {
    const at = range === undefined ? undefined : batch.positions[range];
    this.#reading.holder = at === undefined ? NULL_ADDRESS : addressInWords(batch.words, at + this.#holderAt);
    // 1 while held, 0 while free, -1 before it is made.
    this.#reading.isLocked = at !== undefined && batch.words[at + this.#lockedAt] === 1;
    return this.#reading;
  }
}
