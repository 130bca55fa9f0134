import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ERROR_KINDS, type ErrorCode } from '#trace/contract/errors.ts';
import { adviceFor } from './advice.ts';

const page = fs.readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const codes = Object.keys(ERROR_KINDS) as ErrorCode[];

describe('docs/errors.md', () => {
  test('has a section for every error, in the order of the catalogue, and for no other', () => {
    expect(Array.from(page.matchAll(/^## (.+)$/gm), ([, code]) => code)).toEqual(codes);
  });

  test('has a section that says something', () => {
    const sections = page.split(/^## .+$/m).slice(1);
    expect(sections.filter((text) => text.trim().length < 20)).toEqual([]);
  });

  test('gives each its status and exit code', () => {
    const rows = Array.from(page.matchAll(/^\| `(.+)` +\| (\d+) +\| (\d+) +\|$/gm), ([, code, status, exitCode]) => [
      code,
      Number(status),
      Number(exitCode),
    ]);
    expect(rows).toEqual(codes.map((code) => [code, ERROR_KINDS[code].status, ERROR_KINDS[code].exitCode]));
  });
});

test('the command line knows what to do about every error', () => {
  expect(codes.filter((code) => !/\.$/.test(adviceFor(code)))).toEqual([]);
});
