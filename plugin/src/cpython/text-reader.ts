import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { parseAddress, parseUint64 } from '../memory/remote-address.ts';
import type { BytesLayout, TextLayout } from './layouts/struct-layout.ts';
import { OBJECT_TYPE_OFFSET } from './layouts/struct-layout.ts';

/** Longest name or path shown, in code points; PATH_MAX is 4096. What is longer is cut and marked. */
export const MAX_STRING_LENGTH = 4096;
/** Longest location table read: about a million instructions. A longer one leaves a function without lines. */
export const MAX_LINETABLE_BYTES = 4 * 1024 * 1024;
const CUT_MARK = '…';
/** One read of this many bytes holds the whole of most names and paths. */
const FIRST_READ_BYTES = 192;

/** Bit fields of `PyASCIIObject.state`, the same since 3.3 in builds with a GIL: 2 bits interned, 3 kind, 1 compact, 1 ascii. */
const KIND_SHIFT = 2;
const KIND_MASK = 7;
const COMPACT_BIT = 1 << 5;
const ASCII_BIT = 1 << 6;

interface Types {
  readonly text: RemoteAddress;
  readonly bytes: RemoteAddress;
}

/** Reads `str` and `bytes` objects. Undefined means: not such an object, or gone. */
export class TextReader {
  readonly #memory: ProcessMemory;
  readonly #text: TextLayout;
  readonly #bytes: BytesLayout;
  readonly #types: Types;
  readonly #scratch = Buffer.alloc(FIRST_READ_BYTES);

  constructor(
    memory: ProcessMemory,
    layouts: { readonly text: TextLayout; readonly bytes: BytesLayout },
    types: Types,
  ) {
    this.#memory = memory;
    this.#text = layouts.text;
    this.#bytes = layouts.bytes;
    this.#types = types;
  }

  readText(address: RemoteAddress): string | undefined {
    const { length: lengthAt, state: stateAt, asciiData, compactData } = this.#text;
    const count = this.#memory.read(address, FIRST_READ_BYTES, this.#scratch, 0);
    if (count < asciiData || parseAddress(this.#scratch, OBJECT_TYPE_OFFSET) !== this.#types.text) return undefined;
    const length = parseUint64(this.#scratch, lengthAt);
    const state = this.#scratch.readUInt32LE(stateAt);
    const charBytes = (state >> KIND_SHIFT) & KIND_MASK;
    if (charBytes !== 1 && charBytes !== 2 && charBytes !== 4) return undefined;
    const isCompact = (state & COMPACT_BIT) !== 0;
    const isAscii = (state & ASCII_BIT) !== 0;
    const shown = Math.min(length, MAX_STRING_LENGTH);
    const byteLength = shown * charBytes;
    const offset = isCompact && isAscii ? asciiData : compactData;
    let data: Buffer | undefined;
    if (!isCompact) {
      if (count < compactData + 8) return undefined;
      data = readBytes(this.#memory, parseAddress(this.#scratch, compactData), byteLength);
    } else if (offset + byteLength <= count) data = this.#scratch.subarray(offset, offset + byteLength);
    else data = readBytes(this.#memory, (address + offset) as RemoteAddress, byteLength);
    if (data === undefined) return undefined;
    return decodeText(data, charBytes) + (shown < length ? CUT_MARK : '');
  }

  readBytesLength(address: RemoteAddress): number | undefined {
    const { length, data } = this.#bytes;
    const count = this.#memory.read(address, data, this.#scratch, 0);
    if (count < data || parseAddress(this.#scratch, OBJECT_TYPE_OFFSET) !== this.#types.bytes) return undefined;
    return parseUint64(this.#scratch, length);
  }

  /** The content; `too-long` beyond {@link MAX_LINETABLE_BYTES}. */
  readLocations(address: RemoteAddress): Uint8Array | 'too-long' | undefined {
    const { length: lengthAt, data: dataAt } = this.#bytes;
    const count = this.#memory.read(address, FIRST_READ_BYTES, this.#scratch, 0);
    if (count < dataAt || parseAddress(this.#scratch, OBJECT_TYPE_OFFSET) !== this.#types.bytes) return undefined;
    const length = parseUint64(this.#scratch, lengthAt);
    if (length > MAX_LINETABLE_BYTES) return 'too-long';
    if (dataAt + length <= count) return Uint8Array.from(this.#scratch.subarray(dataAt, dataAt + length));
    return readBytes(this.#memory, (address + dataAt) as RemoteAddress, length);
  }
}

/** Whether the start of an object, as long as the text needs, is that of a compact `str` of this ASCII text. */
export const isAsciiText = (object: Buffer, layout: TextLayout, textType: RemoteAddress, text: string): boolean => {
  const state = object.readUInt32LE(layout.state);
  const isCompactAscii = (state & COMPACT_BIT) !== 0 && (state & ASCII_BIT) !== 0;
  return (
    isCompactAscii &&
    parseUint64(object, layout.length) === text.length &&
    parseAddress(object, OBJECT_TYPE_OFFSET) === textType &&
    object.toString('latin1', layout.asciiData, layout.asciiData + text.length) === text
  );
};

/** Code points outside Unicode (only torn or hostile memory has them) become U+FFFD. */
const decodeText = (data: Buffer, charBytes: 1 | 2 | 4): string => {
  if (charBytes === 1) return data.toString('latin1');
  if (charBytes === 2) return data.toString('utf16le');
  let text = '';
  for (let at = 0; at < data.length; at += 4) {
    const point = data.readUInt32LE(at);
    text += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return text;
};
