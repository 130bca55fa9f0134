import { describe, expect, test } from 'vitest';
import { CAPABILITY, situationOf, statusOf } from '../../test/attach-situations.ts';
import type { AttachSituation } from '../memory/attach-situation.ts';
import { remediesFor } from './remedies.ts';

const { sysPtrace } = CAPABILITY;
/** Root of a container that was started without the capability. */
const CONTAINER_ROOT = statusOf(0, 1n, { boundingCapabilities: 1n });
const AS_ROOT = 'As root: sudo ';
const BY_SYSCTL = 'sudo sysctl kernel.yama.ptrace_scope=0';

const remediesWhere = (changes: Partial<AttachSituation>): string => remediesFor(situationOf(changes)).join('\n');

describe('what is said to clear the way', () => {
  test.each<[string, Partial<AttachSituation>, readonly string[], readonly string[]]>([
    ['to be root, for a process of root', { target: statusOf(0) }, [AS_ROOT], ['As the user', BY_SYSCTL]],
    ['to be root, for one that is not dumpable', { memoryOwner: 0 }, [AS_ROOT], ['As the user', BY_SYSCTL]],
    ['to be root, or the setting, for Yama', { ptraceScope: 1 }, [AS_ROOT, BY_SYSCTL], ['As the user']],
    ['only to be root, for Yama and another user', { ptraceScope: 1, target: statusOf(33) }, [AS_ROOT], [BY_SYSCTL]],
    [
      'only the setting, for who has no root',
      { own: statusOf(1000, 0n, { boundingCapabilities: 0n }), ptraceScope: 1 },
      [BY_SYSCTL],
      [AS_ROOT],
    ],
    ['another boot, where Yama forbids it to all', { ptraceScope: 3 }, ['boot anew'], [AS_ROOT, BY_SYSCTL]],
    [
      'the option of the container',
      { own: CONTAINER_ROOT, target: statusOf(33), memoryOwner: 0 },
      ['--cap-add SYS_PTRACE'],
      [AS_ROOT],
    ],
    [
      'another place, for who is in a container and looks out',
      { own: statusOf(0, sysPtrace), isSameUserNamespace: false, isInitialUserNamespace: false },
      ['on the machine itself'],
      [AS_ROOT, '--cap-add'],
    ],
    [
      "the kernel's log, where nothing is found",
      { own: statusOf(0, sysPtrace), target: statusOf(0) },
      ['journalctl -k'],
      [AS_ROOT],
    ],
  ])('is %s', (_what, changes, said, unsaid) => {
    const text = remediesWhere(changes);
    expect(said.filter((words) => !text.includes(words))).toEqual([]);
    expect(unsaid.filter((words) => text.includes(words))).toEqual([]);
  });

  test('is a whole command', () => {
    expect(remediesWhere({ target: statusOf(0) })).toMatch(
      /: sudo '?\/.*node'? '?\/.*bbprofiler\.mjs'? doctor --pid 7$/,
    );
  });
});
