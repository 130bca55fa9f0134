import type { TypeAddresses } from '../../src/cpython/code-object-reader.ts';
import type { RemoteAddress } from '../../src/memory/remote-address.ts';

/** What an image's first line says beside its segments. */
export interface ImageFacts {
  readonly pid: number;
  readonly pythonVersion: string;
  readonly versionHex: number;
  readonly runtime: RemoteAddress;
  readonly types: TypeAddresses;
  /** The main thread's stack down to park(), as Python said: qualified name, file, line; outermost first. */
  readonly stack: readonly (readonly [name: string, file: string, line: number])[];
}
