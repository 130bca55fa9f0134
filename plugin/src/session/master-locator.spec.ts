import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { MasterLocator, ProcessLocator } from './master-locator.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
let pidFile: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = makeTemporaryFolder();
  pidFile = path.join(folder.path, 'twistd.pid');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  folder.remove();
});

/** A Python that runs until its input closes, once it says that it does. */
const startPython = async (): Promise<number> => {
  const child = spawn('python3', ['-c', 'import sys; print(1, flush=True); sys.stdin.read()'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
};

const locate = (): number => new MasterLocator(folder.path).locate();
const failing = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }) as Error;

describe('MasterLocator', () => {
  test('finds the master by its pid file, and the next one after a restart', async () => {
    const locator = new MasterLocator(folder.path);
    const first = await startPython();
    fs.writeFileSync(pidFile, `${String(first)}\n`);
    expect(locator.locate()).toBe(first);
    const second = await startPython();
    fs.writeFileSync(pidFile, String(second));
    expect(locator.locate()).toBe(second);
  });

  test('says that no master runs where there is no pid file, or no folder', () => {
    expect(locate).toThrow(failing('not-a-master', /has no twistd\.pid/));
    expect(() => new MasterLocator(path.join(folder.path, 'nowhere')).locate()).toThrow(
      failing('not-a-master', /has no twistd\.pid/),
    );
  });

  test.each(['', 'abc', '0', '-1', '12 13', '1'.repeat(65)])('believes no pid file that holds %j', (content) => {
    fs.writeFileSync(pidFile, content);
    expect(locate).toThrow(failing('not-a-master', /holds no pid/));
  });

  test('says that the process is gone', async () => {
    const pid = await startPython();
    fs.writeFileSync(pidFile, String(pid));
    const [child] = children;
    child?.kill('SIGKILL');
    if (child !== undefined) await once(child, 'exit');
    expect(locate).toThrow(failing('no-such-process', /does not run/));
  });

  test('believes no process that is not Python', () => {
    fs.writeFileSync(pidFile, String(process.pid));
    expect(locate).toThrow(failing('not-a-master', /which is node and no Python/));
  });
});

describe('ProcessLocator', () => {
  test('names its process while it lives', async () => {
    const pid = await startPython();
    expect(new ProcessLocator(pid).locate()).toBe(pid);
    const [child] = children;
    child?.kill('SIGKILL');
    if (child !== undefined) await once(child, 'exit');
    expect(() => new ProcessLocator(pid).locate()).toThrow(failing('no-such-process', /There is no process/));
  });
});
