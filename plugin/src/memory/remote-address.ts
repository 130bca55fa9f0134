/**
 * An address in the target's memory. It means nothing in this process and is never dereferenced here.
 *
 * User-space addresses end below 2^47 on x86_64 and 2^48 on aarch64, so a double holds them exactly and the hot path needs
 * no BigInt. Everything that becomes a RemoteAddress goes through {@link remoteAddress}.
 */
declare const space: unique symbol;
export type RemoteAddress = number & { readonly [space]: 'target' };

/** First address beyond user space on every supported platform. */
export const USER_SPACE_END = 2 ** 48;
/** No mapping starts lower (vm.mmap_min_addr is at least a page). */
export const USER_SPACE_START = 4096;
export const WORD_BYTES = 8;

const HIGH_WORD = 2 ** 32;

export const NULL_ADDRESS = 0 as RemoteAddress;
/** Stands for a pointer that cannot be one: reading there yields nothing. */
export const BAD_ADDRESS = -1 as RemoteAddress;

/** The value as an address: null stays null, what lies outside user space becomes {@link BAD_ADDRESS}. */
export const remoteAddress = (value: number): RemoteAddress => {
  if (value === 0) return NULL_ADDRESS;
  return value >= USER_SPACE_START && value < USER_SPACE_END && Number.isInteger(value)
    ? (value as RemoteAddress)
    : BAD_ADDRESS;
};

/** Whether something could be mapped there: neither null nor out of range. */
export const isMappable = (address: number): address is RemoteAddress =>
  address >= USER_SPACE_START && address < USER_SPACE_END;

/** The pointer stored little-endian at `offset`. */
export const parseAddress = (bytes: Buffer, offset: number): RemoteAddress =>
  remoteAddress(bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * HIGH_WORD);

/** The pointer in two neighbouring 32-bit words, low first. */
export const addressInWords = (words: Uint32Array, index: number): RemoteAddress =>
  remoteAddress((words[index] ?? 0) + (words[index + 1] ?? 0) * HIGH_WORD);

/** An unsigned 64-bit number, for sizes and ids. Above 2^53 it is rounded, so check the range before trusting it. */
export const parseUint64 = (bytes: Buffer, offset: number): number =>
  bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * HIGH_WORD;
