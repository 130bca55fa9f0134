import { describe, expect, it } from 'vitest';
import { FakeInterpreter } from '../../test/fake-interpreter.ts';
import { namesOf } from '../../test/running-target.ts';
import type { RemoteAddress } from '../memory/remote-address.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { MAX_CHECKED_FRAMES, MAX_SEARCHED_SLOTS } from './chain-witness.ts';
import { MAX_FRAME_DEPTH } from './frame-walker.ts';
import type { InterpreterReader, StackOutcome, ThreadHandle } from './interpreter-reader.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { FUNCTION_CODE_OFFSET, STACK_CHUNK } from './layouts/struct-layout.ts';
import { StackBuffer } from './stack-buffer.ts';

const NAMES = ['<module>', 'outer', 'inner', 'leaf'];
const SOMETHING = 0x7fab_0000_5550;

const read = (reader: InterpreterReader): { outcome: StackOutcome; stack: StackBuffer } => {
  const stack = new StackBuffer();
  const [thread] = reader.readThreads().threads;
  return { outcome: reader.readStack(thread as ThreadHandle, stack), stack };
};

const setup = (names = NAMES) => {
  const fake = new FakeInterpreter(CPYTHON_3_12);
  const thread = fake.addThread(1, names);
  return { fake, thread, frame: (index: number): RemoteAddress => thread.frames.at(index) as RemoteAddress };
};

/** Changes memory each time before the data stack is copied, and each time before its top is copied once more, ahead of that or after it. */
const changeWhileCopied = (
  { fake, thread }: ReturnType<typeof setup>,
  change: { readonly before: () => void; readonly aroundIt?: () => void },
): void => {
  const { memory } = fake;
  const copy = memory.read.bind(memory);
  memory.read = (address, length, into, offset) => {
    if (address === thread.chunk && length > STACK_CHUNK.data) change.before();
    if (address === thread.chunk + STACK_CHUNK.data) change.aroundIt?.();
    return copy(address, length, into, offset);
  };
};

describe('ChainWitness', () => {
  it('does not join a frame to a caller that did not call it', () => {
    const { fake, frame } = setup();
    const reader = fake.open();
    fake.memory.writeWord(frame(1) + fake.callSlot, fake.functionOf(fake.addCode({ name: 'called something else' })));
    expect(read(reader).outcome).toBe('torn');
  });

  it('does not join a frame to a caller that runs, or has only begun', () => {
    const running = setup();
    running.fake.memory.writeInt(running.frame(1) + (CPYTHON_3_12.frame.stackTop ?? 0), -1);
    expect(read(running.fake.open()).outcome).toBe('torn');
    const begun = setup();
    begun.fake.setFrame(begun.frame(1), {
      previous: begun.frame(0),
      code: begun.fake.addCode({ name: 'x' }),
      owner: 0,
      instruction: -1,
    });
    expect(read(begun.fake.open()).outcome).toBe('torn');
  });

  it('joins a frame to a caller at an instruction that calls by itself', () => {
    const { fake, frame } = setup();
    const { frame: layout, code } = fake.layout;
    const caller = fake.addCode({ name: 'reads a property' });
    const [, , property] = layout.callsWithoutWitness;
    fake.memory.write(caller + code.instructions + 2 * 20, Buffer.from([property?.opcode ?? 0]));
    fake.setFrame(frame(1), { previous: frame(0), code: caller, owner: 0, instruction: 20 });
    fake.memory.writeWord(frame(1) + fake.callSlot, 0);
    expect(namesOf(read(fake.open()).stack)).toEqual(['<module>', 'reads a property', 'inner', 'leaf']);
  });

  it('believes no call whose function lies deeper in the caller than is searched', () => {
    const callAt = (slot: number): StackOutcome => {
      const { fake, thread, frame } = setup(['<module>']);
      const { memory, layout } = fake;
      const code = fake.addCode({ name: 'called' });
      const slots = frame(0) + layout.frame.size;
      const callee = remoteAddress(slots + 8 * slot);
      fake.setFrame(callee, { previous: frame(0), code, owner: 0 });
      memory.writeWord(thread.state + layout.thread.chunkTop, callee + layout.frame.size + 16);
      fake.setCurrentFrame(thread.state, callee);
      return read(fake.open()).outcome;
    };
    // The function is in the second slot.
    expect(callAt(MAX_SEARCHED_SLOTS + 1)).toBe('read');
    expect(callAt(MAX_SEARCHED_SLOTS + 2)).toBe('torn');
    // A circle of frames is given up here at the latest; the walk ends before.
    expect(MAX_CHECKED_FRAMES).toBeGreaterThan(MAX_FRAME_DEPTH);
  });

  /** The leaf is another function whenever it is looked at; while the stack itself is copied, `show` says what its caller shows of the call. */
  const readWhileCalling = (show: (made: ReturnType<typeof setup>, code: RemoteAddress) => void) => {
    const made = setup(['<module>', 'outer', 'leaf']);
    const { fake, frame } = made;
    const [one, other] = ['one', 'other'].map((name) => fake.addCode({ name })) as [RemoteAddress, RemoteAddress];
    const enter = (code: RemoteAddress) => fake.setFrame(frame(2), { previous: frame(1), code, owner: 0 });
    changeWhileCopied(made, {
      before: () => {
        enter(one);
        show(made, one);
      },
      aroundIt: () => enter(other),
    });
    return read(fake.open());
  };

  it('joins a frame to a caller that has a null below the function it calls, or above it the object whose method it is', () => {
    expect(namesOf(readWhileCalling(() => undefined).stack)).toEqual(['<module>', 'outer', 'one']);
    const { stack } = readWhileCalling(({ fake, frame }, code) => {
      const { size } = fake.layout.frame;
      fake.memory.writeWord(frame(1) + size, fake.functionOf(code));
      fake.memory.writeWord(frame(1) + size + 8, SOMETHING);
      fake.memory.writeWord(frame(2) + size, SOMETHING);
    });
    expect(namesOf(stack)).toEqual(['<module>', 'outer', 'one']);
  });

  it('does not join a frame to a caller in which an earlier call may have left the function behind', () => {
    const { outcome } = readWhileCalling(({ fake, frame }) =>
      fake.memory.writeWord(frame(1) + fake.layout.frame.size, SOMETHING),
    );
    expect(outcome).toBe('torn');
  });

  it('does not take a frame for whole that has its new function and still its old code', () => {
    let code: RemoteAddress | undefined;
    const { stack } = readWhileCalling(({ fake, frame }, entered) => {
      code ??= fake.addCode({ name: 'ran before' });
      fake.setFrame(frame(2), { previous: frame(1), code, owner: 0 });
      for (const place of [frame(2) + fake.layout.frame.callable, frame(1) + fake.callSlot])
        fake.memory.writeWord(place, fake.functionOf(entered));
    });
    // That of a moment before.
    expect(namesOf(stack)).toEqual(['<module>', 'outer', 'other']);
  });

  it('takes a function for what it is that was given other code while it ran', () => {
    const { fake, frame } = setup();
    const code = fake.addCode({ name: 'ran before' });
    fake.setFrame(frame(2), { previous: frame(1), code, owner: 0 });
    fake.setFrame(frame(3), { previous: frame(2), code: fake.addCode({ name: 'leaf' }), owner: 0 });
    fake.memory.writeWord(fake.functionOf(code) + FUNCTION_CODE_OFFSET, SOMETHING);
    expect(namesOf(read(fake.open()).stack)).toEqual(['<module>', 'outer', 'ran before', 'leaf']);
  });

  it('looks each time at a frame whose function runs other code: it may be one that is being pushed', () => {
    const made = setup(['<module>', 'outer', 'middle', 'inner', 'leaf']);
    const { fake, frame } = made;
    const { memory, layout } = fake;
    const [code, other] = ['ran before', 'another'].map((name) => fake.addCode({ name })) as [
      RemoteAddress,
      RemoteAddress,
    ];
    fake.setFrame(frame(2), { previous: frame(1), code, owner: 0 });
    memory.writeWord(fake.functionOf(code) + FUNCTION_CODE_OFFSET, SOMETHING);
    const reader = fake.open();
    expect(read(reader).outcome).toBe('read');
    const show = (shown: RemoteAddress) => () => memory.writeWord(frame(2) + layout.frame.executable, shown);
    changeWhileCopied(made, { before: show(code), aroundIt: show(other) });
    expect(read(reader).outcome).toBe('torn');
  });

  /** A frame between others is one function's while the stack is copied, and another's before that, and after it too if it comes `back`. */
  const readWhileExchanged = (back: 'back' | 'for good') => {
    const made = setup();
    const { fake, frame } = made;
    const enter = (name: string) => {
      const code = fake.addCode({ name });
      return () => fake.setFrame(frame(1), { previous: frame(0), code, owner: 0 });
    };
    const [before, aroundIt] = [enter('another'), enter('outer')];
    changeWhileCopied(made, back === 'back' ? { before, aroundIt } : { before });
    return read(fake.open());
  };

  it('does not join a frame to a caller that took another one’s place, unless it is seen there twice', () => {
    expect(namesOf(readWhileExchanged('back').stack)).toEqual(NAMES);
    expect(namesOf(readWhileExchanged('for good').stack)).toEqual(['<module>', 'another', 'inner', 'leaf']);
  });
});
