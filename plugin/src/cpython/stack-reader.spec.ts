import { describe, expect, it } from 'vitest';
import { FakeInterpreter } from '../../test/fake-interpreter.ts';
import { linesOf, namesOf } from '../../test/running-target.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { MAX_FRAME_DEPTH } from './frame-walker.ts';
import type { InterpreterReader, StackOutcome, ThreadHandle } from './interpreter-reader.ts';
import { CPYTHON_3_11 } from './layouts/cpython-3.11.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import type { DataStackLayout } from './layouts/struct-layout.ts';
import { FIRST_FRAME_IN_ROOT_CHUNK, STACK_CHUNK } from './layouts/struct-layout.ts';
import { StackBuffer } from './stack-buffer.ts';
import { MAX_GAP_BYTES, MAX_WINDOW_BYTES } from './stack-ranges.ts';
import {
  MAX_C_FRAMES,
  MAX_DATA_STACK_BYTES,
  MAX_OUTSIDE_FRAMES,
  MAX_STACK_CHUNKS,
  MAX_STACK_CHUNK_BYTES,
} from './stack-forecast.ts';
import { MAX_RETRIES } from './stack-reader.ts';

/** As in 3.14: tagged code pointers that are cleared before a frame is popped, and no C frame. */
const TAGGED: DataStackLayout = {
  ...CPYTHON_3_12,
  version: '3.14',
  thread: { ...CPYTHON_3_12.thread, current: { kind: 'in-thread', currentFrame: 72 } },
  frame: { ...CPYTHON_3_12.frame, executableTagMask: 3, isClearedWhenPopped: true },
};
const LAYOUTS = [CPYTHON_3_11, CPYTHON_3_12, TAGGED];
const NAMES = ['<module>', 'outer', 'inner', 'leaf'];

const read = (reader: InterpreterReader): { outcome: StackOutcome; stack: StackBuffer } => {
  const stack = new StackBuffer();
  const [thread] = reader.readThreads().threads;
  return { outcome: reader.readStack(thread as ThreadHandle, stack), stack };
};

const setup = (names = NAMES, layout: DataStackLayout = CPYTHON_3_12) => {
  const fake = new FakeInterpreter(layout);
  const thread = fake.addThread(1, names);
  return { fake, thread, frame: (index: number): RemoteAddress => thread.frames.at(index) as RemoteAddress };
};

describe('reading a stack', () => {
  it.each(LAYOUTS)('gives all frames with their lines, in $version', (layout) => {
    const { fake } = setup(NAMES, layout);
    const reader = fake.open();
    const { outcome, stack } = read(reader);
    expect(outcome).toBe('read');
    expect(linesOf(stack)).toEqual(['<module>:14', 'outer:14', 'inner:14', 'leaf:14']);
    expect(reader.retries).toBe(0);
  });

  describe.each(LAYOUTS)('that was copied together with the list of threads, in $version,', (layout) => {
    /** A stack is copied ahead; after that the thread returns to its caller. */
    const setupAhead = () => {
      const { fake, thread, frame } = setup(NAMES, layout);
      const reader = fake.open();
      read(reader);
      const [handle] = reader.readThreads().threads;
      const names = (): string[] => {
        const stack = new StackBuffer();
        expect(reader.readStack(handle as ThreadHandle, stack)).toBe('read');
        return namesOf(stack);
      };
      reader.readThreads(handle);
      fake.setCurrentFrame(thread.state, frame(-2));
      return { reader, names };
    };

    it('is that of the moment of the list, and only once', () => {
      const { names } = setupAhead();
      expect(names()).toEqual(NAMES);
      expect(names()).toEqual(NAMES.slice(0, -1));
    });

    it('is out of date with the next list of threads', () => {
      const { reader, names } = setupAhead();
      reader.readThreads();
      expect(names()).toEqual(NAMES.slice(0, -1));
    });

    it('is let go of where the thread has gone on', () => {
      const { reader, names } = setupAhead();
      reader.forgetAhead();
      expect(names()).toEqual(NAMES.slice(0, -1));
    });
  });

  it.each(LAYOUTS)('gives an empty stack for a thread that runs no Python, in $version', (layout) => {
    const { fake, thread } = setup(NAMES, layout);
    fake.setCurrentFrame(thread.state, 0);
    const { outcome, stack } = read(fake.open());
    expect([outcome, stack.length]).toEqual(['read', 0]);
  });

  it('includes a generator, which lies outside the data stack', () => {
    const { fake, thread, frame } = setup();
    const generator = fake.memory.allocate(128);
    fake.setFrame(generator, { previous: frame(-1), code: fake.addCode({ name: 'generate' }), owner: 1 });
    fake.setCurrentFrame(thread.state, generator);
    expect(namesOf(read(fake.open()).stack)).toEqual([...NAMES, 'generate']);
  });

  it('leaves out the shim of a call from C in the middle', () => {
    const { fake, frame } = setup();
    const shim = fake.memory.allocate(128);
    fake.setFrame(shim, { previous: frame(1), code: 0, owner: 3 });
    fake.memory.writeWord(frame(2) + fake.layout.frame.previous, shim);
    expect(namesOf(read(fake.open()).stack)).toEqual(NAMES);
  });

  it('ignores the tag bits of a code pointer', () => {
    const { fake, frame } = setup(NAMES, TAGGED);
    const code = fake.addCode({ name: 'tagged' });
    fake.setFrame(frame(-1), { previous: frame(-2), code, owner: 0 });
    fake.memory.writeWord(frame(-1) + TAGGED.frame.executable, code + 1);
    expect(namesOf(read(fake.open()).stack).at(-1)).toBe('tagged');
  });

  it('leaves out a frame on top that is being popped, but takes none in the middle for one', () => {
    const { fake, frame } = setup(NAMES, TAGGED);
    fake.memory.writeWord(frame(-1) + TAGGED.frame.executable, 0);
    expect(namesOf(read(fake.open()).stack)).toEqual(['<module>', 'outer', 'inner']);
    fake.memory.writeWord(frame(-2) + TAGGED.frame.executable, 0);
    expect(read(fake.open()).outcome).toBe('torn');
  });

  it('counts its tries and gives up a stack that never holds still', () => {
    const { fake, thread, frame } = setup();
    const reader = fake.open();
    expect(read(reader).outcome).toBe('read');
    const { memory, layout } = fake;
    const copy = memory.read.bind(memory);
    const codes = ['x', 'y'].map((name) => fake.addCode({ name }));
    let reads = 0;
    memory.read = (address, length, into, offset) => {
      if (address === thread.state + layout.thread.pythonId || length > 64)
        memory.writeWord(frame(1) + layout.frame.executable, codes[++reads % 2] ?? 0);
      return copy(address, length, into, offset);
    };
    expect(read(reader).outcome).toBe('torn');
    expect(reader.retries).toBe(MAX_RETRIES);
  });

  it('refuses a thread state that another thread has taken over', () => {
    const { fake, thread } = setup();
    const reader = fake.open();
    const [handle] = reader.readThreads().threads;
    fake.memory.writeWord(thread.state + fake.layout.thread.pythonId, 0x7abc_0000_0000);
    expect(reader.readStack(handle as ThreadHandle, new StackBuffer())).toBe('unreadable');
  });

  it('reads the memory of known functions no more', () => {
    const { fake } = setup();
    const reader = fake.open();
    read(reader);
    const before = fake.memory.reads;
    const stack = new StackBuffer();
    reader.readStack(reader.readThreads().threads[0] as ThreadHandle, stack);
    // Interpreter and thread list 6; state, C frame, chunk, shim, and what is compared, before and after.
    expect(fake.memory.reads - before).toBeLessThanOrEqual(14);
  });
});

describe('memory that lies', () => {
  const outcomeAfter = (change: (made: ReturnType<typeof setup>) => void, names = NAMES): StackOutcome => {
    const made = setup(names);
    change(made);
    return read(made.fake.open()).outcome;
  };
  const link = ({ fake, frame }: ReturnType<typeof setup>, from: number, to: number): void => {
    fake.memory.writeWord(frame(from) + fake.layout.frame.previous, to);
  };

  it('in a circle of frames ends as torn', () => {
    expect(outcomeAfter((made) => link(made, 1, made.frame(-1)))).toBe('torn');
    expect(outcomeAfter((made) => link(made, 1, made.frame(1)))).toBe('torn');
  });

  it('still tells which function was innermost where its stack is torn', () => {
    const made = setup();
    link(made, 1, made.frame(-1));
    const { outcome, stack } = read(made.fake.open());
    expect([outcome, stack.lostLeaf?.functionName]).toEqual(['torn', 'leaf']);
  });

  it('in a circle of frames outside the data stack ends', () => {
    expect(
      outcomeAfter((made) => {
        const generators = [0, 1].map(() => made.fake.memory.allocate(128));
        const [first = 0, second = 0] = generators;
        const code = made.fake.addCode({ name: 'generate' });
        made.fake.setFrame(remoteAddress(first), { previous: second, code, owner: 1 });
        made.fake.setFrame(remoteAddress(second), { previous: first, code, owner: 1 });
        link(made, -1, first);
      }),
    ).toBe('unreadable');
  });

  /** A stack with so many generators on top, that far apart. */
  const generatorsOf = (count: number, distance: number) => {
    const made = setup();
    const { fake, thread } = made;
    const code = fake.addCode({ name: 'generate' });
    const start = fake.memory.allocate(count * distance);
    let previous: RemoteAddress = made.frame(-1);
    for (let index = 0; index < count; index++) {
      // Downward, as the C stack grows.
      const generator = remoteAddress(start + (count - 1 - index) * distance);
      fake.setFrame(generator, { previous, code, owner: 1 });
      previous = generator;
    }
    fake.setCurrentFrame(thread.state, previous);
    return fake;
  };

  it.each([128, MAX_GAP_BYTES + 128])(
    'in more frames outside the data stack than any, %i apart, is unreadable',
    (distance) => {
      // The shim at the bottom is one too.
      const most = read(generatorsOf(MAX_OUTSIDE_FRAMES - 1, distance).open());
      expect([most.outcome, most.stack.length]).toEqual(['read', NAMES.length + MAX_OUTSIDE_FRAMES - 1]);
      const fake = generatorsOf(MAX_OUTSIDE_FRAMES, distance);
      const before = fake.memory.reads;
      expect(read(fake.open()).outcome).toBe('unreadable');
      expect(fake.memory.reads - before).toBeLessThan((MAX_RETRIES + 1) * 2 * MAX_OUTSIDE_FRAMES + 100);
    },
  );

  it('copies neighbours outside the data stack in one read, but no window larger than the largest', () => {
    const COUNT = 500;
    const fake = generatorsOf(COUNT, 128);
    const reader = fake.open();
    read(reader);
    const { memory } = fake;
    const copy = memory.read.bind(memory);
    const windows: number[] = [];
    memory.read = (address, length, into, offset) => {
      windows.push(length);
      return copy(address, length, into, offset);
    };
    expect(read(reader).outcome).toBe('read');
    expect(Math.max(...windows)).toBeLessThanOrEqual(MAX_WINDOW_BYTES);
    expect(windows.length).toBeLessThan(COUNT / 10);
  });

  it('in a frame of the data stack that lies in none of its chunks is torn', () => {
    const { fake, thread, frame } = setup();
    const elsewhere = fake.memory.allocate(128);
    fake.setFrame(elsewhere, { previous: frame(-1), code: fake.addCode({ name: 'x' }), owner: 0 });
    fake.setCurrentFrame(thread.state, elsewhere);
    expect(read(fake.open()).outcome).toBe('torn');
  });

  it('remembers no more C frames than a few', () => {
    const { fake, thread } = setup();
    const { memory, layout } = fake;
    const { current } = layout.thread;
    if (current.kind !== 'in-c-frame') throw new Error('a version without C frames');
    const reader = fake.open();
    const top = thread.frames.at(-1) ?? 0;
    const cFrames = Array.from({ length: MAX_C_FRAMES + 1 }, () => {
      const cFrame = memory.allocate(64);
      memory.writeWord(cFrame + current.currentFrame, top);
      return cFrame;
    });
    const readsAt = (cFrame: RemoteAddress): number => {
      memory.writeWord(thread.state + current.cFrame, cFrame);
      const before = memory.reads;
      expect(read(reader).outcome).toBe('read');
      return memory.reads - before;
    };
    cFrames.forEach(readsAt);
    const known = readsAt(cFrames.at(-1) as RemoteAddress);
    expect(readsAt(cFrames.at(-MAX_C_FRAMES) as RemoteAddress)).toBe(known);
    expect(readsAt(cFrames[0] as RemoteAddress)).toBeGreaterThan(known);
  });

  it('in a chain that breaks off is torn, not a shorter stack', () => {
    expect(outcomeAfter((made) => link(made, 2, 0))).toBe('torn');
  });

  it.each([0x1234, 0x7fff_0000_0001, 2 ** 47 + 8])('in a frame pointer %d is no stack', (pointer) => {
    expect(outcomeAfter((made) => link(made, 2, pointer))).not.toBe('read');
  });

  it('in a code pointer is no stack', () => {
    expect(
      outcomeAfter(({ fake, frame }) =>
        fake.memory.writeWord(frame(1) + fake.layout.frame.executable, 0x7fff_0000_0000),
      ),
    ).toBe('torn');
  });

  it('in an instruction outside its function is no stack', () => {
    const outcome = outcomeAfter(({ fake, frame }) => {
      const code = fake.addCode({ name: 'x' });
      fake.setFrame(frame(1), { previous: frame(0), code, owner: 0, instruction: 4000 });
    });
    expect(outcome).toBe('torn');
  });

  it('in a chain deeper than any is not followed to its end', () => {
    const { fake, thread } = setup();
    const { memory, layout } = fake;
    const frameBytes = layout.frame.size + 16;
    const bytes = (MAX_FRAME_DEPTH + 2) * frameBytes;
    const chunk = memory.allocate(bytes + STACK_CHUNK.data + 8);
    const code = fake.addCode({ name: 'deep' });
    let previous = 0;
    for (let depth = 0; depth <= MAX_FRAME_DEPTH; depth++) {
      const frame = remoteAddress(chunk + FIRST_FRAME_IN_ROOT_CHUNK + depth * frameBytes);
      fake.setFrame(frame, { previous, code, owner: 0 });
      previous = frame;
    }
    memory.writeWord(chunk + STACK_CHUNK.size, bytes);
    memory.writeWord(thread.state + layout.thread.chunk, chunk);
    memory.writeWord(thread.state + layout.thread.chunkTop, previous + frameBytes);
    fake.setCurrentFrame(thread.state, previous);
    expect(read(fake.open()).outcome).toBe('unreadable');
    fake.setCurrentFrame(thread.state, previous - 2 * frameBytes);
    expect(read(fake.open()).stack.length).toBe(MAX_FRAME_DEPTH - 1);
  });

  it('in a chunk larger than any is not copied', () => {
    const { fake, thread } = setup();
    fake.memory.writeWord(thread.chunk + STACK_CHUNK.size, MAX_STACK_CHUNK_BYTES + 8);
    fake.memory.writeWord(thread.state + fake.layout.thread.chunkTop, thread.chunk + MAX_STACK_CHUNK_BYTES);
    const before = fake.memory.bytesRead;
    expect(read(fake.open()).outcome).toBe('unreadable');
    expect(fake.memory.bytesRead - before).toBeLessThan(100_000);
  });

  it('in a list of chunks that runs in a circle ends', () => {
    expect(
      outcomeAfter(({ fake, thread }) => fake.memory.writeWord(thread.chunk + STACK_CHUNK.previous, thread.chunk)),
    ).toBe('torn');
  });

  const chunkList = (count: number, size: number): StackOutcome => {
    const { fake, thread } = setup();
    let above: RemoteAddress = thread.chunk;
    for (let index = 0; index < count; index++) {
      const chunk = fake.memory.allocate(64);
      fake.memory.writeWord(above + STACK_CHUNK.previous, chunk);
      fake.memory.writeWord(chunk + STACK_CHUNK.size, size);
      above = chunk;
    }
    return read(fake.open()).outcome;
  };

  it('in the number of chunks, or in their total size, is not followed to the end', () => {
    expect(chunkList(MAX_STACK_CHUNKS, 4096)).toBe('unreadable');
    expect(chunkList(3, MAX_DATA_STACK_BYTES / 2)).toBe('unreadable');
  });

  it('in a chunk that is not mapped is no stack', () => {
    expect(outcomeAfter(({ fake, thread }) => fake.memory.free(thread.chunk))).toBe('unreadable');
  });
});
