/**
 * Builds the memory of a CPython that never ran, as far as all versions have it: interpreter, code and string objects laid out as a version's layout says, true or false as
 * a test wants it.
 */
import { CodeObjectCache } from '../src/cpython/code-object-cache.ts';
import { CodeObjectReader } from '../src/cpython/code-object-reader.ts';
import type { InterpreterReader } from '../src/cpython/interpreter-reader.ts';
import type { LineTableFormat, StructLayout } from '../src/cpython/layouts/struct-layout.ts';
import { OBJECT_TYPE_OFFSET } from '../src/cpython/layouts/struct-layout.ts';
import { MemoryInterpreterReader } from '../src/cpython/memory-interpreter-reader.ts';
import type { ProcessMemory } from '../src/memory/process-memory.ts';
import { readRangesOneByOne } from '../src/memory/process-memory.ts';
import type { RangeBatch } from '../src/memory/range-batch.ts';
import type { RemoteAddress } from '../src/memory/remote-address.ts';
import { remoteAddress } from '../src/memory/remote-address.ts';

const PAGE_BYTES = 4096;
export const FIRST_ADDRESS = 0x7f00_0000_0000;
export const FAKE_PID = 4711;

/** Sparse memory of zeroed pages; reads end where the pages end. */
export class FakeMemory implements ProcessMemory {
  readonly #pages = new Map<number, Buffer>();
  #next = FIRST_ADDRESS;
  bytesRead = 0;
  reads = 0;

  /** Room for `bytes`, with an unmapped page behind it. */
  allocate(bytes: number): RemoteAddress {
    const address = this.#next;
    const pages = Math.ceil(bytes / PAGE_BYTES);
    for (let page = 0; page < pages; page++) this.#pages.set(address / PAGE_BYTES + page, Buffer.alloc(PAGE_BYTES));
    this.#next += (pages + 1) * PAGE_BYTES;
    return remoteAddress(address);
  }

  free(address: RemoteAddress): void {
    this.#pages.delete(Math.floor(address / PAGE_BYTES));
  }

  /** Maps a page that was freed again, zeroed. */
  restore(address: RemoteAddress): void {
    this.#pages.set(Math.floor(address / PAGE_BYTES), Buffer.alloc(PAGE_BYTES));
  }

  write(address: number, bytes: Buffer): void {
    for (let index = 0; index < bytes.length; index++) {
      const page = this.#pages.get(Math.floor((address + index) / PAGE_BYTES));
      if (page === undefined) throw new Error('a test writes to memory that it did not allocate');
      page[(address + index) % PAGE_BYTES] = bytes[index] ?? 0;
    }
  }

  writeWord(address: number, value: number | bigint): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    this.write(address, bytes);
  }

  writeInt(address: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.write(address, bytes);
  }

  read(address: RemoteAddress, length: number, into: Buffer, offset: number): number {
    this.reads++;
    let done = 0;
    while (done < length) {
      const at = address + done;
      const page = this.#pages.get(Math.floor(at / PAGE_BYTES));
      if (page === undefined) break;
      const within = at % PAGE_BYTES;
      done += page.copy(into, offset + done, within, Math.min(PAGE_BYTES, within + length - done));
    }
    this.bytesRead += done;
    return done;
  }

  readRanges(batch: RangeBatch): number {
    return readRangesOneByOne(this, batch);
  }

  close(): void {
    // Nothing is held open.
  }
}

export interface FakeCode {
  readonly name: string;
  readonly file?: string;
  readonly firstLine?: number;
  /** Bytes of the location table; by default one line per code unit from the first line on. */
  readonly locations?: Buffer;
  readonly units?: number;
}

const UNITS = 40;
const ONE_LINE_FORWARD = 0x80 | (11 << 3);
/** Line tables in which every code unit is a line further than the one before. */
const ONE_LINE_EACH: Readonly<Record<LineTableFormat, Buffer>> = {
  locations: Buffer.from(Array.from({ length: UNITS }, () => [ONE_LINE_FORWARD, 0, 0]).flat()),
  ranges: Buffer.from(Array.from({ length: UNITS }, () => [2, 1]).flat()),
  changes: Buffer.from(Array.from({ length: UNITS }, (_, unit) => [unit === 0 ? 0 : 2, 1]).flat()),
};

export class FakeRuntime<Layout extends StructLayout = StructLayout> {
  readonly memory = new FakeMemory();
  readonly layout: Layout;
  readonly runtime = this.memory.allocate(1024);
  readonly interpreter = this.memory.allocate(8192);
  readonly gil = this.memory.allocate(512);
  readonly types = {
    code: this.memory.allocate(64),
    text: this.memory.allocate(64),
    bytes: this.memory.allocate(64),
    dict: this.memory.allocate(64),
    float: this.memory.allocate(64),
  };
  /** Milliseconds; a test moves it on. */
  clock = 0;

  constructor(layout: Layout) {
    this.layout = layout;
    this.memory.writeWord(this.runtime + layout.interpretersHead, this.interpreter);
    if (layout.gil.place.kind === 'pointed-to-by-interpreter')
      this.memory.writeWord(this.interpreter + layout.gil.place.pointer, this.gil);
  }

  open(): InterpreterReader {
    const threadIds = { translate: (id: number): number => id };
    const { runtime, types, layout } = this;
    const facts = { pid: FAKE_PID, pythonVersion: `${layout.version}.0`, runtime, types, layout, threadIds };
    return new MemoryInterpreterReader(this.memory, facts, () => this.clock);
  }

  openCodes(maxEntries?: number): CodeObjectCache {
    return new CodeObjectCache(new CodeObjectReader(this.memory, this.layout, this.types), maxEntries);
  }

  addText(text: string): RemoteAddress {
    const isAscii = /^[\0-\x7f]*$/.test(text);
    const points = [...text].map((character) => character.codePointAt(0) ?? 0);
    const largest = Math.max(0, ...points);
    const kind = largest < 0x100 ? 1 : largest < 0x10000 ? 2 : 4;
    const data = Buffer.alloc(points.length * kind);
    points.forEach((point, index) => data.writeUIntLE(point, index * kind, kind));
    const { length, state, asciiData, compactData } = this.layout.text;
    const address = this.memory.allocate(compactData + data.length);
    this.memory.writeWord(address + OBJECT_TYPE_OFFSET, this.types.text);
    this.memory.writeWord(address + length, points.length);
    this.memory.writeInt(address + state, (kind << 2) | (1 << 5) | (isAscii ? 1 << 6 : 0));
    this.memory.write(address + (isAscii ? asciiData : compactData), data);
    return address;
  }

  addBytes(content: Buffer): RemoteAddress {
    const { length, data } = this.layout.bytes;
    const address = this.memory.allocate(data + content.length);
    this.memory.writeWord(address + OBJECT_TYPE_OFFSET, this.types.bytes);
    this.memory.writeWord(address + length, content.length);
    this.memory.write(address + data, content);
    return address;
  }

  addTuple(items: readonly number[]): RemoteAddress {
    const { length, items: first } = this.layout.tuple;
    const address = this.memory.allocate(first + 8 * items.length);
    this.memory.writeWord(address + length, items.length);
    items.forEach((item, index) => this.memory.writeWord(address + first + 8 * index, item));
    return address;
  }

  addCode(code: FakeCode, address = this.memory.allocate(this.layout.code.size + 2 * UNITS)): RemoteAddress {
    const { units, firstLine, file, name, qualifiedName, locations, lineFormat } = this.layout.code;
    const text = this.addText(code.name);
    this.memory.writeWord(address + OBJECT_TYPE_OFFSET, this.types.code);
    const count = code.units ?? UNITS;
    if (units.kind === 'in-code') this.memory.writeWord(address + units.units, count);
    else this.memory.writeWord(address + units.instructions, this.addBytes(Buffer.alloc(2 * count)));
    this.memory.writeInt(address + firstLine, code.firstLine ?? 10);
    this.memory.writeWord(address + file, this.addText(code.file ?? '/srv/program.py'));
    this.memory.writeWord(address + name, text);
    this.memory.writeWord(address + qualifiedName, text);
    this.memory.writeWord(address + locations, this.addBytes(code.locations ?? ONE_LINE_EACH[lineFormat]));
    return address;
  }

  /** Puts a thread state in front of the list; its place for the kernel's id is filled. */
  addThreadState(id: number): RemoteAddress {
    const { thread, interpreter } = this.layout;
    const state = this.memory.allocate(1024);
    this.memory.writeWord(state + thread.next, this.word(this.interpreter + interpreter.threadsHead));
    this.memory.writeWord(this.interpreter + interpreter.threadsHead, state);
    this.memory.writeWord(state + thread.interpreter, this.interpreter);
    if (thread.nativeId.kind === 'in-thread') {
      this.memory.writeWord(state + thread.pythonId, FIRST_ADDRESS + id);
      this.memory.writeWord(state + thread.nativeId.nativeId, id);
    } else {
      const pthread = this.memory.allocate(1024);
      this.memory.writeWord(state + thread.pythonId, pthread);
      this.memory.writeWord(pthread + thread.nativeId.self, pthread);
      // Beside the id lies what is none of it.
      this.memory.writeWord(pthread + thread.nativeId.nativeId, (0xfffffn << 32n) | BigInt(id));
    }
    return state;
  }

  protected word(address: number): number {
    const bytes = Buffer.alloc(8);
    this.memory.read(remoteAddress(address), 8, bytes, 0);
    return Number(bytes.readBigUInt64LE());
  }
}
