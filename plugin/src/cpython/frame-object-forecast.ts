import { MAX_RANGES } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';

/** Ranges of one copy beside those of frames: the thread state, once. */
const OTHER_RANGES = 1;
export const MAX_FRAME_RANGES = MAX_RANGES - OTHER_RANGES;
/** Frames closer than this are copied as one range: those of functions that were first called one after the other are some hundred bytes apart. */
export const MAX_FRAME_GAP_BYTES = 4096;
export const MAX_FRAME_WINDOW_BYTES = 64 * 1024;
/** Frames expected at once: of the deepest stack that is read, and of others before it. */
export const MAX_EXPECTED_FRAMES = 4096;
/** Attempts for which a frame is expected that was on no stack since: what a program calls by turns is called again soon. */
export const REMEMBERED_ATTEMPTS = 64;

/** Frames with several callers that are remembered beyond that. */
export const MAX_REMEMBERED_FRAMES = 65_536;

/** Ranges that hold the expected frames, outermost first. */
export interface FramePlan {
  readonly starts: Float64Array;
  readonly lengths: Int32Array;
  /** The first so many are copied once, all others twice. */
  readonly onceCount: number;
}

/**
 * Where the frames of one thread's next stack are expected: where those of the last stacks were. A frame object is kept for the next call of its function, so a program that calls
 * the same functions uses the same frames.
 */
export class FrameObjectForecast {
  count = 0;
  addresses = new Float64Array(64);
  /** Number of the frame's caller, as it was the last time; -1 for none. */
  callers = new Int32Array(64);
  /** 1 for a frame that was seen with more than one caller. */
  hasSeveralCallers = new Int32Array(64);
  /** Range of the plan that holds the frame, and where in it, in 32-bit words. */
  ranges = new Int32Array(64);
  places = new Int32Array(64);
  #depths = new Int32Array(64);
  #lastSeen = new Int32Array(64);
  #numbers = new Map<number, number>();
  /** Frames that were seen with more than one caller, those that were forgotten since included. */
  readonly #withSeveralCallers = new Set<number>();
  #plan: FramePlan | undefined;
  #attempts = 0;
  #cleanedAt = 0;
  readonly #size: number;
  readonly #offset: number;

  /** @param offset start and @param size length of what is read of a frame */
  constructor(offset: number, size: number) {
    this.#offset = offset;
    this.#size = size;
  }

  /** The number of the frame at this address; -1 if it is not expected. */
  find(address: RemoteAddress): number {
    return this.#numbers.get(address) ?? -1;
  }

  /** Whether all that is expected can be copied at once. */
  get fits(): boolean {
    return this.#planNow().starts.length <= MAX_FRAME_RANGES;
  }

  /** Expects a frame from now on; false if there are too many. */
  add(address: RemoteAddress): boolean {
    if (this.count === MAX_EXPECTED_FRAMES) return false;
    if (this.count === this.addresses.length) this.#grow();
    const number = this.count++;
    this.addresses[number] = address;
    this.callers[number] = -1;
    this.hasSeveralCallers[number] = this.#withSeveralCallers.has(address) ? 1 : 0;
    this.#depths[number] = 0;
    this.#lastSeen[number] = this.#attempts;
    this.#numbers.set(address, number);
    this.#plan = undefined;
    return true;
  }

  /** Remembers where on the stack a frame is: 0 for the outermost. */
  setDepth(number: number, depth: number): void {
    this.#depths[number] = depth;
    this.#lastSeen[number] = this.#attempts;
  }

  /** Remembers who called a frame: from now on, if it was somebody else before. */
  setCaller(number: number, caller: number): void {
    if ((this.callers[number] ?? -1) >= 0) this.setSeveralCallers(number);
    this.callers[number] = caller;
  }

  /** Remembers that a frame has more than one caller. */
  setSeveralCallers(number: number): void {
    if (this.hasSeveralCallers[number] === 1) return;
    this.hasSeveralCallers[number] = 1;
    if (this.#withSeveralCallers.size === MAX_REMEMBERED_FRAMES) this.#withSeveralCallers.clear();
    this.#withSeveralCallers.add(this.addresses[number] ?? 0);
  }

  forgetAll(): void {
    this.count = 0;
    this.#numbers.clear();
    this.#plan = undefined;
  }

  /** The ranges to copy in the attempt that begins. */
  plan(): FramePlan {
    this.#attempts++;
    if (this.#attempts - this.#cleanedAt >= REMEMBERED_ATTEMPTS) this.#forgetOld();
    return this.#planNow();
  }

  #planNow(): FramePlan {
    return (this.#plan ??= this.#makePlan());
  }

  #forgetOld(): void {
    this.#cleanedAt = this.#attempts;
    const oldest = this.#attempts - REMEMBERED_ATTEMPTS;
    const kept = Array.from({ length: this.count }, (_, number) => number).filter(
      (number) => (this.#lastSeen[number] ?? 0) > oldest,
    );
    if (kept.length === this.count) return;
    this.#numbers.clear();
    const moved = new Map(kept.map((from, to) => [from, to]));
    kept.forEach((from, to) => {
      this.addresses[to] = this.addresses[from] ?? 0;
      this.callers[to] = moved.get(this.callers[from] ?? -1) ?? -1;
      this.hasSeveralCallers[to] = this.hasSeveralCallers[from] ?? 0;
      this.#depths[to] = this.#depths[from] ?? 0;
      this.#lastSeen[to] = this.#lastSeen[from] ?? 0;
      this.#numbers.set(this.addresses[to], to);
    });
    this.count = kept.length;
    this.#plan = undefined;
  }

  #makePlan(): FramePlan {
    const { addresses, count } = this;
    const byAddress = Array.from({ length: count }, (_, number) => number).sort(
      (a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0),
    );
    const windows: { start: number; end: number; depth: number; numbers: number[] }[] = [];
    for (const number of byAddress) {
      const start = (addresses[number] ?? 0) + this.#offset;
      const end = start + this.#size;
      const depth = this.#depths[number] ?? 0;
      const last = windows.at(-1);
      if (last !== undefined && start - last.end <= MAX_FRAME_GAP_BYTES && end - last.start <= MAX_FRAME_WINDOW_BYTES) {
        last.end = Math.max(end, last.end);
        last.depth = Math.max(depth, last.depth);
        last.numbers.push(number);
      } else windows.push({ start, end, depth, numbers: [number] });
    }
    windows.sort((a, b) => a.depth - b.depth);
    windows.forEach(({ start, numbers }, range) => {
      for (const number of numbers) {
        this.ranges[number] = range;
        this.places[number] = ((addresses[number] ?? 0) + this.#offset - start) / 4;
      }
    });
    return {
      starts: Float64Array.from(windows, ({ start }) => start),
      lengths: Int32Array.from(windows, ({ start, end }) => end - start),
      onceCount: Math.max(0, 2 * windows.length - MAX_FRAME_RANGES),
    };
  }

  #grow(): void {
    const addresses = new Float64Array(2 * this.addresses.length);
    addresses.set(this.addresses);
    this.addresses = addresses;
    this.callers = doubled(this.callers);
    this.hasSeveralCallers = doubled(this.hasSeveralCallers);
    this.ranges = doubled(this.ranges);
    this.places = doubled(this.places);
    this.#depths = doubled(this.#depths);
    this.#lastSeen = doubled(this.#lastSeen);
  }
}

const doubled = (numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
  const copy = new Int32Array(2 * numbers.length);
  copy.set(numbers);
  return copy;
};
