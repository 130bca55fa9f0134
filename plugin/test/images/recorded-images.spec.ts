import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { layoutFor } from '../../src/cpython/layouts/layout-registry.ts';
import { MemoryInterpreterReader } from '../../src/cpython/memory-interpreter-reader.ts';
import { DispatchKind, StackBuffer } from '../../src/cpython/stack-buffer.ts';
import { ImageMemory, decodeImage } from '../../src/memory/memory-image.ts';
import { readBytes } from '../../src/memory/process-memory.ts';
import type { ImageFacts } from './image-facts.ts';

const files = readdirSync(new URL('.', import.meta.url)).filter((name) => name.endsWith('.image.gz'));
const MINORS = ['3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15'];

const load = (name: string) => {
  const { facts, segments } = decodeImage<ImageFacts>(readFileSync(new URL(name, import.meta.url)));
  const memory = new ImageMemory(segments);
  const layout = layoutFor(facts.versionHex, (length) => readBytes(memory, facts.runtime, length));
  const reader = new MemoryInterpreterReader(memory, { ...facts, layout, threadIds: { translate: (id) => id } });
  return { facts, reader };
};

describe('recorded images', () => {
  it('exist for every supported minor version', () => {
    expect(MINORS.filter((minor) => !files.some((name) => name.startsWith(`cpython-${minor}.`)))).toEqual([]);
  });

  it.each(files)('%s shows the stack that Python saw', (name) => {
    const { facts, reader } = load(name);
    const main = reader.readThreads().threads.find(({ isMain }) => isMain);
    if (main === undefined) throw new Error('no main thread');
    const stack = new StackBuffer();
    expect(reader.readStack(main, stack)).toBe('read');
    const frames = stack.codes
      .slice(0, stack.length)
      .map((code, index) => [code.functionName, code.file, code.lineAt(stack.instructions[index] ?? 0)])
      .reverse();
    expect(frames.slice(0, facts.stack.length)).toEqual(facts.stack);
    expect(frames[facts.stack.length]?.[0]).toBe('park');
    expect(reader.retries).toBe(0);
  });

  it.each(files)('%s shows that its event loop is in a callback, and in the same at the next look', (name) => {
    const { reader } = load(name);
    const main = reader.readThreads().threads.find(({ isMain }) => isMain);
    const looks = Array.from({ length: 2 }, () => {
      const stack = new StackBuffer();
      if (main !== undefined) reader.readStack(main, stack);
      return [stack.dispatchKind, stack.dispatchKey];
    });
    expect(looks[0]).toEqual([DispatchKind.callback, looks[1]?.[1]]);
  });

  it.each(files)('%s shows the names that its threads have in Python', (name) => {
    const { reader } = load(name);
    const names = reader.readThreadNames();
    const shown = reader.readThreads().threads.map(({ isMain, pythonId }) => [isMain, names.get(pythonId)]);
    expect(new Map(shown as [boolean, string][])).toEqual(
      new Map([
        [true, 'MainThread'],
        [false, 'ждёт'],
      ]),
    );
  });

  it.each(files)('%s shows its second thread asleep and the GIL free', (name) => {
    const { reader } = load(name);
    const threads = reader.readThreads().threads;
    expect(threads).toHaveLength(2);
    const waiting = threads.find(({ isMain }) => !isMain);
    const stack = new StackBuffer();
    expect(waiting && reader.readStack(waiting, stack)).toBe('read');
    expect(stack.codes[0]?.functionName).toBe('wait');
    const gil = reader.readThreads().gil;
    expect(gil.isLocked).toBe(false);
    expect(threads.map(({ stateAddress }) => stateAddress)).toContain(gil.holder);
  });
});
