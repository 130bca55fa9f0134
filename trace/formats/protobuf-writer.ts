/** The part of protobuf's wire format that pprof uses: varints and what has a length. Numbers are exact up to 2^53. */
export class ProtobufWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }

  /** A whole number, 0 or more. A field of 0 is not written, as is usual: its reader takes 0 for what is missing. */
  number(field: number, value: number): void {
    if (value !== 0) {
      this.#varint(field * FIELD_FACTOR + VARINT);
      this.#varint(value);
    }
  }

  numbers(field: number, values: readonly number[]): void {
    this.message(field, (writer) => values.forEach((value) => writer.#varint(value)));
  }

  text(field: number, text: string): void {
    this.#block(field, new TextEncoder().encode(text));
  }

  message(field: number, write: (writer: ProtobufWriter) => void): void {
    const writer = new ProtobufWriter(MESSAGE_CAPACITY);
    write(writer);
    this.#block(field, writer.#bytes.subarray(0, writer.#length));
  }

  #block(field: number, bytes: Uint8Array): void {
    this.#varint(field * FIELD_FACTOR + WITH_LENGTH);
    this.#varint(bytes.length);
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    let rest = value;
    while (rest >= CONTINUES) {
      // Division, since bit operators cut numbers to 32 bits.
      this.#bytes[this.#length++] = (rest % CONTINUES) + CONTINUES;
      rest = Math.floor(rest / CONTINUES);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(more: number): void {
    if (this.#length + more > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
  }
}

/** Wire types, in the lowest three bits of a field's tag. */
export const VARINT = 0;
export const FIXED_64 = 1;
export const WITH_LENGTH = 2;
export const FIXED_32 = 5;
export const FIELD_FACTOR = 8;

/** A byte of a varint carries seven bits; the eighth says that another byte follows. */
export const CONTINUES = 0x80;
const MAX_VARINT_BYTES = 10;
const MESSAGE_CAPACITY = 64;
