import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FakeInterpreter } from '../../test/fake-interpreter.ts';
import { linesOf } from '../../test/running-target.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import type { InterpreterReader, ThreadHandle } from './interpreter-reader.ts';
import { KnownChain } from './known-chain.ts';
import { CPYTHON_3_11 } from './layouts/cpython-3.11.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import type { DataStackLayout } from './layouts/struct-layout.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, STACK_CHUNK } from './layouts/struct-layout.ts';
import { StackBuffer } from './stack-buffer.ts';

/** As since 3.14: code pointers that are cleared before a frame is popped, and no C frame. */
const CLEARED: DataStackLayout = {
  ...CPYTHON_3_12,
  version: '3.14',
  thread: { ...CPYTHON_3_12.thread, current: { kind: 'in-thread', currentFrame: 72 } },
  frame: { ...CPYTHON_3_12.frame, isClearedWhenPopped: true },
};
const CHUNK_BYTES = 16 * 1024;
/** More than the part of a stack that is copied three times, in two chunks. */
const FRAMES_IN_ROOT = 45;
const FRAMES = 60;
const CODES = 4;
const STEPS = 12;
const RUNS = 100;

/** What may differ from one sample to the next, and between the copies of one. */
interface FrameState {
  code: number;
  instruction: number;
  /** The function on its evaluation stack: that of the frame above, another, or none. */
  shown: 'called' | 'another' | 'none';
  isRunning: boolean;
  variable: number;
  /** It was called by a frame outside the data stack. */
  isCalledByGenerator: boolean;
}

const frameState: fc.Arbitrary<FrameState> = fc.record({
  code: fc.nat(CODES - 1),
  instruction: fc.nat(9),
  shown: fc.oneof({ weight: 8, arbitrary: fc.constant('called' as const) }, fc.constantFrom('another', 'none')),
  isRunning: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
  variable: fc.nat(3),
  isCalledByGenerator: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, fc.constant(true)),
});
const level = fc.oneof(fc.nat(FRAMES - 1), fc.integer({ min: FRAMES - 6, max: FRAMES - 1 }));
const step = fc.record({
  current: level,
  changes: fc.array(fc.tuple(level, frameState), { maxLength: 2 }),
  /** A frame that is another one in the copies of its surroundings. */
  around: fc.option(fc.tuple(level, frameState)),
});

class ChangingStack {
  readonly fake: FakeInterpreter;
  readonly #frames: RemoteAddress[] = [];
  readonly #codes: readonly RemoteAddress[];
  readonly #generators: readonly RemoteAddress[];
  readonly #state: RemoteAddress;
  readonly #chunks: readonly [RemoteAddress, RemoteAddress];
  readonly states: FrameState[];
  around: readonly [number, FrameState] | null = null;

  constructor(layout: DataStackLayout) {
    const fake = (this.fake = new FakeInterpreter(layout));
    const { memory } = fake;
    const thread = fake.addThread(1, ['<module>']);
    this.#state = thread.state;
    const upper = memory.allocate(CHUNK_BYTES);
    this.#chunks = [thread.chunk, upper];
    const distance = layout.frame.size + 6 * 8;
    for (let index = 0; index < FRAMES; index++) {
      const isInRoot = index < FRAMES_IN_ROOT;
      const first = isInRoot ? thread.chunk + FIRST_FRAME_IN_ROOT_CHUNK : upper + STACK_CHUNK.data;
      this.#frames.push(remoteAddress(first + (isInRoot ? index : index - FRAMES_IN_ROOT) * distance));
    }
    memory.writeWord(upper + STACK_CHUNK.previous, thread.chunk);
    memory.writeWord(upper + STACK_CHUNK.size, CHUNK_BYTES);
    const used = (this.#frames[FRAMES_IN_ROOT - 1] ?? 0) + distance - thread.chunk - STACK_CHUNK.data;
    memory.writeWord(thread.chunk + STACK_CHUNK.usedWords, used / 8);
    this.#codes = Array.from({ length: CODES }, (_, code) => fake.addCode({ name: `f${code}` }));
    this.#generators = this.#frames.map(() => memory.allocate(256));
    this.states = Array.from({ length: FRAMES }, (_, index) => ({
      code: index % CODES,
      instruction: 3,
      shown: 'called',
      isRunning: false,
      variable: 0,
      isCalledByGenerator: false,
    }));
    const copy = memory.read.bind(memory);
    memory.read = (address, length, into, offset) => {
      // Within one sample memory goes to and fro: each try meets the same.
      const chunk = this.#chunks.find((start) => address >= start && address < start + CHUNK_BYTES);
      if (this.around !== null && chunk !== undefined) {
        const [index, other] = this.around;
        const isCurrentChunk = address === chunk && length > STACK_CHUNK.data;
        this.#write(index, isCurrentChunk ? (this.states[index] ?? other) : other);
      }
      return copy(address, length, into, offset);
    };
    for (let index = 0; index < FRAMES; index++) this.writeFrame(index);
  }

  setCurrent(index: number): void {
    const { fake } = this;
    const { thread } = fake.layout;
    const frame = this.#frames[index] ?? 0;
    const [root, upper] = this.#chunks;
    fake.memory.writeWord(this.#state + thread.chunk, index < FRAMES_IN_ROOT ? root : upper);
    fake.memory.writeWord(this.#state + thread.chunkTop, frame + fake.layout.frame.size + 6 * 8);
    fake.setCurrentFrame(this.#state, frame);
  }

  writeFrame(index: number): void {
    const state = this.states[index];
    if (state !== undefined) this.#write(index, state);
  }

  #write(index: number, state: FrameState): void {
    const { fake } = this;
    const { memory, layout } = fake;
    const address = this.#frames[index];
    const generator = this.#generators[index];
    const code = this.#codes[state.code];
    if (address === undefined || generator === undefined || code === undefined) return;
    const below = this.#frames[index - 1];
    // The outermost one keeps its caller.
    if (below !== undefined) {
      memory.writeWord(address + layout.frame.previous, state.isCalledByGenerator ? generator : below);
      memory.writeWord(generator + layout.frame.previous, below);
      this.#writeCode(generator, code, state);
      memory.write(generator + layout.frame.owner, Buffer.from([1]));
    }
    this.#writeCode(address, code, state);
    memory.writeWord(address + layout.frame.size + 5 * 8, state.variable);
    const { stackTop } = layout.frame;
    if (stackTop !== undefined) memory.writeInt(address + stackTop, state.isRunning ? -1 : 1);
    const above = this.states[index + 1]?.code ?? 0;
    const shown = this.#codes[state.shown === 'called' ? above : (above + 1) % CODES] ?? 0;
    memory.writeWord(address + fake.callSlot, state.shown === 'none' ? 0 : fake.functionOf(shown));
  }

  #writeCode(address: RemoteAddress, code: RemoteAddress, { instruction }: FrameState): void {
    const { memory, layout } = this.fake;
    memory.writeWord(address + layout.frame.executable, code);
    memory.writeWord(address + layout.frame.callable, this.fake.functionOf(code));
    memory.writeWord(address + layout.frame.instruction, code + layout.code.instructions + 2 * instruction);
  }
}

const read = (reader: InterpreterReader): unknown[] => {
  const stack = new StackBuffer();
  const [thread] = reader.readThreads().threads;
  const outcome = reader.readStack(thread as ThreadHandle, stack);
  return [outcome, ...linesOf(stack)];
};

/** The same by a reader that looks at every frame each time. */
const readAnew = (reader: InterpreterReader): unknown[] => {
  const countSame = vi.spyOn(KnownChain.prototype, 'countSame').mockReturnValue(0);
  const seen = read(reader);
  countSame.mockRestore();
  return seen;
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each([CPYTHON_3_11, CPYTHON_3_12, CLEARED])(
  'what is remembered of the chains of a thread, in $version,',
  (layout) => {
    it('never changes what a stack is taken for', () => {
      const outcomes = new Map<unknown, number>();
      fc.assert(
        fc.property(fc.array(step, { minLength: STEPS, maxLength: STEPS }), (steps) => {
          const stack = new ChangingStack(layout);
          stack.setCurrent(FRAMES - 1);
          const reader = stack.fake.open();
          const other = stack.fake.open();
          read(reader);
          readAnew(other);
          for (const { current, changes, around } of steps) {
            const before = changes.map(([index]) => [index, stack.states[index]] as const);
            for (const [index, state] of changes) stack.states[index] = state;
            const written = changes.flatMap(([index]) => [index - 1, index]);
            for (const index of written) stack.writeFrame(index);
            stack.setCurrent(current);
            stack.around = around;
            const seen = read(reader);
            expect(seen).toEqual(readAnew(other));
            outcomes.set(seen[0], (outcomes.get(seen[0]) ?? 0) + 1);
            stack.around = null;
            if (around !== null) stack.writeFrame(around[0]);
            // What cannot be read would stay so: most of it goes back to what it was.
            if (seen[0] === 'read') continue;
            for (const [index, state] of before) if (state !== undefined) stack.states[index] = state;
            for (const index of written) stack.writeFrame(index);
          }
        }),
        { numRuns: RUNS },
      );
      // Both have to come about, or nothing was tried.
      expect(outcomes.get('read')).toBeGreaterThan(RUNS);
      expect(outcomes.get('torn')).toBeGreaterThan(RUNS / 4);
    });
  },
);
