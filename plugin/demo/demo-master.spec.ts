import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';

const PROGRAM = path.join(import.meta.dirname, 'demo_master.py');
/** Longer than its longest callback, since what blocks its loop delays its end. */
const END_TIMEOUT_MS = 10_000;

describe('the demo master', () => {
  const started: ChildProcess[] = [];

  const start = (command: string, args: readonly string[]): ChildProcess => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    return child;
  };

  const readyPid = async (child: ChildProcess): Promise<number> => {
    if (child.stdout === null) throw new Error('its output is not read');
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    expect(line).toMatch(/^ready \d+$/);
    return Number(line.slice('ready '.length));
  };

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });

  it('says the pid under which it is ready', async () => {
    const demo = start('python3', [PROGRAM, '--seed', '7']);
    expect(await readyPid(demo)).toBe(demo.pid);
  });

  it('ends in order when its standard input closes', async () => {
    const demo = start('python3', [PROGRAM]);
    await readyPid(demo);
    demo.stdin?.end();
    expect(await once(demo, 'exit')).toEqual([0, null]);
  });

  it('ends in order at SIGTERM', async () => {
    const demo = start('python3', [PROGRAM]);
    await readyPid(demo);
    demo.kill('SIGTERM');
    expect(await once(demo, 'exit')).toEqual([0, null]);
  });

  it('ends with the process that started it, where its standard input says nothing', async () => {
    const shell = start('sh', ['-c', 'python3 "$0" </dev/null & wait', PROGRAM]);
    const pid = await readyPid(shell);
    shell.kill('SIGKILL');
    await once(shell, 'exit');
    await expect.poll(() => existsSync(`/proc/${String(pid)}`), { timeout: END_TIMEOUT_MS }).toBe(false);
  });
});
