/**
 * Random access to the bytes of an ELF object, in a file (positions are file offsets) or loaded (positions are virtual addresses of the
 * object). Answers undefined unless all the bytes are there.
 */
export type ByteSource = (position: number, length: number) => Buffer | undefined;

/** A 64-bit field as a number, if it is one that can be a position. */
export const parsePosition = (bytes: Buffer, offset: number): number | undefined => {
  const value = bytes.readUInt32LE(offset) + bytes.readUInt32LE(offset + 4) * 2 ** 32;
  return Number.isSafeInteger(value) ? value : undefined;
};
