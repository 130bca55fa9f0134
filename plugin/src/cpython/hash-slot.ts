/** 2^32 divided by the golden ratio: spreads numbers that differ in a few bits. */
const SPREAD = 0x9e3779b1;

/**
 * The slot of a hash table in which a number belongs.
 *
 * @param key its low 32 bits count; those that are the same in all keys are to be shifted out
 * @param slotCount a power of two up to 2^24
 */
export const hashSlot = (key: number, slotCount: number): number => (Math.imul(key, SPREAD) >>> 8) & (slotCount - 1);
