import { describe, expect, it, onTestFinished } from 'vitest';
import { findPythons } from '../../test/installed-pythons.ts';
import type { RunningTarget } from '../../test/running-target.ts';
import { startTarget } from '../../test/running-target.ts';
import type { InterpreterReader } from './interpreter-reader.ts';
import { openInterpreter } from './interpreter-reader.ts';
import { DispatchKind, StackBuffer } from './stack-buffer.ts';

const READINGS = 3;

const readDispatch = (reader: InterpreterReader) => {
  const main = reader.readThreads().threads.find(({ isMain }) => isMain);
  const stack = new StackBuffer();
  const outcome = main && reader.readStack(main, stack);
  return { outcome, kind: stack.dispatchKind, key: stack.dispatchKey };
};

const openTarget = async (python: string, program: string, ...args: string[]) => {
  const target = await startTarget(python, program, ...args);
  onTestFinished(() => target.end());
  const reader = openInterpreter(target.pid);
  onTestFinished(() => reader.close());
  return { target, reader };
};

/** Lets the program go from callback to callback and gives what each was read as, all readings of it in a set. */
const readCallbacks = async (target: RunningTarget, reader: InterpreterReader): Promise<Set<number>[]> => {
  const keys: Set<number>[] = [];
  for (let line = await target.readLine(); line !== 'done'; line = await target.readLine()) {
    const readings = Array.from({ length: READINGS }, () => readDispatch(reader));
    for (const { outcome, kind } of readings) expect([outcome, kind]).toEqual(['read', DispatchKind.callback]);
    keys.push(new Set(readings.map(({ key }) => key)));
    target.process.stdin?.write('\n');
  }
  return keys;
};

describe.each(findPythons().filter(({ isSupported }) => isSupported))('a live Python $version', ({ executable }) => {
  it.each(['asyncio', 'reactor-double'])('shows which callback the loop of %s is in', async (loop) => {
    const { target, reader } = await openTarget(executable, 'callback_steps.py', loop);
    const keys = await readCallbacks(target, reader);
    expect(keys.length).toBeGreaterThan(24);
    expect(keys.filter(({ size }) => size !== 1)).toEqual([]);
    const [first, ...later] = keys.map((readings) => [...readings][0]);
    expect(new Set([first, ...later]).size).toBe(keys.length);
  });

  it.each(['asyncio', 'reactor-double'])('shows that the loop of %s waits', async (loop) => {
    const { reader } = await openTarget(executable, 'waiting_loop.py', loop);
    await expect.poll(() => readDispatch(reader)).toMatchObject({ outcome: 'read', kind: DispatchKind.loop });
  });

  it('shows no dispatch where there is no loop that we know', async () => {
    const { reader } = await openTarget(executable, 'generators.py');
    expect(readDispatch(reader)).toMatchObject({ outcome: 'read', kind: DispatchKind.none });
  });
});
