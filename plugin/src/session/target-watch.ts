import fs from 'node:fs';
import type { ErrorBody } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { TargetDescription } from '#trace/contract/trace-lines.ts';
import type { DescribeTarget } from './line-source.ts';
import type { TargetLocator } from './master-locator.ts';

/** How long a description that failed stands: to try anew means to read another process's memory. */
const RETRY_PROBLEM_MS = 2_000;

export type TargetState =
  | { readonly target: TargetDescription; readonly problem?: undefined }
  | { readonly target?: undefined; readonly problem: ErrorBody };

/** Knows who would be sampled now. Describes a process once in its life, and notices when another takes its place. */
export class TargetWatch {
  readonly #locator: TargetLocator;
  readonly #describe: DescribeTarget;
  #life = '';
  #state: TargetState | undefined;
  #retryAt = 0;

  constructor(locator: TargetLocator, describe: DescribeTarget) {
    this.#locator = locator;
    this.#describe = describe;
  }

  get followsRestarts(): boolean {
    return this.#locator.followsRestarts;
  }

  /** @throws ProfilerError where there is nobody to sample */
  locate(): number {
    return this.#locator.locate();
  }

  look(): TargetState {
    try {
      const pid = this.#locator.locate();
      const life = `${String(pid)} ${readLife(pid)}`;
      const known = life === this.#life ? this.#state : undefined;
      if (known !== undefined && (known.problem === undefined || Date.now() < this.#retryAt)) return known;
      this.#life = life;
      this.#state = this.#describeState(pid);
      return this.#state;
    } catch (error) {
      this.#state = undefined;
      return { problem: toErrorBody(error) };
    }
  }

  #describeState(pid: number): TargetState {
    try {
      return { target: this.#describe(pid) };
    } catch (error) {
      this.#retryAt = Date.now() + RETRY_PROBLEM_MS;
      return { problem: toErrorBody(error) };
    }
  }
}

/** What nobody foresaw is a problem of this target too: it must not end a server that may be recording. */
const toErrorBody = (error: unknown): ErrorBody =>
  error instanceof ProfilerError
    ? { code: error.code, message: error.message }
    : { code: 'target-unreadable', message: `The target cannot be described: ${String(error)}` };

/** Start time and program of a process: changes when the pid goes to another, or the process to another program. */
const readLife = (pid: number): string => {
  try {
    const stat = fs.readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${start} ${fs.readlinkSync(`/proc/${String(pid)}/exe`)}`;
  } catch {
    // Gone meanwhile, or not to be seen; then its pid alone must do.
    return '';
  }
};
