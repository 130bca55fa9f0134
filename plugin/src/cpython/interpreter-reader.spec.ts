import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { InstalledPython } from '../../test/installed-pythons.ts';
import { findPythons } from '../../test/installed-pythons.ts';
import type { RunningTarget } from '../../test/running-target.ts';
import { linesOf, namesOf, readNames, startTarget } from '../../test/running-target.ts';
import type { InterpreterReader, ThreadHandle } from './interpreter-reader.ts';
import { openInterpreter } from './interpreter-reader.ts';
import { StackBuffer } from './stack-buffer.ts';

type ExpectedFrame = readonly [name: string, file: string, line: number];

const pythons = findPythons();
const supported = pythons.filter(({ isSupported }) => isSupported);
const refused = (code: string) => expect.objectContaining({ code });
const cleanUps: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

const run = async ({ executable }: InstalledPython, program: string, ...args: string[]): Promise<RunningTarget> => {
  const target = await startTarget(executable, program, ...args);
  cleanUps.push(() => target.end());
  return target;
};

const open = (pid: number): InterpreterReader => {
  const reader = openInterpreter(pid);
  cleanUps.push(() => reader.close());
  return reader;
};

const mainOf = (reader: InterpreterReader): ThreadHandle => {
  const main = reader.readThreads().threads.find(({ isMain }) => isMain);
  if (main === undefined) throw new Error('no main thread');
  return main;
};

const readFrames = (reader: InterpreterReader): ExpectedFrame[] => {
  const stack = new StackBuffer();
  expect(reader.readStack(mainOf(reader), stack)).toBe('read');
  return stack.codes
    .slice(0, stack.length)
    .map((code, index): ExpectedFrame => [code.functionName, code.file, code.lineAt(stack.instructions[index] ?? 0)])
    .reverse();
};

/** All frames but that of park(), which goes on after it has said where it is. */
const expectParkedStack = (reader: InterpreterReader, target: RunningTarget): void => {
  const frames = readFrames(reader);
  const inPark = frames.findIndex(([name, file]) => name === 'park' && file.endsWith('parking.py'));
  expect(frames.slice(0, inPark)).toEqual(JSON.parse(target.facts));
};

describe('this machine', () => {
  it('has a Python that can be read', () => {
    const found = pythons.map(({ version }) => version).join(', ') || 'none';
    expect(supported.length, `needs CPython 3.8 to 3.15 with the GIL on the PATH; found: ${found}`).toBeGreaterThan(0);
  });
});

describe.each(supported)('a live Python $version', (python) => {
  /** A qualified name as this version shows it. */
  const shown = (name: string): string => (python.hasQualifiedNames ? name : (name.split('.').at(-1) ?? name));

  it.each([
    ['recursion.py', '5'],
    ['recursion.py', '900'],
    ['generators.py', ''],
    ['every_call.py', '0'],
    ['every_call.py', '100'],
    ['names.py', ''],
    ['lines.py', ''],
  ])('shows the stack of %s %s as Python itself sees it', async (program, argument) => {
    const target = await run(python, program, argument);
    const reader = open(target.pid);
    expectParkedStack(reader, target);
    // Once more, now that everything is known and expected.
    expectParkedStack(reader, target);
    expect(reader.pythonVersion).toBe(python.version);
  });

  it('is recognised after a fork, main thread included', async () => {
    const target = await run(python, 'forked.py');
    const children = readFileSync(`/proc/${target.pid}/task/${target.pid}/children`, 'utf8');
    const child = Number(children.trim());
    cleanUps.push(() => void process.kill(child, 'SIGKILL'));
    expectParkedStack(open(child), target);
  });

  it('shows every kind of call that the interpreter makes itself', async () => {
    const target = await run(python, 'implicit_calls.py');
    const reader = open(target.pid);
    const main = mainOf(reader);
    const stack = new StackBuffer();
    const CALLEES = new Map([
      ['make', 'Thing.__init__'],
      ['get', 'Thing.value'],
      ['subscript', 'Thing.__getitem__'],
      ['order', 'key'],
      ['iterate', 'steps'],
    ]);
    const seen = new Set<string>();
    await expect
      .poll(
        () => {
          for (let tries = 0; tries < 200; tries++) {
            if (reader.readStack(main, stack) !== 'read') continue;
            const [module, top, caller = '', callee, leaf] = namesOf(stack);
            expect([module, top ?? 'run']).toEqual(['<module>', 'run']);
            if (callee !== undefined) expect(callee).toBe(shown(CALLEES.get(caller) ?? ''));
            if (leaf === 'leaf') seen.add(caller);
          }
          return [...seen].sort();
        },
        { interval: 1, timeout: 10_000 },
      )
      .toEqual([...CALLEES.keys()].sort());
  });

  it('shows the function that has taken the place of another', async () => {
    const target = await run(python, 'replaced_functions.py');
    const reader = open(target.pid);
    const main = mainOf(reader);
    const addresses = new Set<number>();
    const stack = new StackBuffer();
    const GENERATIONS = 25;
    for (let number = 0; number < GENERATIONS; number++) {
      const name = `generation_${await target.readLine().then((line) => line.padStart(4, '0'))}`;
      await expect
        .poll(() => (reader.readStack(main, stack) === 'read' ? namesOf(stack).at(-1) : undefined), { interval: 1 })
        .toBe(name);
      expect(stack.codes[0]?.file).toBe(`<${name}>`);
      addresses.add(stack.codes[0]?.address ?? 0);
      target.process.stdin?.write('\n');
    }
    expect(addresses.size, 'no address was used twice, so nothing was tested').toBeLessThan(GENERATIONS);
  });

  it('keeps its threads apart while others come and go', async () => {
    const target = await run(python, 'threads.py');
    const reader = open(target.pid);
    const stack = new StackBuffer();
    const [staysId] = readdirSync(`/proc/${target.pid}/task`)
      .map(Number)
      .filter((id) => id !== target.pid)
      .sort((a, b) => a - b);
    const handles = new Set<ThreadHandle>();
    let seenStays = 0;
    for (let tick = 0; tick < 2000; tick++) {
      for (const thread of reader.readThreads().threads) {
        expect(thread.nativeId).toBeGreaterThan(0);
        handles.add(thread);
        if (reader.readStack(thread, stack) !== 'read' || stack.length === 0) continue;
        const names = namesOf(stack);
        expect(names[0]).toBe(thread.isMain ? '<module>' : shown('Thread._bootstrap'));
        if (!names.includes('stays')) continue;
        expect(thread.nativeId).toBe(staysId);
        seenStays++;
      }
    }
    expect(seenStays).toBeGreaterThan(1000);
    expect([...handles].filter(({ isMain }) => isMain)).toHaveLength(1);
  });

  it('tells which of its threads holds the GIL', async () => {
    const target = await run(python, 'busy.py');
    const reader = open(target.pid);
    const states = reader.readThreads().threads.map(({ stateAddress }) => stateAddress);
    expect(states).toHaveLength(2);
    const holders = new Set<number>();
    await expect
      .poll(
        () => {
          const gil = reader.readThreads().gil;
          expect(states).toContain(gil.holder);
          if (gil.isLocked) holders.add(gil.holder);
          return holders.size;
        },
        { interval: 1 },
      )
      .toBe(2);
    // A thread that waits for the GIL sleeps on a futex inside it.
    const { start, end } = reader.gilAddressRange;
    await expect
      .poll(
        () =>
          readdirSync(`/proc/${target.pid}/task`).some((id) => {
            const address = Number(readFileSync(`/proc/${target.pid}/task/${id}/syscall`, 'utf8').split(' ')[1]);
            return address >= start && address < end;
          }),
        { interval: 1 },
      )
      .toBe(true);
  });

  it('says so when it has ended', async () => {
    const target = await run(python, 'recursion.py', '3');
    const reader = open(target.pid);
    const main = mainOf(reader);
    expect(readNames(reader, main)).toContain('descend');
    await target.end();
    expect(() => reader.readStack(main, new StackBuffer())).toThrow(refused('target-exited'));
    expect(() => reader.readThreads().threads).toThrow(refused('target-exited'));
    expect(() => openInterpreter(target.pid)).toThrow(refused('no-such-process'));
  });

  it('gives lines that change as it goes on', async () => {
    const target = await run(python, 'busy.py');
    const reader = open(target.pid);
    const stack = new StackBuffer();
    const lines = new Set<string>();
    await expect
      .poll(
        () => {
          if (reader.readStack(mainOf(reader), stack) === 'read' && stack.length === 2)
            lines.add(linesOf(stack).join(';'));
          return lines;
        },
        { interval: 1 },
      )
      .toEqual(new Set(['<module>:13;burn:7', '<module>:13;burn:8']));
  });
});

describe.each(supported.filter(({ hasBoundStates }) => hasBoundStates))('a live Python $version', ({ executable }) => {
  it('shows what its threads run in other interpreters', async () => {
    const target = await startTarget(executable, 'subinterpreter.py');
    onTestFinished(() => target.end());
    const reader = openInterpreter(target.pid);
    onTestFinished(() => reader.close());
    const stacks = reader.readThreads().threads.map((thread) => readNames(reader, thread));
    expect(stacks.map((names) => names.at(-1)).sort()).toEqual(['wait_in_main', 'wait_inside']);
    const [worker = []] = stacks.filter((names) => names.includes('wait_inside'));
    expect(worker[0]).toBe('Thread._bootstrap');
  });
});

describe('what is no Python we can read', () => {
  it('is refused by name: a process that does not exist', () => {
    for (const pid of [0, -1, 1.5, NaN, 2 ** 22 + 1])
      expect(() => openInterpreter(pid)).toThrow(refused('no-such-process'));
  });

  it('is refused by name: a program that is not Python', () => {
    expect(() => openInterpreter(process.pid)).toThrow(refused('not-python'));
  });

  it.each(pythons.filter(({ isSupported }) => !isSupported))('is refused by name: Python $version', async (python) => {
    const child = spawn(python.executable, ['-c', 'print("ready", flush=True); input()'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const minor = python.version.split('.').slice(0, 2).join('.');
    expect(() => openInterpreter(child.pid ?? 0)).toThrow(refused('unsupported-python'));
    expect(() => openInterpreter(child.pid ?? 0)).toThrow(minor);
  });
});
