/** Base64 (RFC 4648, 4) of bytes that come in blocks, in both directions. */
import { badTrace } from '../contract/field-decoder.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const PADDING = '='.charCodeAt(0);
const NO_LETTER = 255;
const VALUES = new Uint8Array(256).fill(NO_LETTER);
CODES.forEach((code, value) => (VALUES[code] = value));

/** Spaces, tabs and line ends: what an editor or a mail program may put in between. */
const isBlank = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d);

/** The letters of a whole file, as bytes of ASCII. */
export async function* encodeBase64(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let rest = new Uint8Array();
  for await (const block of blocks) {
    const bytes = new Uint8Array(rest.length + block.length);
    bytes.set(rest);
    bytes.set(block, rest.length);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.slice(whole);
    if (whole > 0) {
      yield encodeTriples(bytes.subarray(0, whole));
    }
  }
  if (rest.length > 0) {
    const padded = new Uint8Array(3);
    padded.set(rest);
    const letters = encodeTriples(padded);
    letters.fill(PADDING, 1 + rest.length);
    yield letters;
  }
}

const encodeTriples = (bytes: Uint8Array): Uint8Array => {
  const letters = new Uint8Array((bytes.length / 3) * 4);
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const bits = (bytes[from]! << 16) | (bytes[from + 1]! << 8) | bytes[from + 2]!;
    letters[to] = CODES[bits >> 18]!;
    letters[to + 1] = CODES[(bits >> 12) & 63]!;
    letters[to + 2] = CODES[(bits >> 6) & 63]!;
    letters[to + 3] = CODES[bits & 63]!;
  }
  return letters;
};

/**
 * The bytes that letters stand for, as far as they go: a text that was cut gives what is whole.
 * @throws ProfilerError 'bad-trace' for anything that is no letter of base64.
 */
export async function* decodeBase64(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let bits = 0;
  let bitCount = 0;
  for await (const letters of blocks) {
    const bytes = new Uint8Array(Math.ceil((letters.length * 3) / 4) + 1);
    let length = 0;
    for (const letter of letters) {
      const value = VALUES[letter]!;
      if (value === NO_LETTER) {
        if (letter === PADDING || isBlank(letter)) continue;
        throw badTrace('The recording in the report is not base64 text');
      }
      bits = ((bits << 6) | value) & 0xffff;
      bitCount += 6;
      if (bitCount >= 8) {
        bitCount -= 8;
        bytes[length++] = (bits >> bitCount) & 0xff;
      }
    }
    if (length > 0) yield bytes.subarray(0, length);
  }
}
