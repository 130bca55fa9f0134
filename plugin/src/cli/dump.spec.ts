import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, startPythonTarget } from '../../test/cli-process.ts';

let target: Awaited<ReturnType<typeof startPythonTarget>>;

beforeAll(async () => {
  target = await startPythonTarget();
});
afterAll(() => target.end());

const pidOption = (): string[] => ['--pid', String(target.pid)];

describe('bbprofiler dump', () => {
  test('prints every thread with its stack, innermost frame first', async () => {
    const { exitCode, stdout } = await runCommand(['dump', ...pidOption()]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^MainThread \(thread \d+\): \S.*\n( {4}.+ \(.+\)\n)*/m);
    expect(stdout.match(/\(thread \d+\)/g)).toHaveLength(2);
    expect(stdout).toContain('end_with_input (<string>:');
  });

  test('gives the same as JSON', async () => {
    const { stdout } = await runCommand(['dump', ...pidOption(), '--json']);
    const threads = JSON.parse(stdout) as { isMain: boolean; state: string; frames: { function: string }[] }[];
    expect(threads).toHaveLength(2);
    expect(threads.find(({ isMain }) => !isMain)?.frames.map((frame) => frame.function)).toContain('end_with_input');
  });
});
