import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES } from '../memory/remote-address.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import { DictReader } from './dict-reader.ts';
import type { PythonVersionHex } from './layouts/layout-registry.ts';
import type { StructLayout } from './layouts/struct-layout.ts';
import { OBJECT_SIZE_OFFSET, INT_DIGITS_OFFSET } from './layouts/struct-layout.ts';
import { ModuleReader } from './module-reader.ts';
import { ThreadList } from './thread-list.ts';

/**
 * `sys.hexversion`, as an interpreter of this layout has it: an int of one digit of 30 bits. Where the layout is of another version there may be anything, and an answer
 * is to be believed only if it names the layout's own version.
 */
export const readHexVersion = (
  memory: ProcessMemory,
  layout: StructLayout,
  runtime: RemoteAddress,
  types: TypeAddresses,
): PythonVersionHex | undefined => {
  const interpreter = new ThreadList(0, memory, layout, runtime, { translate: (id) => id }).mainInterpreter();
  if (interpreter === undefined) return undefined;
  const modules = new ModuleReader(memory, layout, new DictReader(memory, layout, types), interpreter);
  const version = modules.readAttribute('sys', 'hexversion');
  const bytes = version === undefined ? undefined : readBytes(memory, version, INT_DIGITS_OFFSET + WORD_BYTES);
  return bytes?.readUInt32LE(OBJECT_SIZE_OFFSET) === 1 ? bytes.readUInt32LE(INT_DIGITS_OFFSET) : undefined;
};
