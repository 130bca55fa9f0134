import type { AttachSituation } from '../src/memory/attach-situation.ts';
import type { ProcessStatus } from '../src/memory/process-status.ts';

export const CAPABILITY = { dacReadSearch: 1n << 2n, netBindService: 1n << 10n, sysPtrace: 1n << 19n } as const;
const ALL_CAPABILITIES = (1n << 41n) - 1n;

/** A process of one user, who is in the group of the same number, on a machine that holds nothing back from root. */
export const statusOf = (uid: number, capabilities = 0n, changes: Partial<ProcessStatus> = {}): ProcessStatus => ({
  user: { real: uid, effective: uid, saved: uid },
  group: { real: uid, effective: uid, saved: uid },
  capabilities,
  permittedCapabilities: capabilities,
  boundingCapabilities: ALL_CAPABILITIES,
  namespaceIds: [7],
  hasSeccompFilter: false,
  isKernelThread: false,
  ...changes,
});

/** Uid 1000 looks at process 7, which is its own: nothing stands in the way but what a test changes. */
export const situationOf = (changes: Partial<AttachSituation> = {}): AttachSituation => {
  const target = changes.target ?? statusOf(1000);
  return {
    pid: 7,
    own: statusOf(1000),
    target,
    ptraceScope: 0,
    memoryOwner: target.user.effective,
    isSameUserNamespace: true,
    isInitialUserNamespace: true,
    isProcOurs: true,
    ownLabel: undefined,
    targetLabel: undefined,
    ...changes,
  };
};
