import { describe, expect, it } from 'vitest';
import { DEBUG_FIELDS_3_13 } from './debug-fields.ts';
import { DEBUG_COOKIE } from './debug-offsets.ts';
import { formatPythonVersion, layoutFor } from './layout-registry.ts';

const PYTHON_3_13_0 = 0x030d00f0;
const PLAUSIBLE = new Map<string, number>([
  ['interpreter_frame.localsplus', 80],
  ['interpreter_frame.owner', 70],
  ['code_object.co_code_adaptive', 200],
  ['unicode_object.asciiobject_size', 40],
  ['bytes_object.ob_sval', 32],
  ['tuple_object.ob_size', 16],
  ['free_threaded', 0],
]);

const table = (changes: Readonly<Record<string, number>> = {}, version = PYTHON_3_13_0): Buffer => {
  const bytes = Buffer.alloc(16 + DEBUG_FIELDS_3_13.length * 8);
  bytes.write(DEBUG_COOKIE, 'latin1');
  bytes.writeBigUInt64LE(BigInt(version), 8);
  DEBUG_FIELDS_3_13.forEach((name, index) => {
    bytes.writeBigUInt64LE(BigInt(changes[name] ?? PLAUSIBLE.get(name) ?? 16), 16 + index * 8);
  });
  return bytes;
};
const layout = (bytes: Buffer | undefined, version = PYTHON_3_13_0) => layoutFor(version, () => bytes);
const refused = (code: string) => expect.objectContaining({ code });

describe('the registry of layouts', () => {
  it('has a constant layout for 3.8 to 3.12, whatever the patch release', () => {
    expect(layoutFor(0x030802f0, () => undefined).version).toBe('3.8');
    expect(layoutFor(0x030912f0, () => undefined).version).toBe('3.9');
    expect(layoutFor(0x030a00f0, () => undefined).version).toBe('3.10');
    expect(layoutFor(0x030b02f0, () => undefined).version).toBe('3.11');
    expect(layoutFor(0x030c0bf0, () => undefined).version).toBe('3.12');
  });

  it('takes the offsets of newer versions from the target', () => {
    expect(layout(table({ 'thread_state.current_frame': 72 }))).toMatchObject({
      stackKind: 'data-stack',
      thread: { current: { kind: 'in-thread', currentFrame: 72 } },
    });
  });

  it.each([0x03060ff0, 0x030710f0, 0x031000f0, 0x02070ff0])('refuses version %i by name', (version) => {
    const error = refused('unsupported-python');
    expect(() => layoutFor(version, () => undefined)).toThrow(error);
    expect(() => layoutFor(version, () => undefined)).toThrow(formatPythonVersion(version));
  });

  it('refuses a free-threaded build by name', () => {
    expect(() => layout(table({ free_threaded: 1 }))).toThrow('free-threaded');
  });

  it.each<[string, Record<string, number>]>([
    ['beyond its structure', { 'interpreter_frame.owner': 4000 }],
    ['not aligned', { 'thread_state.current_frame': 73 }],
    ['huge', { 'interpreter_state.threads_head': 2 ** 52 }],
    ['in a structure of megabytes', { 'code_object.co_code_adaptive': 2 ** 20 }],
  ])('refuses an offset that is %s', (_, changes) => {
    expect(() => layout(table(changes))).toThrow(refused('target-unreadable'));
  });

  it('refuses a table that cannot be read, has no cookie, or is of another version', () => {
    expect(() => layout(undefined)).toThrow(refused('target-unreadable'));
    expect(() => layout(table().fill(0, 0, 8))).toThrow(refused('target-unreadable'));
    expect(() => layout(table({}, PYTHON_3_13_0 + 256))).toThrow(refused('target-unreadable'));
  });

  it('writes versions as Python does', () => {
    expect([0x030b07f0, 0x030f00b1, 0x030f00c2].map(formatPythonVersion)).toEqual(['3.11.7', '3.15.0b1', '3.15.0rc2']);
  });
});
