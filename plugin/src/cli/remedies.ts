import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findObstacle } from '../memory/attach-checks.ts';
import type { AttachSituation } from '../memory/attach-situation.ts';
import type { ProcessStatus } from '../memory/process-status.ts';
import { quoteForShell } from './shell-words.ts';

const BIN = fileURLToPath(new URL('../../bin/bbprofiler.mjs', import.meta.url));
const PROGRAM = [process.execPath, BIN];
const OTHERS_MAY_ENTER = 0o001;

/** Ways to be let in by the kernel, each a sentence with the command or setting. A way is named only if by the kernel's own rules it leads there. */
export const remediesFor = (situation: AttachSituation): string[] => {
  const command = commandFor(situation.pid);
  const { target, ptraceScope } = situation;
  const remedies: string[] = [];
  if (target !== undefined && opens(asUserOf(situation, target)) && PROGRAM.every(isOpenToAll))
    remedies.push(`As the user of the process: sudo -u '#${String(target.user.effective)}' ${command}`);
  const byRoot = asRoot(situation);
  if (byRoot !== undefined && opens(byRoot)) remedies.push(runAsRoot(situation.pid));
  if (ptraceScope !== undefined && ptraceScope > 0 && ptraceScope < 3 && opens({ ...situation, ptraceScope: 0 }))
    remedies.push('For all processes of a user, until the next boot: sudo sysctl kernel.yama.ptrace_scope=0');
  if (findObstacle(situation) === undefined)
    remedies.push('See what refuses it: sudo journalctl -k | grep -iE "apparmor|avc|denied"');
  return remedies.length > 0 ? remedies : withoutShortcut(situation);
};

/** Where no command opens the process, something has to be set up differently. */
const withoutShortcut = ({ ptraceScope, isSameUserNamespace }: AttachSituation): string[] => {
  if (ptraceScope === 3)
    return ['Set kernel.yama.ptrace_scope to 1 where /etc/sysctl.conf or /etc/sysctl.d/ sets it to 3, and boot anew.'];
  if (isSameUserNamespace === false)
    return ['Run the profiler on the machine itself, as root and outside of any container.'];
  return [
    'Start the container of the profiler with --cap-add SYS_PTRACE (in Kubernetes: securityContext.capabilities.add), ' +
      'or run the profiler on the machine itself, as root.',
  ];
};

export const runAsRoot = (pid: number): string => `As root: sudo ${commandFor(pid)}`;

/** As it can be typed: `sudo` finds neither an npx nor a Node that only this user has. */
const commandFor = (pid: number): string => [...PROGRAM, 'doctor', '--pid', String(pid)].map(quoteForShell).join(' ');

const opens = (situation: AttachSituation | undefined): boolean =>
  situation !== undefined && findObstacle(situation) === undefined;

const asUserOf = (situation: AttachSituation, target: ProcessStatus): AttachSituation | undefined => {
  const { own } = situation;
  // Nobody becomes another user of another namespace; and for root there is a shorter command.
  if (own === undefined || situation.isSameUserNamespace === false || target.user.effective === 0) return undefined;
  if (own.user.effective === target.user.effective) return undefined;
  return { ...situation, own: { ...own, user: allOf(target.user.effective), group: target.group, capabilities: 0n } };
};

const asRoot = (situation: AttachSituation): AttachSituation | undefined => {
  const { own } = situation;
  if (own === undefined || own.user.effective === 0) return undefined;
  return {
    ...situation,
    own: { ...own, user: allOf(0), group: allOf(0), capabilities: own.boundingCapabilities },
  };
};

const allOf = (id: number): ProcessStatus['user'] => ({ real: id, effective: id, saved: id });

/** Whether other users can get at a file: a clone in somebody's home is often closed to them. */
const isOpenToAll = (file: string): boolean => {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if ((statSync(folder).mode & OTHERS_MAY_ENTER) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
};
