import { describe, expect, it } from 'vitest';
import { FakeFrameObjectInterpreter } from '../../test/fake-frame-objects.ts';
import { FAKE_PID, FakeInterpreter } from '../../test/fake-interpreter.ts';
import { readBytes } from '../memory/process-memory.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { parseAddress, remoteAddress } from '../memory/remote-address.ts';
import type { InterpreterReader } from './interpreter-reader.ts';
import { CPYTHON_3_10 } from './layouts/cpython-3.10.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { readMainThreadId } from './pthread-id.ts';
import { MAX_ATTEMPTS, MAX_INTERPRETERS, MAX_THREADS, MAX_THREAD_ID } from './thread-list.ts';

describe('the list of threads', () => {
  it('knows the main thread and gives the same objects while nothing changes', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    fake.addThread(5000, ['worker']);
    const reader = fake.open();
    const threads = reader.readThreads().threads;
    expect(threads.map(({ nativeId, isMain }) => [nativeId, isMain])).toEqual([
      [5000, false],
      [FAKE_PID, true],
    ]);
    expect(reader.readThreads().threads).toBe(threads);
  });

  it('keeps the handles of threads that stay, and makes a new one where an address is used again', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    const worker = fake.addThread(5000, ['worker']);
    const reader = fake.open();
    const before = reader.readThreads().threads;
    fake.memory.writeWord(worker.state + fake.layout.thread.nativeId.nativeId, 5001);
    const after = reader.readThreads().threads;
    expect(after.map(({ nativeId }) => nativeId)).toEqual([5001, FAKE_PID]);
    expect(after[1]).toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);
  });

  it('does not lose a thread to a list that ends early for a moment', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    const worker = fake.addThread(5000, ['worker']);
    const reader = fake.open();
    const threads = reader.readThreads().threads;
    const next = worker.state + fake.layout.thread.next;
    const main = threads.find(({ isMain }) => isMain);
    const { memory } = fake;
    const read = memory.read.bind(memory);
    memory.writeWord(next, 0);
    memory.read = (address, length, into, offset) => {
      const count = read(address, length, into, offset);
      if (address === worker.state) memory.writeWord(next, main?.stateAddress ?? 0);
      return count;
    };
    expect(reader.readThreads().threads).toBe(threads);
  });

  it('leaves out a thread that has not started', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    fake.addThread(0, []);
    expect(fake.open().readThreads().threads).toHaveLength(1);
  });

  it('leaves out a thread that still carries the ids of the one that creates it', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    const before = fake.open().readThreads().threads;
    fake.addThread(FAKE_PID, []);
    expect(fake.open().readThreads().threads).toEqual(before);
  });

  it('answers with the threads it knows, and counts it, where the list runs in a circle', () => {
    const fake = new FakeInterpreter();
    const main = fake.addThread(FAKE_PID, ['main']);
    const reader = fake.open();
    const threads = reader.readThreads().threads;
    fake.memory.writeWord(main.state + fake.layout.thread.next, main.state);
    expect(reader.readThreads().threads).toBe(threads);
    expect(reader.threadListFailures).toBe(1);
  });

  /** A list of so many thread states, without stacks. */
  const listOf = (count: number): FakeInterpreter => {
    const STATE_BYTES = 256;
    const fake = new FakeInterpreter();
    const { memory, layout, interpreter } = fake;
    const states = memory.allocate(count * STATE_BYTES);
    memory.writeWord(interpreter + layout.interpreter.threadsHead, states);
    for (let index = 0; index < count; index++) {
      const state = states + index * STATE_BYTES;
      memory.writeWord(state + layout.thread.interpreter, interpreter);
      memory.writeWord(state + layout.thread.pythonId, states + index);
      memory.writeWord(state + layout.thread.nativeId.nativeId, index + 1);
      memory.writeWord(state + layout.thread.next, index + 1 < count ? state + STATE_BYTES : 0);
    }
    return fake;
  };

  it('is read up to the most threads there may be, and then given up', () => {
    expect(listOf(MAX_THREADS).open().readThreads().threads).toHaveLength(MAX_THREADS);
    const fake = listOf(MAX_THREADS + 1);
    const reader = fake.open();
    const before = fake.memory.reads;
    expect(reader.readThreads().threads).toEqual([]);
    expect(reader.threadListFailures).toBe(1);
    // Each attempt reads every state once, and a few pointers.
    expect(fake.memory.reads - before).toBeLessThanOrEqual(MAX_ATTEMPTS * (MAX_THREADS + 8));
  });

  it('leaves out what cannot be a thread id', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    fake.addThread(MAX_THREAD_ID, []);
    expect(
      fake
        .open()
        .readThreads()
        .threads.map(({ nativeId }) => nativeId),
    ).toEqual([FAKE_PID]);
  });

  it('does not follow a thread state of another interpreter', () => {
    const fake = new FakeInterpreter();
    fake.addThread(FAKE_PID, ['main']);
    const reader = fake.open();
    const freed = fake.addThread(5000, ['worker']);
    fake.memory.writeWord(freed.state + fake.layout.thread.interpreter, 0x7fff_0000_0000);
    expect(reader.readThreads().threads).toEqual([]);
    expect(reader.threadListFailures).toBe(1);
  });

  it('ends where the interpreters run in a circle, or are too many', () => {
    const circle = new FakeInterpreter();
    circle.memory.writeWord(circle.interpreter + circle.layout.interpreter.next, circle.interpreter);
    expect(() => circle.open()).toThrow(expect.objectContaining({ code: 'target-unreadable' }));

    const many = new FakeInterpreter();
    let last = many.interpreter;
    for (let index = 0; index < MAX_INTERPRETERS; index++) {
      const next = many.memory.allocate(512);
      many.memory.writeWord(last + many.layout.interpreter.next, next);
      last = next;
    }
    expect(() => many.open()).toThrow(expect.objectContaining({ code: 'target-unreadable' }));
  });
});

describe('the list of threads where only the C library knows their ids', () => {
  const setup = () => {
    const fake = new FakeFrameObjectInterpreter();
    const main = fake.addThread(FAKE_PID, ['main']);
    const worker = fake.addThread(5000, ['worker']);
    const { nativeId } = CPYTHON_3_10.thread;
    if (nativeId.kind !== 'in-pthread') throw new Error('not such a version');
    const pthreadOf = (state: RemoteAddress): number => {
      const pointer = readBytes(fake.memory, remoteAddress(state + CPYTHON_3_10.thread.pythonId), 8);
      return pointer === undefined ? 0 : parseAddress(pointer, 0);
    };
    return { fake, main, worker, place: nativeId, pthread: pthreadOf(worker.state), reader: fake.open() };
  };
  const idsOf = (reader: InterpreterReader): number[] => reader.readThreads().threads.map(({ nativeId }) => nativeId);

  it('has them, and the same objects while nothing changes', () => {
    const { reader } = setup();
    expect(idsOf(reader)).toEqual([5000, FAKE_PID]);
    expect(reader.readThreads().threads).toBe(reader.readThreads().threads);
  });

  it('sees at once that an id has changed', () => {
    const { fake, reader, place, pthread } = setup();
    const [before] = reader.readThreads().threads;
    fake.memory.writeInt(pthread + place.nativeId, 5001);
    expect(idsOf(reader)).toEqual([5001, FAKE_PID]);
    expect(reader.readThreads().threads[0]).not.toBe(before);
  });

  it('leaves out a thread that has ended, is not there, or is no thread', () => {
    for (const change of [
      ({ fake, place, pthread }: ReturnType<typeof setup>) => fake.memory.writeInt(pthread + place.nativeId, 0),
      ({ fake, place, pthread }: ReturnType<typeof setup>) => fake.memory.writeWord(pthread + place.self, pthread + 8),
      ({ fake, pthread }: ReturnType<typeof setup>) => fake.memory.free(remoteAddress(pthread)),
      ({ fake, worker }: ReturnType<typeof setup>) =>
        fake.memory.writeWord(worker.state + fake.layout.thread.pythonId, 0x1234),
    ]) {
      const made = setup();
      change(made);
      expect(idsOf(made.reader)).toEqual([FAKE_PID]);
      expect(made.reader.threadListFailures).toBe(0);
    }
  });

  it('leaves out a thread that still has the pthread of the one that creates it', () => {
    const { fake, worker, reader } = setup();
    const before = reader.readThreads().threads;
    const { pythonId } = fake.layout.thread;
    const starting = fake.addThread(1, []);
    const creator = readBytes(fake.memory, remoteAddress(worker.state + pythonId), 8);
    fake.memory.write(starting.state + pythonId, creator ?? Buffer.alloc(0));
    expect(reader.readThreads().threads).toEqual(before);
  });

  it('knows the id of the thread that started the interpreter', () => {
    const { fake, main, reader } = setup();
    const { layout, memory, runtime } = fake;
    expect(idsOf(reader)).toContain(FAKE_PID);
    expect(readMainThreadId(memory, layout, runtime)).toBeUndefined();
    const pthread = readBytes(memory, remoteAddress(main.state + layout.thread.pythonId), 8);
    memory.write(runtime + layout.mainThread, pthread ?? Buffer.alloc(0));
    expect(readMainThreadId(memory, layout, runtime)).toBe(FAKE_PID);
    expect(readMainThreadId(memory, CPYTHON_3_12, runtime)).toBeUndefined();
  });
});

describe('the GIL', () => {
  it('tells its holder and whether it is held, in one object', () => {
    const fake = new FakeInterpreter();
    const main = fake.addThread(FAKE_PID, ['main']);
    const reader = fake.open();
    fake.memory.writeWord(fake.gil + fake.layout.gil.holder, main.state);
    fake.memory.writeInt(fake.gil + fake.layout.gil.isLocked, 1);
    const gil = reader.readThreads().gil;
    expect(gil).toEqual({ isLocked: true, holder: main.state });
    fake.memory.writeInt(fake.gil + fake.layout.gil.isLocked, 0);
    expect(reader.readThreads().gil).toBe(gil);
    expect(gil.isLocked).toBe(false);
  });

  it('has a range that holds its condition variables', () => {
    const fake = new FakeInterpreter();
    const { start, end } = fake.open().gilAddressRange;
    expect(start).toBe(fake.gil);
    expect(end - start).toBeGreaterThanOrEqual(208);
  });
});
