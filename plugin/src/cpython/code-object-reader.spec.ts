import { describe, expect, it } from 'vitest';
import { FakeInterpreter } from '../../test/fake-interpreter.ts';
import { FakeRuntime } from '../../test/fake-runtime.ts';
import { CodeObjectReader, MAX_CODE_UNITS, MAX_LOCAL_NAMES } from './code-object-reader.ts';
import { CodeObject } from './code-object.ts';
import { CPYTHON_3_10 } from './layouts/cpython-3.10.ts';
import { CPYTHON_3_12 } from './layouts/cpython-3.12.ts';
import { CPYTHON_3_8 } from './layouts/cpython-3.8.ts';
import { MAX_LINETABLE_BYTES, MAX_STRING_LENGTH } from './text-reader.ts';

const readerOf = (fake: FakeRuntime): CodeObjectReader => new CodeObjectReader(fake.memory, fake.layout, fake.types);

describe('reading a code object', () => {
  it.each(['plain', 'naïve', 'функция', '関数', '𝔣unction', 'a'.repeat(1000), 'ж'.repeat(1000), ''])(
    'gives the name %s',
    (name) => {
      const fake = new FakeInterpreter();
      expect(readerOf(fake).read(fake.addCode({ name }))?.functionName).toBe(name);
    },
  );

  it('follows the pointer of a string that is not compact', () => {
    const fake = new FakeInterpreter();
    const { length, state, compactData } = fake.layout.text;
    const text = fake.addText('ü234');
    const data = fake.memory.allocate(16);
    fake.memory.write(data, Buffer.from('wörd', 'latin1'));
    fake.memory.writeInt(text + state, 1 << 2);
    fake.memory.writeWord(text + length, 4);
    fake.memory.writeWord(text + compactData, data);
    const code = fake.addCode({ name: 'x' });
    fake.memory.writeWord(code + fake.layout.code.qualifiedName, text);
    expect(readerOf(fake).read(code)?.functionName).toBe('wörd');
  });

  it('cuts a name at the longest length, and marks it', () => {
    const fake = new FakeInterpreter();
    const name = readerOf(fake).read(fake.addCode({ name: 'n'.repeat(MAX_STRING_LENGTH + 1) }))?.functionName;
    expect(name).toBe(`${'n'.repeat(MAX_STRING_LENGTH)}…`);
  });

  it('reads no more than the longest name where a length lies', () => {
    const fake = new FakeInterpreter();
    const code = fake.addCode({ name: 'liar' });
    const text = fake.addText('liar');
    fake.memory.writeWord(text + fake.layout.text.length, 2 ** 52);
    fake.memory.writeWord(code + fake.layout.code.qualifiedName, text);
    const before = fake.memory.bytesRead;
    expect(readerOf(fake).read(code)).toBeUndefined();
    expect(fake.memory.bytesRead - before).toBeLessThan(16 * MAX_STRING_LENGTH);
  });

  it('shows characters outside Unicode as replacements', () => {
    const fake = new FakeInterpreter();
    const text = fake.addText('𝔣');
    fake.memory.writeInt(text + fake.layout.text.compactData, -1);
    const code = fake.addCode({ name: 'x' });
    fake.memory.writeWord(code + fake.layout.code.qualifiedName, text);
    expect(readerOf(fake).read(code)?.functionName).toBe('\ufffd');
  });

  it('has no lines where the location table is longer than we read', () => {
    const fake = new FakeInterpreter();
    const code = fake.addCode({ name: 'huge' });
    const table = fake.addBytes(Buffer.alloc(8));
    fake.memory.writeWord(table + fake.layout.bytes.length, MAX_LINETABLE_BYTES + 1);
    fake.memory.writeWord(code + fake.layout.code.locations, table);
    const content = readerOf(fake).read(code);
    expect(content).toMatchObject({ functionName: 'huge', locations: undefined });
    if (content !== undefined) expect(new CodeObject(0, content).lineAt(3)).toBe(0);
  });

  it('finds the variables of the function of an event loop, and only of such', () => {
    const fake = new FakeInterpreter();
    const loop = { name: 'BaseEventLoop._run_once', file: '/usr/lib/python3.12/asyncio/base_events.py' };
    const names = ['self', 'i', 'handle', 'end_time'];
    const code = fake.addCode(loop);
    fake.memory.writeWord(code + fake.layout.code.localNames, fake.addTuple(names.map((name) => fake.addText(name))));
    expect(readerOf(fake).read(code)?.loopVariables).toMatchObject({ locals: [2, 1], times: [3] });
    const other = fake.addCode({ ...loop, name: 'BaseEventLoop.run' });
    expect(readerOf(fake).read(other)).not.toHaveProperty('loopVariables');
  });

  it('takes a function with more variables than an event loop has for any other function', () => {
    const fake = new FakeInterpreter();
    const code = fake.addCode({ name: 'BaseEventLoop._run_once', file: '/asyncio/base_events.py' });
    const tuple = fake.addTuple(Array.from({ length: MAX_LOCAL_NAMES + 1 }, () => fake.types.text));
    fake.memory.writeWord(code + fake.layout.code.localNames, tuple);
    expect(readerOf(fake).read(code)).toMatchObject({ codeUnits: 40 });
    expect(readerOf(fake).read(code)).not.toHaveProperty('loopVariables');
  });

  it('refuses more instructions than a function can have', () => {
    const fake = new FakeInterpreter();
    expect(readerOf(fake).read(fake.addCode({ name: 'x', units: MAX_CODE_UNITS + 1 }))).toBeUndefined();
  });

  it('counts instructions that are an object of their own, and refuses more than a function can have', () => {
    const fake = new FakeRuntime(CPYTHON_3_10);
    const { units } = CPYTHON_3_10.code;
    if (units.kind !== 'in-bytes') throw new Error('not such a version');
    const code = fake.addCode({ name: 'x', units: 7 });
    expect(readerOf(fake).read(code)?.codeUnits).toBe(7);
    const instructions = fake.addBytes(Buffer.alloc(8));
    fake.memory.writeWord(code + units.instructions, instructions);
    fake.memory.writeWord(instructions + fake.layout.bytes.length, 2 * MAX_CODE_UNITS + 2);
    expect(readerOf(fake).read(code)).toBeUndefined();
    fake.memory.writeWord(code + units.instructions, fake.addText('no instructions'));
    expect(readerOf(fake).read(code)).toBeUndefined();
  });

  it('refuses what has another type, or strings that are none', () => {
    const fake = new FakeInterpreter();
    const code = fake.addCode({ name: 'x' });
    fake.memory.writeWord(code + fake.layout.code.file, code);
    expect(readerOf(fake).read(code)).toBeUndefined();
    expect(readerOf(fake).read(fake.addText('no code'))).toBeUndefined();
  });

  it('is not fooled by a code object that changes while it is read', () => {
    const fake = new FakeInterpreter();
    const code = fake.addCode({ name: 'before' });
    const { memory } = fake;
    const read = memory.read.bind(memory);
    let reads = 0;
    memory.read = (address, length, into, offset) => {
      if (++reads === 2) fake.addCode({ name: 'after' }, code);
      return read(address, length, into, offset);
    };
    expect(readerOf(fake).read(code)).toBeUndefined();
  });

  it.each([CPYTHON_3_8, CPYTHON_3_10, CPYTHON_3_12])('gives the line of each instruction, in $version', (layout) => {
    const fake = new FakeRuntime(layout);
    const content = readerOf(fake).read(fake.addCode({ name: 'x', firstLine: 30 }));
    if (content === undefined) throw new Error('no code object');
    const code = new CodeObject(0, content);
    expect([-1, 0, 1, 9].map((instruction) => code.lineAt(instruction))).toEqual([30, 31, 32, 40]);
  });
});
