/** The target of the bench, which does nothing but call and return, and says how far it got. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startTarget } from '../running-target.ts';

/** What it has done since it started. */
export interface Progress {
  /** Times it went through its chains. */
  readonly rounds: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

export interface OracleTarget {
  readonly pid: number;
  readProgress(): Promise<Progress>;
  end(): Promise<void>;
}

export interface OracleOptions {
  /** What to start. */
  readonly python: string;
  readonly depth: number;
  readonly threads: number;
  readonly core?: number;
}

/** As setup-pythons.mjs unpacks them. */
export const pythonOf = (version: string): string =>
  fileURLToPath(new URL(`../../../.cache/pythons/python${version}`, import.meta.url));

export const startOracle = async ({ python, depth, threads, core }: OracleOptions): Promise<OracleTarget> => {
  const target = await startTarget(python, 'oracle.py', String(depth), String(threads));
  if (core !== undefined) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(target.pid)]);
  return {
    pid: target.pid,
    readProgress: async () => {
      target.process.kill('SIGUSR1');
      const [rounds = NaN, cpuSeconds = NaN, wallSeconds = NaN] = (await target.readLine()).split(' ').map(Number);
      return { rounds, cpuSeconds, wallSeconds };
    },
    end: () => target.end(),
  };
};
