import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InterpreterReader, ThreadHandle } from '../../src/cpython/interpreter-reader.ts';
import { openInterpreter } from '../../src/cpython/interpreter-reader.ts';
import { StackBuffer } from '../../src/cpython/stack-buffer.ts';
import { findPythons } from '../installed-pythons.ts';
import { startTarget } from '../running-target.ts';

const TICKS = 400;
const LONGEST_PAUSE_MS = 4;
/** Of the ticks at which the program shows who holds the GIL, at so many the reading has to agree. */
const LEAST_AGREEMENT = 0.99;
/** Python code runs nearly always: the handover itself takes microseconds. */
const LEAST_TELLING_SHARE = 0.5;

/** The one thread that is in burn(): Python code runs only while its thread holds the GIL. Undefined during a handover. */
const findBurning = (reader: InterpreterReader, threads: readonly ThreadHandle[]): ThreadHandle | undefined => {
  const stack = new StackBuffer();
  const burning = threads.filter(
    (thread) =>
      reader.readStack(thread, stack) === 'read' && stack.codes[0]?.functionName === 'burn' && stack.length > 0,
  );
  return burning.length === 1 ? burning[0] : undefined;
};

describe.each(findPythons().filter(({ isSupported }) => isSupported))('a live Python $version', (python) => {
  it('shows who holds the GIL while two threads hand it to each other', async () => {
    const target = await startTarget(python.executable, 'handover.py');
    onTestFinished(() => target.end());
    const reader = openInterpreter(target.pid);
    onTestFinished(() => reader.close());

    let telling = 0;
    let agreeing = 0;
    const holders = new Set<number>();
    for (let tick = 0; tick < TICKS; tick++) {
      await sleep(Math.random() * LONGEST_PAUSE_MS);
      const { threads } = reader.readThreads();
      const before = findBurning(reader, threads);
      const { isLocked, holder } = reader.readThreads().gil;
      if (before === undefined || findBurning(reader, threads) !== before) continue;
      telling++;
      if (isLocked && holder === before.stateAddress) agreeing++;
      holders.add(before.stateAddress);
    }
    expect(telling).toBeGreaterThan(LEAST_TELLING_SHARE * TICKS);
    expect(holders.size).toBe(2);
    expect(agreeing / telling).toBeGreaterThanOrEqual(LEAST_AGREEMENT);
  });
});
