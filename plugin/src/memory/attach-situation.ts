import { readFileSync, readlinkSync, statSync } from 'node:fs';
import type { ProcessStatus } from './process-status.ts';
import { readProcessStatus } from './process-status.ts';

/** `kernel.yama.ptrace_scope`: 0 own processes, 1 only descendants, 2 only with CAP_SYS_PTRACE, 3 nobody. */
export type PtraceScope = 0 | 1 | 2 | 3;

/** All that the kernel goes by when it lets one process read another, as far as it can be seen from outside. */
export interface AttachSituation {
  readonly pid: number;
  readonly own: ProcessStatus | undefined;
  readonly target: ProcessStatus | undefined;
  /** Undefined where the kernel has no Yama. */
  readonly ptraceScope: PtraceScope | undefined;
  /** Who owns the target's `/proc/PID/mem`: its user, or root where the process is marked as not dumpable. */
  readonly memoryOwner: number | undefined;
  /** Undefined where it cannot be told. */
  readonly isSameUserNamespace: boolean | undefined;
  /** The namespace of the machine itself, whose capabilities count in all others. */
  readonly isInitialUserNamespace: boolean;
  /** Whether the pids that `/proc` shows are those that system calls of ours go by. */
  readonly isProcOurs: boolean;
  /** What AppArmor, SELinux or another module calls the two; undefined where there is none. */
  readonly ownLabel: string | undefined;
  readonly targetLabel: string | undefined;
}

/** A label is a path or some words; what is longer is cut. */
export const MAX_LABEL_CHARACTERS = 200;
/** Every id stands for itself. */
const INITIAL_ID_MAP = /^\s*0\s+0\s+4294967295\s*$/;

const valueOrUndefined = <Value>(read: () => Value): Value | undefined => {
  try {
    return read();
  } catch {
    // Not in this kernel, gone, or hidden from us: not known.
    return undefined;
  }
};

const readPtraceScope = (): PtraceScope | undefined => {
  const scope = valueOrUndefined(() => Number(readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim()));
  return scope === 0 || scope === 1 || scope === 2 || scope === 3 ? scope : undefined;
};

/** Text of the kernel that may quote a path: without what would move a terminal's cursor. Undefined where it says nothing. */
export const parseLabel = (text: string): string | undefined => {
  const label = text
    .slice(0, MAX_LABEL_CHARACTERS)
    .replace(/\p{C}+/gu, ' ')
    .trim();
  return label === '' ? undefined : label;
};

const readLabel = (entry: string): string | undefined =>
  valueOrUndefined(() => parseLabel(readFileSync(`/proc/${entry}/attr/current`, 'utf8')));

const readIdMap = (entry: string): string | undefined =>
  valueOrUndefined(() => readFileSync(`/proc/${entry}/uid_map`, 'utf8'));

/** The link says it for sure, but only to who may read the process anyway; the map of ids, open to all, differs in all but contrived cases. */
const compareUserNamespaces = (pid: number): boolean | undefined => {
  const own = valueOrUndefined(() => readlinkSync('/proc/self/ns/user'));
  const target = valueOrUndefined(() => readlinkSync(`/proc/${pid}/ns/user`));
  if (own !== undefined && target !== undefined) return own === target;
  const map = readIdMap(String(pid));
  return map === undefined ? undefined : map === readIdMap('self');
};

/**
 * False where `/proc` was mounted for another pid namespace: there, a number that is a process in `/proc` is another process, or none, to
 * system calls.
 */
export const isProcOfOwnNamespace = (): boolean =>
  valueOrUndefined(() => readlinkSync('/proc/self')) === String(process.pid);

export const readAttachSituation = (pid: number): AttachSituation => ({
  pid,
  own: readProcessStatus('self'),
  target: readProcessStatus(String(pid)),
  ptraceScope: readPtraceScope(),
  memoryOwner: valueOrUndefined(() => statSync(`/proc/${pid}/mem`).uid),
  isSameUserNamespace: compareUserNamespaces(pid),
  isInitialUserNamespace: INITIAL_ID_MAP.test(readIdMap('self') ?? ''),
  isProcOurs: isProcOfOwnNamespace(),
  ownLabel: readLabel('self'),
  targetLabel: readLabel(String(pid)),
});
