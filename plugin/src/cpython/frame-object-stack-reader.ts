import type { ProcessMemory } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, WORD_BYTES, isMappable, parseAddress } from '../memory/remote-address.ts';
import type { CodeObjectCache } from './code-object-cache.ts';
import type { TypeAddresses } from './code-object-reader.ts';
import { DispatchReader } from './dispatch-reader.ts';
import { FrameObjectCopy } from './frame-object-copy.ts';
import { FrameObjectForecast } from './frame-object-forecast.ts';
import { FrameObjectWalker } from './frame-object-walker.ts';
import type { StackOutcome, ThreadHandle } from './interpreter-reader.ts';
import type { FrameObjectsLayout } from './layouts/struct-layout.ts';
import type { StackBuffer } from './stack-buffer.ts';
import { MAX_LOOKS, MAX_RETRIES } from './stack-reader.ts';
import { MAX_THREADS } from './thread-list.ts';

type Attempt = StackOutcome | 'moved';

/** Reads one thread's stack where frames are objects on the heap (up to 3.10), and again at once if it changed meanwhile. */
export class FrameObjectStackReader {
  readonly #memory: ProcessMemory;
  readonly #copy: FrameObjectCopy;
  readonly #walker: FrameObjectWalker;
  readonly #dispatches: DispatchReader;
  readonly #now: () => number;
  readonly #previous: number;
  readonly #offset: number;
  readonly #size: number;
  readonly #pointer = Buffer.alloc(WORD_BYTES);
  readonly #forecasts = new Map<RemoteAddress, FrameObjectForecast>();
  retries = 0;

  /** @param now milliseconds of a steady clock, for the trust in cached code objects */
  constructor(
    memory: ProcessMemory,
    layout: FrameObjectsLayout,
    types: TypeAddresses,
    codes: CodeObjectCache,
    now: () => number,
  ) {
    const { previous, code, instruction, state } = layout.frame;
    this.#memory = memory;
    this.#dispatches = new DispatchReader(memory, types.float, layout.frame.size);
    this.#now = now;
    this.#previous = previous;
    this.#offset = Math.min(previous, code);
    const end = Math.max(previous + WORD_BYTES, code + WORD_BYTES, instruction + 4, state + 1);
    this.#size = Math.ceil((end - this.#offset) / WORD_BYTES) * WORD_BYTES;
    this.#copy = new FrameObjectCopy(memory, layout);
    this.#walker = new FrameObjectWalker(layout.frame, this.#offset, codes);
  }

  readStack(thread: ThreadHandle, into: StackBuffer): StackOutcome {
    const forecast = this.#forecastOf(thread.stateAddress);
    const now = this.#now();
    let outcome: StackOutcome = 'torn';
    let looks = 0;
    for (let attempt = 0; attempt <= MAX_RETRIES;) {
      const result = this.#attempt(thread, forecast, into, now);
      if (result === 'read') {
        this.#dispatches.identifyLate(into);
        return result;
      }
      outcome = result === 'moved' ? 'torn' : result;
      if (result === 'moved') {
        const learned = this.#learn(forecast, this.#walker.unexpected);
        // Too deep: to try again costs a read for each frame, and gives no other answer.
        if (learned === 'unreadable') {
          outcome = learned;
          break;
        }
        if (learned === 'learned' && looks++ < MAX_LOOKS) continue;
      }
      attempt++;
      if (attempt <= MAX_RETRIES) this.retries++;
    }
    into.clear();
    if (outcome === 'torn') into.lostLeaf = this.#walker.readLeaf(this.#copy, forecast, now);
    return outcome;
  }

  #attempt(thread: ThreadHandle, forecast: FrameObjectForecast, into: StackBuffer, now: number): Attempt {
    let result = this.#attemptOnce(thread, forecast, into, now);
    // Code objects read after the copies may be of a later moment. Now they are known: the next attempt needs no more.
    if (result === 'read' && this.#walker.hasReadMore) result = this.#attemptOnce(thread, forecast, into, now);
    return result === 'read' && this.#walker.hasReadMore ? 'torn' : result;
  }

  #attemptOnce(
    { stateAddress, pythonId }: ThreadHandle,
    forecast: FrameObjectForecast,
    into: StackBuffer,
    now: number,
  ): Attempt {
    this.#walker.hasReadMore = false;
    switch (this.#copy.copy(stateAddress, pythonId, forecast)) {
      case 'moved':
        // An expected frame is gone, and its memory with it: begin with those of now.
        forecast.forgetAll();
        this.#walker.unexpected = NULL_ADDRESS;
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
    const walked = this.#walker.walk(this.#copy, forecast, into, now);
    return walked === 'complete' ? 'read' : walked;
  }

  /** Expects a frame and its callers, up to one that is expected already. Those of former stacks make room if they are too many together. */
  #learn(forecast: FrameObjectForecast, from: RemoteAddress): 'learned' | 'torn' | 'unreadable' {
    const isAlone = forecast.count === 0;
    let isWhole = true;
    let address = from;
    while (isWhole && address !== NULL_ADDRESS && forecast.find(address) < 0) {
      if (!isMappable(address) || address % WORD_BYTES !== 0) return 'torn';
      const previousAt = (address + this.#previous) as RemoteAddress;
      if (this.#memory.read(previousAt, WORD_BYTES, this.#pointer, 0) !== WORD_BYTES) return 'torn';
      isWhole = forecast.add(address);
      address = parseAddress(this.#pointer, 0);
    }
    if (isWhole && forecast.fits) return 'learned';
    forecast.forgetAll();
    return isAlone ? 'unreadable' : 'learned';
  }

  #forecastOf(state: RemoteAddress): FrameObjectForecast {
    let forecast = this.#forecasts.get(state);
    if (forecast === undefined) {
      if (this.#forecasts.size >= MAX_THREADS) this.#forecasts.clear();
      forecast = new FrameObjectForecast(this.#offset, this.#size);
      this.#forecasts.set(state, forecast);
    }
    return forecast;
  }
}
