import type { ProcessMemory } from '../memory/process-memory.ts';
import { RangeBatch } from '../memory/range-batch.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { NULL_ADDRESS, WORD_BYTES, addressInWords } from '../memory/remote-address.ts';
import type { FrameObjectForecast, FramePlan } from './frame-object-forecast.ts';
import type { FrameObjectsLayout } from './layouts/struct-layout.ts';
import type { CopyOutcome } from './stack-copy.ts';

const NO_PLAN: FramePlan = { starts: new Float64Array(0), lengths: new Int32Array(0), onceCount: 0 };

/**
 * The frame objects of one thread, copied while the thread runs. Everything is asked for at once: all expected frames from the outermost in, the frame
 * that the thread is in, all frames again from the innermost out. So the two copies of a frame enclose the moment at which the thread was asked, and those of the top, which change
 * the fastest, enclose it the closest. What was the same in both was so at that moment, unless it changed twice.
 */
export class FrameObjectCopy {
  readonly #memory: ProcessMemory;
  readonly #batch = new RangeBatch();
  readonly #currentAt: number;
  readonly #idAt: number;
  readonly #stateOffset: number;
  readonly #stateLength: number;
  #plan = NO_PLAN;
  currentFrame: RemoteAddress = NULL_ADDRESS;

  constructor(memory: ProcessMemory, { thread }: FrameObjectsLayout) {
    this.#memory = memory;
    this.#stateOffset = Math.min(thread.frame, thread.pythonId);
    this.#stateLength = Math.max(thread.frame, thread.pythonId) + WORD_BYTES - this.#stateOffset;
    this.#currentAt = (thread.frame - this.#stateOffset) / 4;
    this.#idAt = (thread.pythonId - this.#stateOffset) / 4;
  }

  get words(): Uint32Array {
    return this.#batch.words;
  }

  copy(thread: RemoteAddress, pythonId: number, forecast: FrameObjectForecast): CopyOutcome {
    const batch = this.#batch;
    const plan = forecast.plan();
    const { starts, lengths, onceCount } = plan;
    this.#plan = plan;
    batch.clear();
    const count = starts.length;
    for (let range = 0; range < count; range++) batch.add((starts[range] ?? 0) as RemoteAddress, lengths[range] ?? 0);
    const state = batch.add((thread + this.#stateOffset) as RemoteAddress, this.#stateLength);
    for (let range = count - 1; range >= onceCount; range--)
      batch.add((starts[range] ?? 0) as RemoteAddress, lengths[range] ?? 0);
    // A frame that is gone, and its memory with it; or the thread.
    const copied = this.#memory.readRanges(batch);
    if (copied < batch.count) return copied === state ? 'unreadable' : 'moved';
    const at = batch.positions[state] ?? 0;
    if (addressInWords(batch.words, at + this.#idAt) !== pythonId) return 'other-thread';
    this.currentFrame = addressInWords(batch.words, at + this.#currentAt);
    return this.currentFrame === NULL_ADDRESS ? 'idle' : 'copied';
  }

  /** Word position of the copy of a frame made before the moment, by its range and place in the plan. */
  before(range: number, place: number): number {
    return (this.#batch.positions[range] ?? 0) + place;
  }

  /** The same for the copy made after it; where there is only one copy, that. */
  after(range: number, place: number): number {
    const { starts, onceCount } = this.#plan;
    const index = range < onceCount ? range : 2 * starts.length - range;
    return (this.#batch.positions[index] ?? 0) + place;
  }
}
