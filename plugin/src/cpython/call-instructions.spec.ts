import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { FakeMemory } from '../../test/fake-runtime.ts';
import { findPythons } from '../../test/installed-pythons.ts';
import { CallInstructions, REMEMBERED_CALLS } from './call-instructions.ts';
import { DEBUG_OFFSETS_FORMATS } from './layouts/debug-offsets.ts';

const HIGH_WORD = 2 ** 32;
const [CALL, OTHER] = [50, 49];
const OPCODES = [
  { first: 4, last: 4 },
  { first: CALL, last: 60 },
];
const CODE_UNIT_BYTES = 2;

const setup = (instructions: readonly number[]) => {
  const memory = new FakeMemory();
  const calls = new CallInstructions(memory, OPCODES);
  const start = memory.allocate(CODE_UNIT_BYTES * instructions.length);
  const write = (nth: number, opcode: number): void =>
    memory.write(start + CODE_UNIT_BYTES * nth, Buffer.from([opcode]));
  instructions.forEach((opcode, nth) => write(nth, opcode));
  const hasAt = (address: number): boolean => calls.has(address % HIGH_WORD, Math.floor(address / HIGH_WORD));
  return { memory, write, hasAt, has: (nth: number): boolean => hasAt(start + CODE_UNIT_BYTES * nth) };
};

describe('CallInstructions', () => {
  it('tells calls from other instructions, and asks once for a call', () => {
    const { memory, has } = setup([4, CALL, 60, 3, OTHER, 61]);
    expect([0, 1, 2, 3, 4, 5].map((nth) => has(nth))).toEqual([true, true, true, false, false, false]);
    const { reads } = memory;
    expect([has(0), has(1), has(2)]).toEqual([true, true, true]);
    expect(memory.reads).toBe(reads);
  });

  it('asks again for what was none', () => {
    const { has, write } = setup([OTHER]);
    expect(has(0)).toBe(false);
    write(0, CALL);
    expect(has(0)).toBe(true);
  });

  it('has nothing against what cannot be read', () => {
    expect(setup([CALL]).hasAt(0x7fff_0000_0000)).toBe(true);
  });

  it('tells apart more places than it remembers', () => {
    const count = REMEMBERED_CALLS + 500;
    const { has } = setup(Array.from({ length: count }, (_, nth) => (nth % 2 === 0 ? CALL : OTHER)));
    for (const round of [1, 2])
      expect(
        Array.from({ length: count }, (_, nth) => has(nth)).every((isCall, nth) => isCall === (nth % 2 === 0)),
        `round ${round}`,
      ).toBe(true);
  });
});

/** Beside those that call C functions only, which it is no harm to take for calls. */
const CALLING = /^(?:CALL|CALL_KW|CALL_FUNCTION_EX|CALL_(?!INTRINSIC).*|INSTRUMENTED_.*|ENTER_EXECUTOR)$/;
const WITHOUT_WITNESS =
  /^(?:EXIT_INIT_CHECK|\w+_GETITEM|CALL_ALLOC_AND_ENTER_INIT|LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN|LOAD_ATTR_PROPERTY)$/;
const LIST_OPCODES = `
import _opcode_metadata as table
for name, opcode in {**table.opmap, **table._specialized_opmap}.items():
    if opcode < 256: print(name, opcode)
`;

/** Of the versions whose layout names the instructions. */
const live = findPythons().flatMap(({ executable, version }) => {
  const format = DEBUG_OFFSETS_FORMATS.find((known) => version.startsWith(`${known.version}.`));
  return format === undefined ? [] : [{ executable, version, traits: format.traits }];
});

describe.each(live)('Python $version', ({ executable, traits }) => {
  it('has its instructions that call where the layout says', () => {
    const { stdout } = spawnSync(executable, ['-c', LIST_OPCODES], { encoding: 'utf8' });
    const opcodes = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name = '', opcode]) => ({ name, opcode: Number(opcode) }));
    const named = (pattern: RegExp): number[] =>
      opcodes
        .filter(({ name }) => pattern.test(name))
        .map(({ opcode }) => opcode)
        .sort((a, b) => a - b);
    const { callInstructions, callsWithoutWitness } = traits;
    expect(callsWithoutWitness.map(({ opcode }) => opcode)).toEqual(named(WITHOUT_WITNESS));
    if (callInstructions === undefined) return;
    const isCall = (opcode: number): boolean =>
      callInstructions.some(({ first, last }) => opcode >= first && opcode <= last);
    expect(named(CALLING).filter((opcode) => !isCall(opcode))).toEqual([]);
    const others = opcodes.filter(({ name }) => !CALLING.test(name) && !name.startsWith('TRACE_'));
    expect(others.filter(({ opcode }) => isCall(opcode))).toEqual([]);
  });
});
