import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashContent, hasStamp, writeStamp } from './content-stamp.mjs';

describe('the stamp of what was built from which sources', () => {
  let root;
  const write = (name, text) => writeFile(path.join(root, name), text);

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'content-stamp-'));
    await mkdir(path.join(root, 'src'));
    await write('src/a.ts', 'a');
    await write('src/b.ts', 'b');
    await write('angular.json', '{}');
  });
  afterEach(() => rm(root, { recursive: true }));

  const hash = (isSource) => hashContent(root, ['src', 'angular.json'], isSource);

  it('stays the same when only the times of files change', async () => {
    const before = await hash();
    await utimes(path.join(root, 'src/a.ts'), 1, 1);
    expect(await hash()).toBe(before);
  });

  it.each([
    ['a file changes', () => write('src/a.ts', 'A')],
    ['a file is added', () => write('src/c.ts', '')],
    ['a file goes', () => rm(path.join(root, 'src/b.ts'))],
    ['text moves from one file to the next', () => Promise.all([write('src/a.ts', ''), write('src/b.ts', 'ab')])],
  ])('changes when %s', async (_what, change) => {
    const before = await hash();
    await change();
    expect(await hash()).not.toBe(before);
  });

  it('leaves out what is no source', async () => {
    const isSource = (name) => !name.endsWith('.spec.ts');
    const before = await hash(isSource);
    await write('src/a.spec.ts', 'test');
    expect(await hash(isSource)).toBe(before);
  });

  it('is not there before it is written, and says then what was written', async () => {
    const stamp = path.join(root, 'dist/deep/stamp');
    expect(await hasStamp(stamp, 'x')).toBe(false);
    await writeStamp(stamp, 'x');
    expect([await hasStamp(stamp, 'x'), await hasStamp(stamp, 'y')]).toEqual([true, false]);
  });
});
