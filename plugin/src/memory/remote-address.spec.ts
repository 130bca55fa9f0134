import { describe, expect, it } from 'vitest';
import {
  BAD_ADDRESS,
  NULL_ADDRESS,
  USER_SPACE_END,
  addressInWords,
  isMappable,
  parseAddress,
  remoteAddress,
} from './remote-address.ts';

const word = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};

describe('addresses of the target', () => {
  it('keep every bit of a user-space pointer', () => {
    expect(parseAddress(word(0x7fff_ffff_fff8n), 0)).toBe(0x7fff_ffff_fff8);
    expect(addressInWords(new Uint32Array([0xffff_fff8, 0x7fff]), 0)).toBe(0x7fff_ffff_fff8);
  });

  it('tell null from a pointer that cannot be one', () => {
    expect(parseAddress(word(0n), 0)).toBe(NULL_ADDRESS);
    for (const value of [1n, 4095n, BigInt(USER_SPACE_END), 0xffff_ffff_8000_0000n]) {
      expect(parseAddress(word(value), 0)).toBe(BAD_ADDRESS);
    }
  });

  it('are refused unless they are whole numbers', () => {
    expect(remoteAddress(NaN)).toBe(BAD_ADDRESS);
    expect(remoteAddress(8192.5)).toBe(BAD_ADDRESS);
    for (const address of [BAD_ADDRESS, NULL_ADDRESS, USER_SPACE_END, 2 ** 64]) expect(isMappable(address)).toBe(false);
  });
});
