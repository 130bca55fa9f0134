import fs from 'node:fs';
import path from 'node:path';
import { ProfilerError } from '#trace/contract/errors.ts';

const PID_FILE = 'twistd.pid';
/** A pid is at most 7 digits; a larger file is something else. */
const MAX_PID_FILE_BYTES = 64;

/** Whom to sample: the same process always, or whoever is the master of a basedir now. */
export interface TargetLocator {
  /** As a user would name it. */
  readonly description: string;
  /** Whether another process may take the place of one that has ended. */
  readonly followsRestarts: boolean;
  /** @throws ProfilerError 'no-such-process' or 'not-a-master' */
  locate(): number;
}

export class ProcessLocator implements TargetLocator {
  readonly followsRestarts = false;
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  get description(): string {
    return `pid ${String(this.#pid)}`;
  }

  locate(): number {
    if (!isAlive(this.#pid)) throw noSuchProcess(this.#pid, `There is no process ${String(this.#pid)}`);
    return this.#pid;
  }
}

/** Finds the Buildbot master of a basedir by its twistd.pid, anew each time: a restarted master has another pid. */
export class MasterLocator implements TargetLocator {
  readonly followsRestarts = true;
  readonly #basedir: string;

  constructor(basedir: string) {
    this.#basedir = path.resolve(basedir);
  }

  get description(): string {
    return `the master in ${this.#basedir}`;
  }

  locate(): number {
    const file = path.join(this.#basedir, PID_FILE);
    const pid = this.#readPidFile(file);
    if (!isAlive(pid)) throw noSuchProcess(pid, `${file} names process ${String(pid)}, which does not run`);
    const program = readProgramName(pid);
    if (program !== undefined && !/python|pypy/i.test(program)) {
      throw new ProfilerError(
        'not-a-master',
        `${file} names process ${String(pid)}, which is ${program} and no Python`,
        { pid },
      );
    }
    return pid;
  }

  #readPidFile(file: string): number {
    const isNoMaster = (why: string, cause?: unknown): ProfilerError =>
      new ProfilerError('not-a-master', `${this.#basedir} ${why}`, { basedir: this.#basedir }, { cause });
    let text: string;
    try {
      const stat = fs.statSync(file);
      if (!stat.isFile() || stat.size > MAX_PID_FILE_BYTES) throw isNoMaster(`has a ${PID_FILE} that holds no pid`);
      text = fs.readFileSync(file, 'utf8');
    } catch (error) {
      if (error instanceof ProfilerError) throw error;
      const isMissing =
        error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
      throw isNoMaster(
        isMissing ? `has no ${PID_FILE}: no master runs there` : `has a ${PID_FILE} that cannot be read`,
        error,
      );
    }
    const pid = /^\s*([1-9]\d{0,9})\s*$/.exec(text)?.[1];
    if (pid === undefined) throw isNoMaster(`has a ${PID_FILE} that holds no pid`);
    return Number(pid);
  }
}

const noSuchProcess = (pid: number, message: string): ProfilerError =>
  new ProfilerError('no-such-process', message, { pid });

/** A zombie has its pid still, but no memory left to read. */
const isAlive = (pid: number): boolean => {
  try {
    const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    // The state follows the name, which may hold spaces and brackets itself.
    return !['Z', 'X'].includes(stat.charAt(stat.lastIndexOf(')') + 2));
  } catch {
    // ENOENT or ESRCH: it is gone.
    return false;
  }
};

/** Undefined where another user's process does not let it be seen. */
const readProgramName = (pid: number): string | undefined => {
  try {
    return path.basename(fs.readlinkSync(`/proc/${String(pid)}/exe`));
  } catch {
    return undefined;
  }
};
