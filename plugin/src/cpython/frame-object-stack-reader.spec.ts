import { describe, expect, it } from 'vitest';
import { FakeFrameObjectInterpreter } from '../../test/fake-frame-objects.ts';
import { linesOf, namesOf } from '../../test/running-target.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import {
  MAX_EXPECTED_FRAMES,
  MAX_FRAME_GAP_BYTES,
  MAX_FRAME_RANGES,
  MAX_FRAME_WINDOW_BYTES,
  REMEMBERED_ATTEMPTS,
} from './frame-object-forecast.ts';
import type { InterpreterReader, StackOutcome, ThreadHandle } from './interpreter-reader.ts';
import { CPYTHON_3_10 } from './layouts/cpython-3.10.ts';
import { CPYTHON_3_8 } from './layouts/cpython-3.8.ts';
import { CPYTHON_3_9 } from './layouts/cpython-3.9.ts';
import { StackBuffer } from './stack-buffer.ts';
import { MAX_LOOKS, MAX_RETRIES } from './stack-reader.ts';

const LAYOUTS = [CPYTHON_3_8, CPYTHON_3_9, CPYTHON_3_10];
const NAMES = ['<module>', 'outer', 'inner', 'leaf'];

const read = (reader: InterpreterReader): { outcome: StackOutcome; stack: StackBuffer } => {
  const stack = new StackBuffer();
  const [thread] = reader.readThreads().threads;
  return { outcome: reader.readStack(thread as ThreadHandle, stack), stack };
};

const setup = (names: readonly string[] = NAMES, layout = CPYTHON_3_10) => {
  const fake = new FakeFrameObjectInterpreter(layout);
  const thread = fake.addThread(1, names);
  /** Does something each time the thread is asked where it is, before or after it says so. */
  const whenAsked = (change: (time: number) => void, order: 'before' | 'after' = 'after'): void => {
    const { memory } = fake;
    const copy = memory.read.bind(memory);
    let times = 0;
    memory.read = (address, length, into, offset) => {
      const isAsked = address === thread.state + layout.thread.frame;
      if (isAsked && order === 'before') change(times++);
      const count = copy(address, length, into, offset);
      if (isAsked && order === 'after') change(times++);
      return count;
    };
  };
  return { fake, thread, whenAsked, frame: (index: number) => thread.frames.at(index) as RemoteAddress };
};

/** Lengths of what is read for one stack that is where it was expected. */
const readLengths = (fake: FakeFrameObjectInterpreter): number[] => {
  const reader = fake.open();
  expect(read(reader).outcome).toBe('read');
  const { memory } = fake;
  const [thread] = reader.readThreads().threads;
  const copy = memory.read.bind(memory);
  const lengths: number[] = [];
  memory.read = (address, length, into, offset) => {
    lengths.push(length);
    return copy(address, length, into, offset);
  };
  expect(reader.readStack(thread as ThreadHandle, new StackBuffer())).toBe('read');
  return lengths;
};

describe('reading a stack of frame objects', () => {
  it.each(LAYOUTS)('gives all frames with their lines, in $version', (layout) => {
    const reader = setup(NAMES, layout).fake.open();
    const { outcome, stack } = read(reader);
    expect(outcome).toBe('read');
    expect(linesOf(stack)).toEqual(['<module>:14', 'outer:14', 'inner:14', 'leaf:14']);
    expect(reader.retries).toBe(0);
  });

  it.each(LAYOUTS)('gives the first line of a function that has not begun, in $version', (layout) => {
    const { fake, frame } = setup(NAMES, layout);
    fake.setFrame(frame(-1), { previous: frame(-2), code: fake.addCode({ name: 'new' }), instruction: -1 });
    expect(linesOf(read(fake.open()).stack).at(-1)).toBe('new:10');
  });

  it('gives an empty stack for a thread that runs no Python', () => {
    const { fake, thread } = setup();
    fake.setCurrentFrame(thread.state, 0);
    const { outcome, stack } = read(fake.open());
    expect([outcome, stack.length]).toEqual(['read', 0]);
  });

  it('asks for all at once where the stack is where it was', () => {
    // Each frame twice, and the thread once.
    expect(readLengths(setup().fake)).toHaveLength(2 * NAMES.length + 1);
  });

  it('follows a thread that calls and returns', () => {
    const { fake, thread, frame } = setup();
    const reader = fake.open();
    for (const depth of [3, 1, 4, 2, 4]) {
      fake.setCurrentFrame(thread.state, frame(depth - 1));
      expect(namesOf(read(reader).stack)).toEqual(NAMES.slice(0, depth));
    }
    expect(reader.retries).toBe(0);
  });

  it('is unreadable once the thread state is that of another thread', () => {
    const { fake, thread } = setup();
    const reader = fake.open();
    const [handle] = reader.readThreads().threads;
    fake.memory.writeWord(thread.state + fake.layout.thread.pythonId, 0x7f00_1234_5000);
    expect(reader.readStack(handle as ThreadHandle, new StackBuffer())).toBe('unreadable');
    expect(reader.retries).toBe(MAX_RETRIES);
  });
});

describe('a stack that changes while it is copied', () => {
  it('is copied again', () => {
    const { fake, frame, whenAsked } = setup();
    const reader = fake.open();
    read(reader);
    const other = fake.addFrame({ previous: frame(0), code: fake.addCode({ name: 'other' }) });
    whenAsked((time) => {
      if (time === 0) fake.memory.writeWord(frame(2) + fake.layout.frame.previous, other);
    });
    const { outcome, stack } = read(reader);
    expect(outcome).toBe('read');
    expect(namesOf(stack)).toEqual(['<module>', 'other', 'inner', 'leaf']);
    expect(reader.retries).toBe(1);
  });

  it('is torn if it never stays the same, and that is counted', () => {
    const { fake, frame, whenAsked } = setup();
    const reader = fake.open();
    read(reader);
    const codes = [0, 1].map((number) => fake.addCode({ name: `code ${number}` }));
    whenAsked((time) => fake.memory.writeWord(frame(1) + fake.layout.frame.code, codes[time % 2] ?? 0));
    const { outcome, stack } = read(reader);
    expect([outcome, stack.length]).toEqual(['torn', 0]);
    expect(stack.lostLeaf?.functionName).toBe('leaf');
    expect(reader.retries).toBe(MAX_RETRIES);
  });

  describe('by frames that have returned, or were called again since,', () => {
    const setupReturned = () => {
      const made = setup();
      const { fake, frame } = made;
      const reader = fake.open();
      expect(read(reader).outcome).toBe('read');
      const setReturned = (index: number): void => {
        const { state, executing } = fake.layout.frame;
        fake.memory.write(frame(index) + state, Buffer.from([executing ^ 1]));
      };
      const setCaller = (caller: number): void => fake.memory.writeWord(frame(2) + fake.layout.frame.previous, caller);
      return { ...made, reader, setReturned, setCaller };
    };

    it('is believed while those had one caller only', () => {
      const { reader, setReturned } = setupReturned();
      for (const index of [1, 2, 3]) setReturned(index);
      expect(namesOf(read(reader).stack)).toEqual(NAMES);
    });

    it('is torn once one of them had another caller', () => {
      const { fake, reader, frame, setReturned, setCaller } = setupReturned();
      const other = fake.addFrame({ previous: frame(0), code: fake.addCode({ name: 'other' }) });
      setCaller(other);
      expect(namesOf(read(reader).stack)).toEqual(['<module>', 'other', 'inner', 'leaf']);
      setReturned(2);
      expect(read(reader).outcome).toBe('torn');
      // It stays known, even if the frame is on no stack for a while.
      fake.setCurrentFrame(reader.readThreads().threads[0]?.stateAddress as RemoteAddress, frame(0));
      for (let attempt = 0; attempt < 2 * REMEMBERED_ATTEMPTS; attempt++) read(reader);
      fake.setCurrentFrame(reader.readThreads().threads[0]?.stateAddress as RemoteAddress, frame(3));
      expect(read(reader).outcome).toBe('torn');
    });

    it('is torn below one that had another caller, too', () => {
      const { fake, reader, frame, setReturned, setCaller } = setupReturned();
      const other = fake.addFrame({ previous: frame(0), code: fake.addCode({ name: 'other' }) });
      setCaller(other);
      read(reader);
      setCaller(frame(1));
      expect(namesOf(read(reader).stack)).toEqual(NAMES);
      setReturned(1);
      expect(read(reader).outcome).toBe('torn');
    });

    it('is torn at its outermost frame, which is always on the stack', () => {
      const { reader, setReturned } = setupReturned();
      setReturned(0);
      expect(read(reader).outcome).toBe('torn');
    });
  });

  it('may have callers that are being traced and have not begun', () => {
    const { fake, frame } = setup();
    const code = fake.addCode({ name: 'traced' });
    fake.setFrame(frame(0), { previous: 0, code, instruction: -1, isExecuting: false });
    expect(namesOf(read(fake.open()).stack)).toEqual(['traced', 'outer', 'inner', 'leaf']);
  });

  it('does not end at a generator, whose caller is forgotten as soon as it pauses', () => {
    const { fake, thread, frame } = setup();
    const code = fake.addCode({ name: 'generate' });
    const generator = fake.addFrame({ previous: frame(-1), code });
    fake.setCurrentFrame(thread.state, generator);
    const reader = fake.open();
    expect(namesOf(read(reader).stack)).toEqual([...NAMES, 'generate']);
    fake.setFrame(generator, { previous: 0, code, isExecuting: false });
    expect(read(reader).outcome).toBe('torn');
  });

  it('is looked for a limited number of times where it is never where it was', () => {
    const { fake, thread, frame, whenAsked } = setup();
    const code = fake.addCode({ name: 'elsewhere' });
    let asked = 0;
    whenAsked(() => {
      asked++;
      fake.setCurrentFrame(thread.state, fake.addFrame({ previous: frame(0), code }));
    }, 'before');
    const reader = fake.open();
    expect(read(reader).outcome).toBe('torn');
    expect(reader.retries).toBe(MAX_RETRIES);
    // The list of threads is read too, and begins elsewhere in the thread state.
    expect(asked).toBeLessThanOrEqual(MAX_RETRIES + 1 + MAX_LOOKS);
  });

  it('begins anew where the memory of an expected frame is gone', () => {
    const { fake, thread, frame } = setup();
    const reader = fake.open();
    read(reader);
    fake.setCurrentFrame(thread.state, frame(2));
    fake.memory.free(frame(3));
    expect(namesOf(read(reader).stack)).toEqual(NAMES.slice(0, 3));
    expect(reader.retries).toBe(0);
  });

  it('is read once more where a code object was read after the copies', () => {
    const { fake, frame, whenAsked } = setup();
    const code = fake.addCode({ name: 'later' });
    // Seen in the second look, when the code objects are read for the first time; the third has to show the same.
    whenAsked((time) => {
      if (time === 2) fake.setFrame(frame(1), { previous: frame(0), code });
    }, 'before');
    expect(namesOf(read(fake.open()).stack)).toEqual(['<module>', 'later', 'inner', 'leaf']);
  });
});

describe('memory of frame objects that lies', () => {
  const outcomeAfter = (change: (made: ReturnType<typeof setup>) => void): StackOutcome => {
    const made = setup();
    change(made);
    const before = made.fake.memory.reads;
    const { outcome } = read(made.fake.open());
    expect(made.fake.memory.reads - before).toBeLessThan(1000);
    return outcome;
  };

  it('in a chain that runs in a circle is no stack', () => {
    expect(
      outcomeAfter(({ fake, frame }) => fake.memory.writeWord(frame(0) + fake.layout.frame.previous, frame(2))),
    ).toBe('torn');
  });

  it.each([0x1234, 0x7fff_0000_0001, 2 ** 47 + 8, 2 ** 60])('in a frame pointer %d is no stack', (pointer) => {
    expect(
      outcomeAfter(({ fake, frame }) => fake.memory.writeWord(frame(2) + fake.layout.frame.previous, pointer)),
    ).toBe('torn');
  });

  it.each([0, 0x1234, 0x7fff_0000_0000])('in a code pointer %d is no stack', (pointer) => {
    expect(outcomeAfter(({ fake, frame }) => fake.memory.writeWord(frame(1) + fake.layout.frame.code, pointer))).toBe(
      'torn',
    );
  });

  it('in an instruction outside its function is no stack', () => {
    for (const instruction of [4000, -2])
      expect(
        outcomeAfter(({ fake, frame }) =>
          fake.setFrame(frame(1), { previous: frame(0), code: fake.addCode({ name: 'x' }), instruction }),
        ),
      ).toBe('torn');
  });
});

describe('the limits of a stack of frame objects', () => {
  /** A thread this deep, with frames so many bytes apart. */
  const deep = (depth: number, distance: number): FakeFrameObjectInterpreter => {
    const { fake, thread } = setup(['<module>']);
    const first = fake.memory.allocate(depth * distance);
    const code = fake.addCode({ name: 'deep' });
    let previous = 0;
    for (let level = 0; level < depth; level++) {
      const frame = remoteAddress(first + level * distance);
      fake.setFrame(frame, { previous, code });
      previous = frame;
    }
    fake.setCurrentFrame(thread.state, previous);
    return fake;
  };
  /** Of what is copied of a frame. */
  const frameBytes = (fake: FakeFrameObjectInterpreter): number => {
    const { previous, state } = fake.layout.frame;
    return Math.ceil((state + 1 - previous) / 8) * 8;
  };

  it('are so many frames', () => {
    const most = read(deep(MAX_EXPECTED_FRAMES, 384).open());
    expect([most.outcome, most.stack.length]).toEqual(['read', MAX_EXPECTED_FRAMES]);
    const fake = deep(MAX_EXPECTED_FRAMES + 1, 384);
    const reader = fake.open();
    const before = fake.memory.reads;
    expect(read(reader).outcome).toBe('unreadable');
    // It is not followed again and again.
    expect(fake.memory.reads - before).toBeLessThan(MAX_EXPECTED_FRAMES + 100);
    expect(reader.retries).toBe(0);
  });

  it('are so many places', () => {
    const APART = 2 * MAX_FRAME_GAP_BYTES;
    const most = read(deep(MAX_FRAME_RANGES, APART).open());
    expect([most.outcome, most.stack.length]).toEqual(['read', MAX_FRAME_RANGES]);
    expect(read(deep(MAX_FRAME_RANGES + 1, APART).open()).outcome).toBe('unreadable');
  });

  it('make room for a deep stack where many frames were expected', () => {
    const fake = deep(MAX_FRAME_RANGES - 10, 2 * MAX_FRAME_GAP_BYTES);
    const reader = fake.open();
    read(reader);
    const other = setup().fake;
    expect(read(other.open()).outcome).toBe('read');
    const [thread] = reader.readThreads().threads;
    const state = (thread as ThreadHandle).stateAddress;
    const code = fake.addCode({ name: 'elsewhere' });
    let previous = 0;
    for (let level = 0; level < 20; level++) previous = fake.addFrame({ previous, code });
    fake.setCurrentFrame(state, previous);
    expect(read(reader).stack.length).toBe(20);
  });

  it('let neighbours be copied as one range, but none larger than the largest', () => {
    const apart = (gap: number): number => {
      const fake = deep(2, 2 * 4096);
      return readLengths(deep(2, frameBytes(fake) + gap)).length;
    };
    expect(apart(MAX_FRAME_GAP_BYTES)).toBe(3);
    expect(apart(MAX_FRAME_GAP_BYTES + 8)).toBe(5);
    const windows = readLengths(deep(1000, 384));
    expect(Math.max(...windows)).toBeLessThanOrEqual(MAX_FRAME_WINDOW_BYTES);
    expect(windows.length).toBeLessThanOrEqual(2 * Math.ceil((1000 * 384) / (MAX_FRAME_WINDOW_BYTES - 384)) + 1);
  });

  it('let frames be forgotten that were on no stack for a while', () => {
    const { fake, thread, frame } = setup();
    const reader = fake.open();
    read(reader);
    fake.setCurrentFrame(thread.state, frame(0));
    const readsNow = (): number => {
      const before = fake.memory.reads;
      expect(namesOf(read(reader).stack)).toEqual(['<module>']);
      return fake.memory.reads - before;
    };
    const remembered = readsNow();
    for (let attempt = 0; attempt < 2 * REMEMBERED_ATTEMPTS; attempt++) readsNow();
    expect(remembered - readsNow()).toBe(2 * 3);
  });
});
