import { readdirSync } from 'node:fs';
import { isProcOfOwnNamespace } from './attach-situation.ts';
import { readProcessStatus } from './process-status.ts';

/** As many as a human wants to be shown: in every container there is a process 1. */
export const MAX_NAMESAKES = 8;

/** Processes that have this pid in a pid namespace below ours: what a pid seen inside a container is here. */
export const findByInnerPid = (
  innerPid: number,
  names: readonly string[] = readdirSync('/proc'),
  readStatus: typeof readProcessStatus = readProcessStatus,
): number[] => {
  const found: number[] = [];
  for (const name of names) {
    if (found.length === MAX_NAMESAKES) break;
    const ids = /^\d+$/.test(name) ? readStatus(name)?.namespaceIds : undefined;
    if (ids !== undefined && ids.length > 1 && ids.at(-1) === innerPid) found.push(Number(name));
  }
  return found;
};

/** Whether the process runs although `/proc`, mounted with `hidepid`, does not show it to this user. Signal 0 asks and sends nothing. */
export const isHiddenProcess = (pid: number): boolean => {
  if (!isProcOfOwnNamespace() || readProcessStatus(String(pid)) !== undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
