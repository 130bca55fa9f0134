import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isPossibleChain } from '../call-chain.ts';
import type { Contestant, Measurement, Round } from './measurement.ts';

const run = promisify(execFile);
/** Above any rate it reaches. */
const FASTEST = '1000k';
/** Two lines of minutes and seconds: of the shell, then of what it ran, user and system. */
const CHILD_TIMES = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/;
const CAPTURED = /Captured (\d+) samples in ([\d.]+) seconds/;
const FUNCTION_NAME = /^(?:.*:)?([^:]+):-?\d+$/;

/** Frames of collapsed stacks are `file:function:line`, of line -1 where that is not known; the outermost say what started the program. */
export const chainOf = (stack: string): string[] => {
  const names = stack.split(';').map((frame) => FUNCTION_NAME.exec(frame)?.[1] ?? frame);
  return names.slice(Math.max(0, names.indexOf('<module>')));
};

const measureRun = async (python: string, { pid, frequencyHz, seconds }: Round, file: string): Promise<Measurement> => {
  const rate = frequencyHz === 0 ? FASTEST : String(frequencyHz);
  const options = ['-r', rate, '-d', String(seconds), '--collapsed', '-o', file, String(pid)];
  const command = [python, '-m', 'profiling.sampling', 'attach', ...options].join(' ');
  const { stdout } = await run('bash', ['-c', `${command} 2>&1; times`]);
  const [, captured = '0', took = '1'] = CAPTURED.exec(stdout) ?? [];
  const [, userMinutes, user, systemMinutes, system] = CHILD_TIMES.exec(stdout) ?? [];
  const cpu = 60 * (Number(userMinutes) + Number(systemMinutes)) + Number(user) + Number(system);
  let keptInAll = 0;
  let impossible = 0;
  for (const line of (await readFile(file, 'utf8')).trimEnd().split('\n')) {
    const space = line.lastIndexOf(' ');
    const count = Number(line.slice(space + 1));
    keptInAll += count;
    if (!isPossibleChain(chainOf(line.slice(0, space)))) impossible += count;
  }
  return {
    attempted: Number(captured) / Number(took),
    kept: keptInAll / Number(took),
    impossible,
    keptInAll,
    cpuPercent: (100 * cpu) / Number(took),
  };
};

/** CPython's own sampling profiler, of the same version as the target. */
export const pythonSampler = (python: string): Contestant => ({
  name: 'profiling.sampling',
  measure: async (round) => {
    const folder = await mkdtemp(join(tmpdir(), 'bbp-bench-'));
    try {
      return await measureRun(python, round, join(folder, 'stacks'));
    } finally {
      await rm(folder, { recursive: true });
    }
  },
});
