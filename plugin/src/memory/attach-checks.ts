/**
 * The kernel's rules for opening `/proc/PID/mem`, one check each: ptrace(2), "Ptrace access mode checking", and the ordinary permissions of that file.
 * What they come to is a forecast; what happens when the memory is opened decides.
 */
import type { AttachCheck, Verdict } from '#trace/contract/api.ts';
import type { AttachSituation } from './attach-situation.ts';
import type { ProcessIds } from './process-status.ts';

/** Bits of linux/capability.h. */
const CAP_DAC_OVERRIDE = 1n << 1n;
const CAP_DAC_READ_SEARCH = 1n << 2n;
export const CAP_SYS_PTRACE = 1n << 19n;

type Finding = readonly [Verdict, string];

const UNKNOWN_STATUS: Finding = ['unknown', 'what /proc says of the two processes cannot be read'];

const holdsCapability = ({ own }: AttachSituation): boolean =>
  own !== undefined && (own.capabilities & CAP_SYS_PTRACE) !== 0n;

/** A capability counts in the user namespace in which it is held, and in those below. */
const capabilityCounts = (situation: AttachSituation): boolean =>
  holdsCapability(situation) && (situation.isSameUserNamespace !== false || situation.isInitialUserNamespace);

const areAll = (id: number, { real, effective, saved }: ProcessIds): boolean =>
  real === id && effective === id && saved === id;

const formatIds = ({ real, effective, saved }: ProcessIds): string =>
  `${real}, ${effective} and ${saved} (real, effective, saved)`;

const checkUser = (situation: AttachSituation): Finding => {
  const { own, target } = situation;
  if (own === undefined || target === undefined) return UNKNOWN_STATUS;
  const isSameUser = areAll(own.user.effective, target.user);
  if (isSameUser && areAll(own.group.effective, target.group)) return ['ok', `the same, uid ${own.user.effective}`];
  if (capabilityCounts(situation))
    return ['ok', `uid ${target.user.effective}, which CAP_SYS_PTRACE lets uid ${own.user.effective} read`];
  if (own.user.effective !== target.user.effective)
    return [
      'blocks',
      `it belongs to uid ${target.user.effective}, the profiler runs as uid ${own.user.effective} without CAP_SYS_PTRACE`,
    ];
  return isSameUser
    ? ['blocks', `its gids are ${formatIds(target.group)}, the profiler runs with gid ${own.group.effective}`]
    : ['blocks', `its uids are ${formatIds(target.user)}, the profiler runs as uid ${own.user.effective}`];
};

const checkUserNamespace = (situation: AttachSituation): Finding => {
  switch (situation.isSameUserNamespace) {
    case undefined:
      return ['unknown', 'the map of user ids cannot be read'];
    case true:
      return ['ok', 'the same'];
    case false:
      return capabilityCounts(situation)
        ? ['ok', 'another, inside the one in which the profiler holds CAP_SYS_PTRACE']
        : ['blocks', 'it is in another user namespace, in which no capability of the profiler counts'];
  }
};

/** For root the mark cannot be told: then the owner is the same with and without. */
const checkDumpable = (situation: AttachSituation): Finding => {
  const { memoryOwner, target } = situation;
  if (capabilityCounts(situation)) return ['ok', 'whatever it is: CAP_SYS_PTRACE passes'];
  if (memoryOwner === undefined || target === undefined) return ['unknown', 'the owner of its memory is not shown'];
  if (memoryOwner !== target.user.effective)
    return [
      'blocks',
      'it is marked as not dumpable: it changed its user after its start, or hides its memory, or its program may not be read',
    ];
  return memoryOwner === 0 ? ['unknown', 'cannot be told of a process of root'] : ['ok', 'set'];
};

const checkPtraceScope = (situation: AttachSituation): Finding => {
  const { ptraceScope } = situation;
  const fact = `kernel.yama.ptrace_scope is ${ptraceScope}`;
  if (ptraceScope === undefined) return ['ok', 'not in this kernel'];
  if (ptraceScope === 3) return ['blocks', `${fact}, which forbids it to everybody`];
  if (ptraceScope === 0) return ['ok', fact];
  if (capabilityCounts(situation)) return ['ok', `${fact}, which CAP_SYS_PTRACE passes`];
  return ptraceScope === 2
    ? ['blocks', `${fact}, which demands CAP_SYS_PTRACE`]
    : ['blocks', `${fact}, which allows it for child processes only, unless with CAP_SYS_PTRACE`];
};

const checkCapability = (situation: AttachSituation): Finding => {
  const { own, target, memoryOwner } = situation;
  if (own === undefined || target === undefined) return UNKNOWN_STATUS;
  if (holdsCapability(situation)) {
    const opensAnyFile = (own.capabilities & (CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)) !== 0n;
    return memoryOwner === undefined || memoryOwner === own.user.effective || opensAnyFile
      ? ['ok', 'CAP_SYS_PTRACE is held']
      : ['blocks', `CAP_SYS_PTRACE is held, but a file of uid ${memoryOwner} takes CAP_DAC_READ_SEARCH as well`];
  }
  const surplus = target.permittedCapabilities & ~own.capabilities;
  return surplus === 0n
    ? ['ok', 'CAP_SYS_PTRACE is not held, and not needed']
    : [
        'blocks',
        `CAP_SYS_PTRACE is not held, and the process has capabilities that the profiler lacks (0x${surplus.toString(16)})`,
      ];
};

const checkPidNamespace = ({ target, isProcOurs }: AttachSituation): Finding => {
  if (!isProcOurs) return ['ok', '/proc shows another one than the profiler runs in; it goes by /proc'];
  const inner = target !== undefined && target.namespaceIds.length > 1 ? target.namespaceIds.at(-1) : undefined;
  return ['ok', inner === undefined ? 'the same' : `one below, where its pid is ${inner}`];
};

const checkSeccomp = ({ own }: AttachSituation): Finding => {
  if (own === undefined) return UNKNOWN_STATUS;
  return own.hasSeccompFilter ? ['unknown', 'the profiler runs under a filter'] : ['ok', 'the profiler has no filter'];
};

const checkSecurityModule = ({ ownLabel, targetLabel }: AttachSituation): Finding => {
  if (ownLabel === undefined && targetLabel === undefined) return ['ok', 'none that names processes'];
  if (ownLabel === targetLabel) return ['ok', `both are "${ownLabel}"`];
  return ['unknown', `the profiler is "${ownLabel ?? ''}", the process "${targetLabel ?? ''}"`];
};

/** In the order in which they are shown, and named by what is shown. */
const CHECKS = {
  user: checkUser,
  'user namespace': checkUserNamespace,
  'dumpable flag': checkDumpable,
  'Yama scope': checkPtraceScope,
  capability: checkCapability,
  'pid namespace': checkPidNamespace,
  seccomp: checkSeccomp,
  'security module': checkSecurityModule,
} as const;

export type AttachSubject = keyof typeof CHECKS;

/** What explains a refusal best, first: whoever is of another user lacks a capability as well, and the latter says less. */
const BY_WEIGHT: readonly AttachSubject[] = ['user namespace', 'user', 'dumpable flag', 'Yama scope', 'capability'];

/** Every check, for who is to be shown all of them. */
export const checkAttach = (situation: AttachSituation): AttachCheck[] => {
  const checks = Object.entries(CHECKS).map(([subject, check]): AttachCheck => {
    const [verdict, fact] = check(situation);
    return { subject, verdict, fact };
  });
  const wouldPass = situation.ptraceScope !== 3 && checks.some(({ verdict }) => verdict === 'blocks');
  return checks.map((check) =>
    check.subject === 'capability' && check.verdict === 'ok' && wouldPass && !holdsCapability(situation)
      ? { ...check, verdict: 'blocks', fact: 'CAP_SYS_PTRACE is not held, which would let it pass' }
      : check,
  );
};

/** The check that explains a refusal; undefined where all that can be seen from outside would allow it. */
export const findObstacle = (situation: AttachSituation): AttachCheck | undefined => {
  const blocking = checkAttach(situation).filter(({ verdict }) => verdict === 'blocks');
  if (situation.ptraceScope === 3) return blocking.find(({ subject }) => subject === 'Yama scope');
  return BY_WEIGHT.map((subject) => blocking.find((check) => check.subject === subject)).find(Boolean);
};
