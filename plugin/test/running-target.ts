import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { InterpreterReader, ThreadHandle } from '../src/cpython/interpreter-reader.ts';
import { StackBuffer } from '../src/cpython/stack-buffer.ts';

/** A program of `targets/`, which runs until it is ended. */
export interface RunningTarget {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly file: string;
  /** What it said after `ready`. */
  readonly facts: string;
  /** Its next line. */
  readLine(): Promise<string>;
  end(): Promise<void>;
}

/** Resolves when the program has said that it is ready. */
export const startTarget = (python: string, program: string, ...args: string[]): Promise<RunningTarget> =>
  startTargetIn(fileURLToPath(new URL('targets', import.meta.url)), python, program, ...args);

/** The same from a copy of the folder `targets/`. */
export const startTargetIn = async (
  folder: string,
  python: string,
  program: string,
  ...args: string[]
): Promise<RunningTarget> => {
  const file = join(folder, program);
  const child = spawn(python, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const readLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`${program} ended with ${python} before it said what it should`);
    return line.value;
  };
  const [word, ...facts] = (await readLine()).split(' ');
  if (word !== 'ready' || child.pid === undefined) throw new Error(`${program} did not say ready`);
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
  return { process: child, pid: child.pid, file, facts: facts.join(' '), readLine, end };
};

/** Function names of the main thread's stack, outermost first. */
export const readNames = (reader: InterpreterReader, thread: ThreadHandle): string[] => {
  const stack = new StackBuffer();
  const outcome = reader.readStack(thread, stack);
  if (outcome !== 'read') throw new Error(`the stack was ${outcome}`);
  return namesOf(stack);
};

export const namesOf = (stack: StackBuffer): string[] =>
  stack.codes
    .slice(0, stack.length)
    .map(({ functionName }) => functionName)
    .reverse();

/** `name:line` of every frame, outermost first. */
export const linesOf = (stack: StackBuffer): string[] =>
  Array.from({ length: stack.length }, (_, index) => {
    const code = stack.codes[index];
    return `${code?.functionName ?? ''}:${code?.lineAt(stack.instructions[index] ?? 0) ?? 0}`;
  }).reverse();
