import { performance } from 'node:perf_hooks';
import { readInterpreterFacts } from '../../src/cpython/interpreter-attachment.ts';
import type { InterpreterReader } from '../../src/cpython/interpreter-reader.ts';
import { MemoryInterpreterReader } from '../../src/cpython/memory-interpreter-reader.ts';
import { StackBuffer } from '../../src/cpython/stack-buffer.ts';
import { LiveProcessMemory } from '../../src/memory/live-process-memory.ts';
import { KernelThread } from '../../src/sampler/kernel-thread.ts';
import { InternedPath, StackInterner } from '../../src/sampler/stack-interner.ts';
import { isPossibleChain } from '../call-chain.ts';
import { namesOf } from '../running-target.ts';
import type { Contestant, Measurement, Round } from './measurement.ts';

/** What a vectored read gives that reads nothing: each range is then read by itself. */
const REFUSED = -1;
const clock = new Int32Array(new SharedArrayBuffer(4));

/** One sample: CPU time, state and GIL of the main thread, and its stack. */
const samplerOf = (reader: InterpreterReader, pid: number) => {
  const stack = new StackBuffer();
  const [main] = reader.readThreads().threads;
  const kernel = main && KernelThread.open(pid, main.nativeId);
  if (main === undefined || kernel === undefined) throw new Error('The target has no main thread.');
  const sample = (): boolean => {
    kernel.readSchedulerClock();
    kernel.readState(true);
    reader.readThreads(main);
    return reader.readStack(main, stack) === 'read';
  };
  return { stack, sample, close: () => kernel.close() };
};

const sumOf = (numbers: readonly (number | undefined)[]): number =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

const measureReader = (reader: InterpreterReader, { pid, frequencyHz, seconds }: Round): Measurement => {
  const { stack, sample, close } = samplerOf(reader, pid);
  const interner = new StackInterner();
  const path = new InternedPath();
  /** Of each stack met: how often, and whether it can exist. A recording keeps stacks by number, too. */
  const counts: number[] = [];
  const possible: boolean[] = [];
  let attempted = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  for (let now = start; now < end; now = performance.now()) {
    const due = frequencyHz === 0 ? now : start + (attempted * 1000) / frequencyHz;
    if (due > now) Atomics.wait(clock, 0, 0, due - now);
    attempted++;
    if (!sample()) continue;
    const index = interner.intern(stack, path);
    if (index === undefined) throw new Error('More stacks than a trace holds.');
    possible[index + 1] ??= isPossibleChain(namesOf(stack));
    counts[index + 1] = (counts[index + 1] ?? 0) + 1;
  }
  const { user, system } = process.cpuUsage(cpu);
  close();
  const took = (performance.now() - start) / 1000;
  const keptInAll = sumOf(counts);
  const impossible = sumOf(counts.filter((_, index) => possible[index] === false));
  return {
    attempted: attempted / took,
    kept: keptInAll / took,
    impossible,
    keptInAll,
    cpuPercent: (user + system) / 10_000 / took,
  };
};

/** The reader of this project in a loop of its own; each stack gets its number, as in a recording. */
export const ownSampler = (name: string, isVectored: boolean): Contestant => ({
  name,
  measure: (round) => {
    const memory = isVectored ? new LiveProcessMemory(round.pid) : new LiveProcessMemory(round.pid, () => REFUSED);
    const reader = new MemoryInterpreterReader(memory, readInterpreterFacts(round.pid, memory));
    try {
      return Promise.resolve(measureReader(reader, round));
    } finally {
      reader.close();
    }
  },
});
