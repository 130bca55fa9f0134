/** Both Node and browsers have it; the library of types for pure code does not. */
declare class TextEncoder {
  encode(text: string): Uint8Array;
}
