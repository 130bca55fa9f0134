import { existsSync } from 'node:fs';
import { ProfilerError } from '#trace/contract/errors.ts';
import { CAP_SYS_PTRACE, findObstacle } from './attach-checks.ts';
import type { AttachSituation } from './attach-situation.ts';
import { readAttachSituation } from './attach-situation.ts';

/** What stands in the way, in one sentence: facts, no advice. */
export const explainRefusal = (situation: AttachSituation): string => {
  const refused = `The kernel refuses to show the memory of process ${situation.pid}`;
  const obstacle = findObstacle(situation);
  if (obstacle !== undefined) return `${refused}: ${obstacle.fact}.`;
  const hasCapability = situation.own !== undefined && (situation.own.capabilities & CAP_SYS_PTRACE) !== 0n;
  return hasCapability
    ? `${refused} although the profiler has CAP_SYS_PTRACE: a security module, or another user namespace, forbids it.`
    : `${refused}: it is marked as not dumpable, or a security module forbids it; the profiler lacks CAP_SYS_PTRACE.`;
};

/** The typed error for a file of `/proc/PID` that could not be opened. */
export const attachError = (pid: number, cause: unknown): ProfilerError => {
  const code = (cause as NodeJS.ErrnoException).code;
  const situation = readAttachSituation(pid);
  if (situation.target?.isKernelThread === true)
    return new ProfilerError(
      'not-python',
      `Process ${pid} is a thread of the kernel, which has no memory of its own.`,
      { pid },
      { cause },
    );
  if (code === 'ENOENT' || code === 'ESRCH' || !existsSync(`/proc/${pid}`))
    return new ProfilerError('no-such-process', `There is no process ${pid}.`, { pid }, { cause });
  return new ProfilerError('no-permission', explainRefusal(situation), { pid }, { cause });
};
