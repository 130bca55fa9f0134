import type { ProcessMemory } from '../memory/process-memory.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { WORD_BYTES, parseAddress, parseUint64 } from '../memory/remote-address.ts';
import type { CodeObjectContent, LoopVariables } from './code-object.ts';
import type { LoopFunction } from './event-loops.ts';
import { findLoopFunction } from './event-loops.ts';
import type { CodeLayout, StructLayout, TupleLayout } from './layouts/struct-layout.ts';
import { OBJECT_TYPE_OFFSET } from './layouts/struct-layout.ts';
import { TextReader } from './text-reader.ts';

/** Instructions of one function: generated modules reach some hundred thousands. A larger count is no code object. */
export const MAX_CODE_UNITS = 2 ** 26;

/** Local variables of one function; those of event loops have a dozen. */
export const MAX_LOCAL_NAMES = 256;

const CODE_UNIT_BYTES = 2;

/** Addresses of the types that tell what an object is. */
export interface TypeAddresses {
  readonly code: RemoteAddress;
  readonly text: RemoteAddress;
  readonly bytes: RemoteAddress;
  readonly dict: RemoteAddress;
  readonly float: RemoteAddress;
}

/**
 * Copies a code object with its name, file and location table. The target may free it meanwhile, so its fields are read again
 * afterwards: only if they are the same do the strings belong together.
 */
export class CodeObjectReader {
  readonly #memory: ProcessMemory;
  readonly #layout: CodeLayout;
  readonly #tuple: TupleLayout;
  readonly #typeAddress: RemoteAddress;
  readonly #strings: TextReader;
  readonly #head: Buffer;
  readonly #headAfter: Buffer;

  constructor(memory: ProcessMemory, layout: StructLayout, types: TypeAddresses) {
    this.#memory = memory;
    this.#layout = layout.code;
    this.#tuple = layout.tuple;
    this.#typeAddress = types.code;
    this.#strings = new TextReader(memory, layout, types);
    this.#head = Buffer.alloc(layout.code.size);
    this.#headAfter = Buffer.alloc(layout.code.size);
  }

  /** Undefined if there is no code object at this address, or not for long enough. */
  read(address: RemoteAddress): CodeObjectContent | undefined {
    const { size, firstLine, file, name, qualifiedName, localNames, locations, lineFormat } = this.#layout;
    const head = this.#head;
    if (this.#memory.read(address, size, head, 0) !== size) return undefined;
    if (parseAddress(head, OBJECT_TYPE_OFFSET) !== this.#typeAddress) return undefined;
    const codeUnits = this.#readUnits(head);
    if (codeUnits === undefined || codeUnits > MAX_CODE_UNITS) return undefined;
    const functionName = this.#strings.readText(parseAddress(head, qualifiedName));
    const fileName = this.#strings.readText(parseAddress(head, file));
    const table = this.#strings.readLocations(parseAddress(head, locations));
    if (functionName === undefined || fileName === undefined || table === undefined) return undefined;
    const loop = findLoopFunction({ functionName, file: fileName });
    const loopVariables = loop && this.#readVariables(loop, parseAddress(head, localNames));
    if (!this.#isUnchanged(address)) return undefined;
    const line = head.readInt32LE(firstLine);
    const nameAddress = parseAddress(head, name);
    return {
      address,
      functionName,
      file: fileName,
      firstLine: line,
      codeUnits,
      locations: table === 'too-long' ? undefined : table,
      lineFormat,
      // `_Py_InitCleanup`, which runs __init__ since 3.12: its file, name and qualified name are one string object, and it has no line.
      isTrampoline:
        line === 0 && nameAddress === parseAddress(head, file) && nameAddress === parseAddress(head, qualifiedName),
      ...(loopVariables === undefined ? {} : { loopVariables }),
    };
  }

  /** Where the variables of a loop are among a function's; undefined if that cannot be read. */
  #readVariables(loop: LoopFunction, tuple: RemoteAddress): LoopVariables | undefined {
    const { length, items: itemsAt } = this.#tuple;
    const head = readBytes(this.#memory, tuple, itemsAt);
    const count = head === undefined ? 0 : parseUint64(head, length);
    if (head === undefined || count > MAX_LOCAL_NAMES) return undefined;
    const items = readBytes(this.#memory, (tuple + itemsAt) as RemoteAddress, count * WORD_BYTES);
    if (items === undefined) return undefined;
    const names = Array.from({ length: count }, (_, index) =>
      this.#strings.readText(parseAddress(items, index * WORD_BYTES)),
    );
    const findAll = (wanted: readonly string[]): number[] =>
      wanted.map((name) => names.indexOf(name)).filter((index) => index >= 0);
    return { loop, locals: findAll(loop.locals), times: findAll(loop.times) };
  }

  #readUnits(head: Buffer): number | undefined {
    const { units } = this.#layout;
    if (units.kind === 'in-code') return parseUint64(head, units.units);
    const bytes = this.#strings.readBytesLength(parseAddress(head, units.instructions));
    return bytes === undefined ? undefined : Math.floor(bytes / CODE_UNIT_BYTES);
  }

  #isUnchanged(address: RemoteAddress): boolean {
    const { size, units, firstLine, file, name, qualifiedName, localNames, locations } = this.#layout;
    const [before, after] = [this.#head, this.#headAfter];
    if (this.#memory.read(address, size, after, 0) !== size) return false;
    const same = (offset: number, length: number): boolean =>
      before.compare(after, offset, offset + length, offset, offset + length) === 0;
    return (
      same(OBJECT_TYPE_OFFSET, 8) &&
      same(units.kind === 'in-code' ? units.units : units.instructions, 8) &&
      same(firstLine, 4) &&
      [file, name, qualifiedName, localNames, locations].every((offset) => same(offset, 8))
    );
  }
}
