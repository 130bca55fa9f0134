import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { describeTarget, MAX_COMMAND_LINE_BYTES } from './target.ts';

it('keeps of a command line no more than its beginning', async () => {
  const program = 'print("ready", flush=True); input()';
  const child = spawn('python3', ['-c', program, 'x'.repeat(MAX_COMMAND_LINE_BYTES)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { commandLine, executable } = describeTarget(child.pid!);
  expect(commandLine.slice(1, 3)).toEqual(['-c', program]);
  // Each argument ends with a byte of its own, but for the last, which is cut.
  expect(commandLine.join('\0')).toHaveLength(MAX_COMMAND_LINE_BYTES);
  expect(executable).toMatch(/python/);
});
