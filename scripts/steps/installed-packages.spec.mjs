import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { arePackagesInstalled } from './installed-packages.mjs';

const WANTED = {
  '': { name: 'project' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/for-another-platform': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

describe('the packages that are installed', () => {
  let folder;
  const file = (name) => path.join(folder, name);
  const check = async (installed) => {
    await writeFile(file('lock.json'), JSON.stringify({ packages: WANTED }));
    if (installed !== undefined) await writeFile(file('installed.json'), installed);
    return arePackagesInstalled(file('lock.json'), file('installed.json'));
  };
  const lock = (packages) => JSON.stringify({ packages });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'installed-packages-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are the wanted ones, whoever installed them, even without those of other platforms', async () => {
    expect(await check(lock({ 'node_modules/a': WANTED['node_modules/a'] }))).toBe(true);
  });

  it.each([
    ['nothing is installed', undefined],
    ['npm was interrupted', '{"packages": {'],
    ['one is missing', lock({})],
    ['one has another version', lock({ 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } })],
    ['one has other content', lock({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } })],
    ['one is there that is wanted no more', lock({ ...WANTED, 'node_modules/old': { version: '1.0.0' } })],
  ])('are not when %s', async (_what, installed) => {
    expect(await check(installed)).toBe(false);
  });
});
