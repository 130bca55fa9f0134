import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { CodeObject } from '../cpython/code-object.ts';
import type { InterpreterReader } from '../cpython/interpreter-reader.ts';
import { DispatchKind, StackBuffer } from '../cpython/stack-buffer.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { KernelState, KernelThread } from './kernel-thread.ts';
import { StackInterner } from './stack-interner.ts';
import { ThreadTrack, toThreadState } from './thread-track.ts';

const NOWHERE = remoteAddress(0);
const sleeper = new CodeObject(1, {
  address: remoteAddress(0x10000),
  functionName: 'sleep_on',
  file: '/srv/app.py',
  firstLine: 1,
  codeUnits: 4,
  locations: undefined,
  isTrampoline: false,
});

/** A reader that always shows one function. */
const readerOf = (code: CodeObject): InterpreterReader =>
  ({
    gilAddressRange: { start: NOWHERE, end: NOWHERE },
    forgetAhead: () => undefined,
    readStack: (_: unknown, stack: StackBuffer) => {
      stack.clear();
      stack.push(code, 0);
      return 'read';
    },
  }) as unknown as InterpreterReader;

/** A real thread that sleeps until its input closes, and a reader that always shows one function. */
const setup = async () => {
  const child = spawn('cat', [], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  // Once it has passed on a word, it waits for the next.
  child.stdin.write('word');
  await once(child.stdout, 'data');
  const nativeId = child.pid!;
  const kernel = KernelThread.open(nativeId, nativeId)!;
  onTestFinished(() => kernel.close());
  const reader = readerOf(sleeper);
  const handle = { stateAddress: remoteAddress(0x20000), innerStates: [], nativeId, pythonId: 1, isMain: true };
  const track = new ThreadTrack(0, handle, kernel);
  const tools = { reader, interner: new StackInterner(), stack: new StackBuffer() };
  await expect.poll(() => fallenAsleep(kernel)).toBe(true);
  const look = (isGilHolder: boolean): { hadRun: boolean; gil: number | undefined } => {
    const hadRun = track.hasRun();
    track.observe(tools, isGilHolder);
    return { hadRun, gil: track.columns.gil[track.columns.length - 1] };
  };
  return look;
};

const fallenAsleep = (kernel: KernelThread): boolean => {
  kernel.readSchedulerClock();
  kernel.readState();
  return kernel.sleepKind === 'other';
};

describe('ThreadTrack, of a thread asleep', () => {
  it('does not look again as long as it has not run', async () => {
    const look = await setup();
    expect([look(false), look(false)]).toEqual([
      { hadRun: true, gil: GilState.neither },
      { hadRun: false, gil: GilState.neither },
    ]);
  });

  it('looks again at one that was said to hold the GIL: it may have let go before it fell asleep', async () => {
    const look = await setup();
    expect([look(true), look(false), look(false)]).toEqual([
      { hadRun: true, gil: GilState.holds },
      { hadRun: true, gil: GilState.neither },
      { hadRun: false, gil: GilState.neither },
    ]);
  });
});

describe('ThreadTrack, of a thread that the kernel shows on its way', () => {
  /** What a thread does while a tick looks at it: its state, and its clock at first and at each further look. */
  const observe = (state: KernelState, wasOnCpu: boolean, ...clocks: { cpu: number; slices: number }[]) => {
    const kernel = {
      nativeId: 1,
      sleepKind: 'other',
      wasOnCpu,
      wasOnRunQueue: false,
      runDelayNanoseconds: 0,
      userClockTicks: 0,
      systemClockTicks: 0,
      readState: () => state,
      readSchedulerClock() {
        const clock = clocks.length > 1 ? clocks.shift()! : clocks[0]!;
        Object.assign(this, { cpuNanoseconds: clock.cpu, timeSlices: clock.slices });
        return true;
      },
    } as unknown as KernelThread;
    const handle = { stateAddress: remoteAddress(0x20000), innerStates: [], nativeId: 1, pythonId: 1, isMain: true };
    const track = new ThreadTrack(0, handle, kernel);
    const tools = { reader: readerOf(sleeper), interner: new StackInterner(), stack: new StackBuffer() };
    track.hasRun();
    const isOnRunQueue = track.isOnRunQueue(false);
    track.observe(tools, false);
    return { isOnRunQueue, state: track.columns.states[0], seenOnCpu: track.columns.seenOnCpu[0] };
  };
  const atTick = { cpu: 5, slices: 3 };

  it('is running where it was still on a CPU, about to sleep', () => {
    expect(observe(KernelState.asleep, true, atTick)).toEqual({
      isOnRunQueue: true,
      state: ThreadState.running,
      seenOnCpu: 1,
    });
  });

  it('is waiting where it was off its CPU by then', () => {
    expect(observe(KernelState.asleep, false, atTick)).toEqual({
      isOnRunQueue: false,
      state: ThreadState.waiting,
      seenOnCpu: 0,
    });
  });

  it('is running for sure where CPU time was charged to it in the slice that it had', () => {
    const { state, seenOnCpu } = observe(KernelState.onRunQueue, false, atTick, { cpu: 6, slices: 3 });
    expect([state, seenOnCpu]).toEqual([ThreadState.running, 1]);
  });

  it('is runnable where it was given a CPU after its clock was read', () => {
    const { state, seenOnCpu } = observe(KernelState.onRunQueue, false, atTick, { cpu: 6, slices: 4 });
    expect([state, seenOnCpu]).toEqual([ThreadState.runnable, 0]);
  });

  it('is left to what follows where no clock has moved', () => {
    const { state, seenOnCpu } = observe(KernelState.onRunQueue, false, atTick);
    expect([state, seenOnCpu]).toEqual([ThreadState.running, 0]);
  });
});

describe('the state of a thread', () => {
  const getter = new CodeObject(2, {
    address: remoteAddress(0x11000),
    functionName: 'Queue.get',
    file: '/usr/lib/python3.13/queue.py',
    firstLine: 1,
    codeUnits: 4,
    locations: undefined,
    isTrampoline: false,
  });
  const stackWith = (dispatchKind: DispatchKind): StackBuffer => {
    const stack = new StackBuffer();
    stack.push(getter, 0);
    stack.dispatchKind = dispatchKind;
    return stack;
  };

  it.each(['other', 'epoll'] as const)('is idle in a known wait (%s) of a thread that has no event loop', (place) => {
    expect(toThreadState(stackWith(DispatchKind.none), place)).toBe(ThreadState.idle);
  });

  it.each(['other', 'epoll'] as const)('is waiting where a callback waits so (%s): it holds up its loop', (place) => {
    expect(toThreadState(stackWith(DispatchKind.callback), place)).toBe(ThreadState.waiting);
  });
});
