import { describe, expect, it } from 'vitest';
import { FakeMemory } from '../../test/fake-runtime.ts';
import { FunctionCodes, REMEMBERED_FUNCTIONS } from './function-codes.ts';
import { FUNCTION_CODE_OFFSET } from './layouts/struct-layout.ts';

const HIGH_WORD = 2 ** 32;
const halves = (address: number): [low: number, high: number] => [address % HIGH_WORD, Math.floor(address / HIGH_WORD)];

const setup = () => {
  const memory = new FakeMemory();
  const functions = new FunctionCodes(memory);
  const addFunction = (code: number): number => {
    const address = memory.allocate(64);
    memory.writeWord(address + FUNCTION_CODE_OFFSET, code);
    return address;
  };
  const runs = (address: number, code: number): boolean => functions.runs(...halves(address), ...halves(code));
  return { memory, addFunction, runs };
};

const [CODE, OTHER] = [0x7fab_0000_1230, 0x7fab_8000_4560];

describe('FunctionCodes', () => {
  it('knows the code of a function, and asks once', () => {
    const { memory, addFunction, runs } = setup();
    const added = addFunction(CODE);
    expect(runs(added, CODE)).toBe(true);
    const { reads } = memory;
    expect(runs(added, CODE)).toBe(true);
    expect(memory.reads).toBe(reads);
    expect(runs(added, OTHER)).toBe(false);
  });

  it('asks again where another code is shown', () => {
    const { memory, addFunction, runs } = setup();
    const added = addFunction(CODE);
    expect(runs(added, CODE)).toBe(true);
    memory.writeWord(added + FUNCTION_CODE_OFFSET, OTHER);
    expect(runs(added, OTHER)).toBe(true);
  });

  it('denies what cannot be read', () => {
    expect(setup().runs(0x7fff_0000_0000, CODE)).toBe(false);
  });

  it('tells apart more functions than it remembers', () => {
    const { addFunction, runs } = setup();
    const added = Array.from({ length: REMEMBERED_FUNCTIONS + 50 }, (_, index) => addFunction(CODE + 16 * index));
    for (const round of [1, 2])
      expect(
        added.every((address, index) => runs(address, CODE + 16 * index) && !runs(address, OTHER)),
        `round ${round}`,
      ).toBe(true);
  });
});
