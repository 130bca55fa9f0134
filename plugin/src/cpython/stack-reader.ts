import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RangeBatch } from '../memory/range-batch.ts';
import { MAX_RANGES } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import type { CodeObjectCache } from './code-object-cache.ts';
import { DispatchReader } from './dispatch-reader.ts';
import { FrameWalker } from './frame-walker.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import type { StackOutcome, ThreadHandle } from './interpreter-reader.ts';
import type { DataStackLayout } from './layouts/struct-layout.ts';
import type { StackBuffer } from './stack-buffer.ts';
import { StackCopy } from './stack-copy.ts';
import { StackForecast } from './stack-forecast.ts';
import { MAX_THREADS } from './thread-list.ts';

/**
 * Tries beyond the first, of some 8 µs each. A target that does nothing but call and return, on another CPU, spoils up to six of ten
 * tries: eleven more bring the stacks given up below 1 %.
 */
export const MAX_RETRIES = 11;
/**
 * Looks for a stack that is not where it was that count for no try: growth and a new chunk are no sign of haste. A target that only goes up and down 500 frames takes and returns
 * two chunks 40,000 times a second; lists of chunks that came back are looked for at once, new ones one after the other.
 */
export const MAX_LOOKS = 24;

/**
 * After so many looks that failed in a row, they are made at random times. The target takes and returns chunks with the same lock of the kernel that reading its memory takes: it waits for the look, goes on
 * when that is over, and would be met at the same place by every look that follows at once.
 */
const LOOKS_IN_STEP = 3;
const MAX_PAUSE = 1000;

/** Lets a random time pass, of up to some 20 µs. */
const fallOutOfStep = (): void => {
  let left = Math.random() * MAX_PAUSE;
  while (left > 0) left -= Math.random();
};

type Attempt = StackOutcome | 'moved';

/** Reads one thread's stack (3.11 and newer) while the thread runs, and again at once if it changed meanwhile. */
export class StackReader {
  readonly #memory: ProcessMemory;
  readonly #copy: StackCopy;
  readonly #walker: FrameWalker;
  readonly #dispatches: DispatchReader;
  readonly #now: () => number;
  readonly #frameBytes: number;
  readonly #forecasts = new Map<RemoteAddress, StackForecast>();
  retries = 0;
  /** Whose stack was copied ahead, and how many ranges of that copy there are. */
  #aheadOf: ThreadHandle | undefined;
  #copiedAhead = 0;

  /** @param now milliseconds of a steady clock, for the trust in cached code objects */
  constructor(
    memory: ProcessMemory,
    layout: DataStackLayout,
    types: TypeAddresses,
    codes: CodeObjectCache,
    now: () => number,
  ) {
    this.#memory = memory;
    this.#dispatches = new DispatchReader(memory, types.float, layout.frame.size);
    this.#copy = new StackCopy(memory, layout);
    this.#walker = new FrameWalker(layout.frame, layout.code.instructions, codes);
    this.#now = now;
    this.#frameBytes = layout.frame.size;
  }

  /** An empty batch: what is added to it is copied together with the stack that {@link planAhead} adds. */
  beginAhead(): RangeBatch {
    return this.#copy.begin();
  }

  /** A copy made ahead is of the moment of the list of threads: with the next list it is out of date. */
  forgetAhead(): void {
    this.#aheadOf = undefined;
  }

  /** Adds what makes the copy of a thread's stack; false if there is no room for it. */
  planAhead(thread: ThreadHandle, batch: RangeBatch): boolean {
    const forecast = this.#forecastOf(thread.stateAddress);
    if (batch.count + forecast.rangeCount > MAX_RANGES) return false;
    this.#copy.plan(thread.stateAddress, forecast);
    this.#aheadOf = thread;
    return true;
  }

  /** The next stack asked for is looked for in the copy first, if it is that thread's. */
  keepAhead(copied: number): void {
    this.#copiedAhead = copied;
  }

  readStack(thread: ThreadHandle, into: StackBuffer): StackOutcome {
    let isAhead = this.#aheadOf === thread;
    this.#aheadOf = undefined;
    const forecast = this.#forecastOf(thread.stateAddress);
    const now = this.#now();
    let outcome: StackOutcome = 'torn';
    let looks = 0;
    for (let attempt = 0; attempt <= MAX_RETRIES;) {
      const result = this.#attempt(thread, forecast, into, now, isAhead);
      isAhead = false;
      if (result === 'read') {
        this.#dispatches.identifyCopied(into, this.#copy.words);
        if (into.length > 0) into.likeness = this.#copy.keep();
        return result;
      }
      outcome = result === 'moved' ? 'torn' : result;
      if (result === 'moved') {
        const learned = forecast.learn(this.#memory, thread.stateAddress, this.#copy.position);
        if (learned === 'learned' && looks++ < MAX_LOOKS) {
          if (looks > LOOKS_IN_STEP) fallOutOfStep();
          continue;
        }
        if (learned !== 'learned') outcome = learned;
      }
      attempt++;
      if (attempt <= MAX_RETRIES) this.retries++;
    }
    into.clear();
    if (outcome === 'torn') into.lostLeaf = this.#walker.readLeaf(this.#copy, now);
    return outcome;
  }

  #attempt(
    { stateAddress, pythonId }: ThreadHandle,
    forecast: StackForecast,
    into: StackBuffer,
    now: number,
    isAhead: boolean,
  ): Attempt {
    const copied = isAhead
      ? this.#copy.take(pythonId, forecast, this.#copiedAhead)
      : this.#copy.copy(stateAddress, pythonId, forecast);
    switch (copied) {
      case 'moved':
        return 'moved';
      case 'idle':
        into.clear();
        return 'read';
      case 'changed':
        return 'torn';
      case 'unreadable':
      case 'other-thread':
        return 'unreadable';
      case 'copied':
        break;
    }
    const walked = this.#walker.walk(this.#copy, into, now);
    if (walked !== 'complete') return walked;
    // Frames and code objects read after the copy may be of a later moment. Now they are known: the next attempt needs no more.
    return this.#walker.hasReadMore ? this.#attemptKnown({ stateAddress, pythonId }, forecast, into, now) : 'read';
  }

  /** The same once more, with everything it needs copied ahead. */
  #attemptKnown(
    { stateAddress, pythonId }: Pick<ThreadHandle, 'stateAddress' | 'pythonId'>,
    forecast: StackForecast,
    into: StackBuffer,
    now: number,
  ): Attempt {
    const copied = this.#copy.copy(stateAddress, pythonId, forecast);
    if (copied === 'moved') return 'moved';
    if (copied !== 'copied') return 'torn';
    const walked = this.#walker.walk(this.#copy, into, now);
    if (walked !== 'complete') return walked;
    return this.#walker.hasReadMore ? 'torn' : 'read';
  }

  #forecastOf(state: RemoteAddress): StackForecast {
    let forecast = this.#forecasts.get(state);
    if (forecast === undefined) {
      if (this.#forecasts.size >= MAX_THREADS) this.#forecasts.clear();
      forecast = new StackForecast(this.#copy.position, this.#frameBytes);
      this.#forecasts.set(state, forecast);
    }
    return forecast;
  }
}
