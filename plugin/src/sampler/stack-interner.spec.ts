import { describe, expect, it } from 'vitest';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { CodeObject } from '../cpython/code-object.ts';
import { StackBuffer } from '../cpython/stack-buffer.ts';
import { remoteAddress } from '../memory/remote-address.ts';
import { InternedPath, StackInterner } from './stack-interner.ts';

const code = (id: number, functionName: string, firstLine = id): CodeObject =>
  new CodeObject(id, {
    address: remoteAddress(0x10000 + id * 64),
    functionName,
    file: '/srv/app.py',
    firstLine,
    codeUnits: 4,
    locations: undefined,
    isTrampoline: false,
  });

/** A stack of functions, written from the outermost in. */
function stackOf(...codes: CodeObject[]): StackBuffer {
  const stack = new StackBuffer();
  for (const each of codes.toReversed()) stack.push(each, -1);
  return stack;
}

const intern = (interner: StackInterner, stack: StackBuffer): number | undefined =>
  interner.intern(stack, new InternedPath());

describe('StackInterner', () => {
  const main = code(1, 'main');
  const poll = code(2, 'poll');
  const work = code(3, 'work');

  it('gives equal stacks one index, and stacks that share callers one parent', () => {
    const interner = new StackInterner();
    expect(
      [stackOf(main, poll), stackOf(main, work), stackOf(main, poll)].map((stack) => intern(interner, stack)),
    ).toEqual([1, 2, 1]);
    expect(interner.takeNewRows().stacks).toEqual({ parents: [-1, 0, 0], frames: [0, 1, 2] });
  });

  it('brings each row of each table once, with the first chunk that needs it', () => {
    const interner = new StackInterner();
    intern(interner, stackOf(main, poll));
    expect(interner.takeNewRows().strings).toEqual(['main', '/srv/app.py', 'poll']);
    intern(interner, stackOf(main, poll, work));
    const rows = interner.takeNewRows();
    expect(rows.strings).toEqual(['work']);
    expect(rows.functions).toEqual({ names: [3], files: [1], firstLines: [3] });
    expect(rows.stacks).toEqual({ parents: [1], frames: [2] });
  });

  it('takes two code objects of one function, such as closures compiled twice, for one', () => {
    const interner = new StackInterner();
    expect(intern(interner, stackOf(code(4, 'inner', 9)))).toBe(intern(interner, stackOf(code(5, 'inner', 9))));
  });

  it('gives the empty stack no index', () => {
    expect(intern(new StackInterner(), new StackBuffer())).toBe(-1);
  });

  it('gives the same indexes whatever stack came before', () => {
    const random = (length: number): CodeObject[] =>
      Array.from({ length }, (_, level) => codes[level % 2 === 0 ? level % 5 : Math.floor(Math.random() * 5)]!);
    const codes = [main, poll, work, code(6, 'a'), code(7, 'b')];
    const interner = new StackInterner();
    const path = new InternedPath();
    for (let sample = 0; sample < 2000; sample++) {
      const stack = stackOf(...random(sample % 150));
      for (let depth = 0; depth < stack.length; depth++) stack.instructions[depth] = depth % 3;
      expect(interner.intern(stack, path)).toBe(intern(interner, stack));
    }
  });

  it('gives no index beyond the most that a trace may hold, and those it gave stay', () => {
    const interner = new StackInterner(2);
    const path = new InternedPath();
    expect(interner.intern(stackOf(main, poll), path)).toBe(1);
    expect(interner.intern(stackOf(main, work), path)).toBeUndefined();
    expect(interner.intern(stackOf(main, poll), path)).toBe(1);
    expect(interner.takeNewRows().stacks.frames).toHaveLength(2);
  });

  it('keeps no code object that the reader has forgotten', async () => {
    const interner = new StackInterner();
    const forget = (): WeakRef<CodeObject> => {
      const made = code(8, 'made up');
      intern(interner, stackOf(main, made));
      return new WeakRef(made);
    };
    const forgotten = forget();
    // A WeakRef keeps its object until the end of the job it was made in.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(forgotten.deref()).toBeUndefined();
    expect(intern(interner, stackOf(main, code(9, 'made up', 8)))).toBe(1);
  });
});
