import type { RemoteAddress } from '../memory/remote-address.ts';
import type { CodeObjectReader } from './code-object-reader.ts';
import { CodeObject, type CodeObjectContent } from './code-object.ts';
import { hashSlot } from './hash-slot.ts';

/**
 * Rule for addresses that the target uses again: an entry is believed without a look at memory for a quarter of the time since its content
 * was first seen, but at least {@link MIN_TRUST_MILLISECONDS} and at most {@link MAX_TRUST_MILLISECONDS}; then it is read whole and compared.
 * So the code of exec(), which comes and goes, is read again every few ticks, and a function that has been there for long once a
 * second. A name is wrong for at most that time, and only for code that takes the very address of a freed one and whose instruction also
 * lies within the freed one's length.
 */
export const MIN_TRUST_MILLISECONDS = 20;
export const MAX_TRUST_MILLISECONDS = 1000;
const TRUSTED_SHARE_OF_AGE = 1 / 4;

/** A large program has some ten thousand functions. When this is reached the cache is emptied and fills anew. */
export const MAX_CODE_OBJECTS = 65_536;
/** The same for memory: location tables are a few hundred bytes each. */
export const MAX_CACHED_BYTES = 256 * 1024 * 1024;

/**
 * What was not looked up for so long is forgotten when room is needed: a program that makes up code all the time leaves addresses behind, which would else be kept until
 * {@link MAX_CODE_OBJECTS}.
 */
export const FORGOTTEN_AFTER_MILLISECONDS = 60_000;

const INITIAL_SLOTS = 1024;
const MAX_LOAD = 0.5;

/** What the cache knows of an address: to be believed for a while, by whoever holds it. */
export interface TrustedCode {
  readonly code: CodeObject;
  /** On the clock that is given to the cache. */
  readonly trustedUntil: number;
}

interface Entry {
  code: CodeObject;
  content: CodeObjectContent;
  firstSeenAt: number;
  trustedUntil: number;
}

/**
 * Code objects by address. Its own hash table with the address in two 32-bit columns: looking up a double in a Map costs several times
 * as much, and this is done for every frame of every sample.
 */
export class CodeObjectCache {
  readonly #reader: Pick<CodeObjectReader, 'read'>;
  readonly #maxEntries: number;
  #lows = new Uint32Array(INITIAL_SLOTS);
  #highs = new Uint32Array(INITIAL_SLOTS);
  #entries: (Entry | undefined)[] = Array.from({ length: INITIAL_SLOTS });
  #count = 0;
  #bytes = 0;
  #nextId = 0;
  /** Counts contents that were read for the first time: lets a caller see whether a lookup had to read something new. */
  loads = 0;

  constructor(reader: Pick<CodeObjectReader, 'read'>, maxEntries = MAX_CODE_OBJECTS) {
    this.#reader = reader;
    this.#maxEntries = maxEntries;
  }

  /**
   * The code object at `address`, whose halves are `low` and `high`. Undefined if there is none.
   *
   * @param now milliseconds of any steady clock
   */
  get(address: RemoteAddress, low: number, high: number, now: number): CodeObject | undefined {
    return this.find(address, low, high, now)?.code;
  }

  /** The same with how long it may be believed. */
  find(address: RemoteAddress, low: number, high: number, now: number): TrustedCode | undefined {
    const slot = this.#slotOf(low, high);
    const entry = this.#entries[slot];
    if (entry !== undefined && now < entry.trustedUntil) return entry;
    return this.#look(address, low, high, now);
  }

  /** Makes the next lookup read the memory again. */
  distrust(low: number, high: number): void {
    const entry = this.#entries[this.#slotOf(low, high)];
    if (entry !== undefined) entry.trustedUntil = 0;
  }

  #look(address: RemoteAddress, low: number, high: number, now: number): TrustedCode | undefined {
    const content = this.#reader.read(address);
    if (content === undefined) {
      this.distrust(low, high);
      return undefined;
    }
    const known = this.#entries[this.#slotOf(low, high)];
    if (known !== undefined && isSameContent(known.content, content)) {
      known.trustedUntil = now + trust(now - known.firstSeenAt);
      return known;
    }
    this.loads++;
    return this.#put(low, high, now, {
      code: new CodeObject(this.#nextId++, content),
      content,
      firstSeenAt: now,
      trustedUntil: now + trust(0),
    });
  }

  #put(low: number, high: number, now: number, entry: Entry): TrustedCode {
    if (this.#count >= this.#maxEntries || this.#bytes > MAX_CACHED_BYTES) this.#empty();
    if (this.#count >= this.#entries.length * MAX_LOAD) this.#makeRoom(now);
    const slot = this.#slotOf(low, high);
    const replaced = this.#entries[slot];
    if (replaced === undefined) this.#count++;
    this.#bytes += contentBytes(entry.content) - (replaced === undefined ? 0 : contentBytes(replaced.content));
    this.#lows[slot] = low;
    this.#highs[slot] = high;
    this.#entries[slot] = entry;
    return entry;
  }

  /** The slot that holds the address, or the free one where it belongs. */
  #slotOf(low: number, high: number): number {
    const mask = this.#entries.length - 1;
    let slot = hashSlot((low >>> 4) ^ (high << 8), this.#entries.length);
    while (this.#entries[slot] !== undefined && (this.#lows[slot] !== low || this.#highs[slot] !== high))
      slot = (slot + 1) & mask;
    return slot;
  }

  /** Forgets what is no longer looked up; where most of it is, there have to be more slots. */
  #makeRoom(now: number): void {
    const [lows, highs, entries] = [this.#lows, this.#highs, this.#entries];
    const isInUse = (entry: Entry): boolean => entry.trustedUntil > now - FORGOTTEN_AFTER_MILLISECONDS;
    const kept = entries.reduce((count, entry) => count + (entry !== undefined && isInUse(entry) ? 1 : 0), 0);
    this.#allocate(kept > this.#count / 2 ? entries.length * 2 : entries.length);
    this.#count = kept;
    this.#bytes = 0;
    entries.forEach((entry, index) => {
      if (entry === undefined || !isInUse(entry)) return;
      this.#bytes += contentBytes(entry.content);
      const slot = this.#slotOf(lows[index] ?? 0, highs[index] ?? 0);
      this.#lows[slot] = lows[index] ?? 0;
      this.#highs[slot] = highs[index] ?? 0;
      this.#entries[slot] = entry;
    });
  }

  #empty(): void {
    this.#allocate(INITIAL_SLOTS);
    this.#count = 0;
    this.#bytes = 0;
  }

  #allocate(slots: number): void {
    this.#lows = new Uint32Array(slots);
    this.#highs = new Uint32Array(slots);
    this.#entries = Array.from({ length: slots });
  }
}

const trust = (age: number): number =>
  Math.min(MAX_TRUST_MILLISECONDS, Math.max(MIN_TRUST_MILLISECONDS, age * TRUSTED_SHARE_OF_AGE));

const contentBytes = (content: CodeObjectContent): number =>
  (content.locations?.length ?? 0) + content.functionName.length;

const isSameContent = (a: CodeObjectContent, b: CodeObjectContent): boolean =>
  a.functionName === b.functionName &&
  a.file === b.file &&
  a.firstLine === b.firstLine &&
  a.codeUnits === b.codeUnits &&
  (a.loopVariables === undefined) === (b.loopVariables === undefined) &&
  isSameBytes(a.locations, b.locations);

const isSameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
