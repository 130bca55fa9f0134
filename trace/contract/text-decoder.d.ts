/** The one thing of the host that this folder uses: Node and browsers both have it, the ES2024 library does not declare it. */
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array, options?: { stream?: boolean }): string;
}
