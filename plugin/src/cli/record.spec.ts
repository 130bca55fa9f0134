import path from 'node:path';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TraceEnd } from '#trace/contract/trace-lines.ts';
import {
  endCommands,
  runCommand,
  startCommand,
  startProcess,
  startPythonTarget,
  type CommandOutcome,
} from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines } from '../../test/trace-file.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

let target: Awaited<ReturnType<typeof startPythonTarget>>;
let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeAll(async () => {
  target = await startPythonTarget();
});
afterAll(() => target.end());
beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'a.bbprof');
});
afterEach(() => {
  endCommands();
  folder.remove();
});

const pidOption = (): string[] => ['--pid', String(target.pid)];

/** Exit code and what is said, on one line. */
const told = ({ exitCode, stderr }: CommandOutcome): string => `${String(exitCode)}: ${stderr.trim()}`;

describe('bbprofiler record', () => {
  test('writes a whole file and says on one line how it went', async () => {
    const { exitCode, stdout } = await runCommand([
      'record',
      ...pidOption(),
      '--duration',
      '1.2',
      '--mode',
      'real',
      '--output',
      file,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^\S+a\.bbprof: 1\.\d s, 1\d\d ticks, \d+ ticks missed \([\w. ]+%\), \d+ stacks lost, [\d.]+ k?B, period over\n$/,
    );
    const lines = readLines(file);
    expect(lines[0]?.kind).toBe('header');
    expect(lines.at(-1)).toMatchObject({ kind: 'end', reason: 'period-over' });
    expect(fs.readdirSync(folder.path)).toEqual(['a.bbprof']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends with a whole file on %s', async (signal) => {
    const command = startCommand(['record', ...pidOption(), '--mode', 'real', '--output', `${file}.gz`]);
    expect(await command.nextMessage()).toMatch(/recording pid \d+ \(Python 3\.\d+\.\d+\)/);
    command.process.kill(signal);
    expect(await command.outcome).toMatchObject({ exitCode: 0, signal: null });
    expect(readLines(`${file}.gz`).at(-1)).toMatchObject({ kind: 'end', reason: 'stopped' });
    expect(fs.readdirSync(folder.path)).toEqual(['a.bbprof.gz']);
  });

  test('ends with the process that it records', async () => {
    const short = await startPythonTarget();
    const command = startCommand(['record', '--pid', String(short.pid), '--mode', 'real', '--output', file]);
    await command.nextMessage();
    await short.end();
    expect(await command.outcome).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('the process ended') as unknown,
    });
    expect(readLines(file).at(-1)).toMatchObject({ kind: 'end', reason: 'target-exited' });
  });

  test('writes over a file only when told', async () => {
    fs.writeFileSync(file, 'mine');
    const args = ['record', ...pidOption(), '--duration', '0.1', '--output', file];
    expect(told(await runCommand(args))).toMatch(/^9: .*exists; --force overwrites it/);
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
    expect((await runCommand([...args, '--force'])).exitCode).toBe(0);
    expect(readLines(file).at(-1)?.kind).toBe('end');
  });

  test('keeps what was written when the disk is full, and says so in the file and at the end', async () => {
    // 16 blocks of 512 bytes: as a disk that is full after 8 KiB.
    const args = ['record', ...pidOption(), '--frequency', '1000', '--mode', 'real', '--output', file];
    const limited = startProcess('sh', ['-c', 'ulimit -f 16 && exec "$@"', 'sh', process.execPath, MAIN, ...args]);
    const outcome = await limited.outcome;
    expect(outcome.exitCode).toBe(9);
    expect(outcome.stderr).toMatch(/Cannot write .*the file may not grow/);
    const lines = readLines(file);
    expect(lines[0]?.kind).toBe('header');
    expect(lines.at(-1)).toMatchObject({ kind: 'end', reason: 'disk-full' });
    expect((lines.at(-1) as TraceEnd).message).toMatch(/Cannot write/);
  });
});
