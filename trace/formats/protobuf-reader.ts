import { badTrace } from '../contract/field-decoder.ts';
import { CONTINUES, FIELD_FACTOR, FIXED_32, FIXED_64, VARINT, WITH_LENGTH } from './protobuf-writer.ts';

/** 64 bits of seven each. */
const MAX_VARINT_BYTES = 10;
const TWO_TO_THE_63 = 2 ** 63;
const TWO_TO_THE_64 = 2 ** 64;

/** A field as it is met: a number, or the bytes of a text, a message or packed numbers. */
export type ProtobufField =
  | { readonly field: number; readonly value: number; readonly bytes?: undefined }
  | { readonly field: number; readonly value?: undefined; readonly bytes: Uint8Array };

/**
 * Fields of one message. Lengths are checked against what is there, so nothing is allocated that the file does not hold.
 * Numbers are signed 64-bit; beyond 2^53 they are rounded.
 * @throws ProfilerError 'bad-trace'
 */
export function* parseProtobuf(message: Uint8Array): Generator<ProtobufField, void> {
  const cursor = { bytes: message, position: 0 };
  while (cursor.position < message.length) {
    const tag = parseVarint(cursor);
    const field = Math.floor(tag / FIELD_FACTOR);
    switch (tag % FIELD_FACTOR) {
      case VARINT:
        yield { field, value: parseVarint(cursor) };
        break;
      case WITH_LENGTH:
        yield { field, bytes: take(cursor, parseVarint(cursor)) };
        break;
      // Not in pprof, but a field of a later version may be of these: passed over like any that is not known.
      case FIXED_64:
        take(cursor, 8);
        break;
      case FIXED_32:
        take(cursor, 4);
        break;
      default:
        throw badTrace(`The file is no pprof profile: field ${field} has no known type`, { field });
    }
  }
}

/** A repeated number: packed into one field, or one of many. More than `max` end it: the caller refuses them. */
export const parseNumbers = ({ value, bytes }: ProtobufField, max: number): number[] => {
  if (bytes === undefined) {
    return [value];
  }
  const numbers: number[] = [];
  for (const cursor = { bytes, position: 0 }; cursor.position < bytes.length && numbers.length <= max;) {
    numbers.push(parseVarint(cursor));
  }
  return numbers;
};

interface Cursor {
  readonly bytes: Uint8Array;
  position: number;
}

const parseVarint = (cursor: Cursor): number => {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < MAX_VARINT_BYTES; count++) {
    const byte = cursor.bytes[cursor.position++];
    if (byte === undefined) {
      throw badTrace('The pprof profile ends within a number');
    }
    value += (byte % CONTINUES) * factor;
    factor *= CONTINUES;
    if (byte < CONTINUES) {
      return value >= TWO_TO_THE_63 ? value - TWO_TO_THE_64 : value;
    }
  }
  throw badTrace(`The pprof profile has a number of more than ${MAX_VARINT_BYTES} bytes`, { cap: MAX_VARINT_BYTES });
};

const take = (cursor: Cursor, length: number): Uint8Array => {
  const end = cursor.position + length;
  if (length < 0 || end > cursor.bytes.length) {
    throw badTrace(`The pprof profile ends within a field of ${length} bytes`, { length });
  }
  const taken = cursor.bytes.subarray(cursor.position, end);
  cursor.position = end;
  return taken;
};
