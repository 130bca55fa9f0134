import { readFileSync } from 'node:fs';

/** Of users or of groups. */
export interface ProcessIds {
  readonly real: number;
  readonly effective: number;
  readonly saved: number;
}

/** What `/proc/PID/status` says, as far as it matters for attaching. */
export interface ProcessStatus {
  readonly user: ProcessIds;
  readonly group: ProcessIds;
  /** Capability bits that are in force. */
  readonly capabilities: bigint;
  /** Those that the process may put in force. */
  readonly permittedCapabilities: bigint;
  /** Those that it, and whatever it starts, can have at most: even as root. */
  readonly boundingCapabilities: bigint;
  /** Thread ids of the entry, one per pid namespace from ours down to the process's own; empty on old kernels. */
  readonly namespaceIds: readonly number[];
  readonly hasSeccompFilter: boolean;
  /** A thread of the kernel is a process to `/proc`, but one without memory. */
  readonly isKernelThread: boolean;
}

/** A status file is about 1.5 KiB; more lines than these are not looked at. */
export const MAX_STATUS_BYTES = 64 * 1024;
/** `Seccomp:` is 0 without, 1 in strict mode and 2 with a filter. */
const NO_SECCOMP = '0';
const KTHREADD = '2';

const field = (text: string, name: string): readonly string[] => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  return line === undefined
    ? []
    : line
        .slice(name.length + 1)
        .trim()
        .split(/\s+/);
};

const parseIds = ([real, effective, saved]: readonly string[]): ProcessIds => ({
  real: Number(real ?? NaN),
  effective: Number(effective ?? NaN),
  saved: Number(saved ?? NaN),
});

const parseCapabilities = ([text = '']: readonly string[]): bigint =>
  /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : 0n;

/** Kernels before 6.8 have no such field; theirs are children of kthreadd, the process 2. A process that is ending has no memory either. */
const isKernelThread = (text: string): boolean => {
  const [mark] = field(text, 'Kthread');
  if (mark !== undefined) return mark === '1';
  return field(text, 'VmSize').length === 0 && [field(text, 'Pid')[0], field(text, 'PPid')[0]].includes(KTHREADD);
};

export const parseProcessStatus = (text: string): ProcessStatus => {
  const bounded = text.slice(0, MAX_STATUS_BYTES);
  return {
    user: parseIds(field(bounded, 'Uid')),
    group: parseIds(field(bounded, 'Gid')),
    capabilities: parseCapabilities(field(bounded, 'CapEff')),
    permittedCapabilities: parseCapabilities(field(bounded, 'CapPrm')),
    boundingCapabilities: parseCapabilities(field(bounded, 'CapBnd')),
    namespaceIds: field(bounded, 'NSpid').map(Number).filter(Number.isInteger),
    hasSeccompFilter: (field(bounded, 'Seccomp')[0] ?? NO_SECCOMP) !== NO_SECCOMP,
    isKernelThread: isKernelThread(bounded),
  };
};

/** @param entry what follows `/proc/`, as in `4711`, `self` or `4711/task/4712`. Undefined if there is no such entry. */
export const readProcessStatus = (entry: string): ProcessStatus | undefined => {
  try {
    return parseProcessStatus(readFileSync(`/proc/${entry}/status`, 'utf8'));
  } catch {
    // Ended, or hidden from us: both mean that nothing is known.
    return undefined;
  }
};
