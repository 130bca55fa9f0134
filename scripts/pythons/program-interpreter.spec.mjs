import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { interpreterOf, setInterpreter } from './program-interpreter.mjs';

/** The Node that runs this test: an ELF program like any other. */
const program = () => readFileSync(process.execPath).subarray(0, 64 * 1024);

describe('the dynamic loader of a program', () => {
  it('is read and replaced in place', () => {
    const bytes = program();
    expect(interpreterOf(bytes)).toMatch(/^\/lib.*\/ld-/);
    const { length } = bytes;
    setInterpreter(bytes, '/tmp/x/ld.so');
    expect([interpreterOf(bytes), bytes.length]).toEqual(['/tmp/x/ld.so', length]);
  });

  it('is not replaced by a longer one', () => {
    const bytes = program();
    const before = interpreterOf(bytes);
    expect(() => setInterpreter(bytes, `${before}x`)).toThrow(`may have ${before.length} bytes`);
    expect(interpreterOf(bytes)).toBe(before);
  });

  it('is not looked for in what is no program', () => {
    expect(() => interpreterOf(Buffer.from('#!/bin/sh\n'.padEnd(64)))).toThrow('Not a 64-bit');
  });
});
