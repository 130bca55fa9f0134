import { describe, expect, it } from 'vitest';
import { CAPABILITY, situationOf, statusOf } from '../../test/attach-situations.ts';
import type { Verdict } from '#trace/contract/api.ts';
import type { AttachSubject } from './attach-checks.ts';
import { checkAttach, findObstacle } from './attach-checks.ts';
import type { AttachSituation } from './attach-situation.ts';
import { MAX_LABEL_CHARACTERS, parseLabel, readAttachSituation } from './attach-situation.ts';
import { MAX_NAMESAKES, findByInnerPid } from './inner-pid.ts';

const { sysPtrace, dacReadSearch, netBindService } = CAPABILITY;
const ALMIGHTY = statusOf(0, sysPtrace | dacReadSearch);
const CONTAINER = { isSameUserNamespace: false, isInitialUserNamespace: false };

const verdictOn = (subject: AttachSubject, situation: AttachSituation): Verdict | undefined =>
  checkAttach(situation).find((check) => check.subject === subject)?.verdict;

describe('the checks before attaching', () => {
  it('find nothing for a process of the same user', () => {
    expect(checkAttach(situationOf()).filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(findObstacle(situationOf())).toBeUndefined();
  });

  it.each<[AttachSubject, string, Partial<AttachSituation>, Verdict]>([
    ['user', 'another', { target: statusOf(33) }, 'blocks'],
    ['user', 'another, for who holds the capability', { own: ALMIGHTY, target: statusOf(33) }, 'ok'],
    [
      'user',
      'the same, as a saved id is not',
      { target: statusOf(1000, 0n, { user: { real: 1000, effective: 1000, saved: 0 } }) },
      'blocks',
    ],
    ['user', 'of another group', { target: statusOf(1000, 0n, { group: statusOf(33).group }) }, 'blocks'],
    ['user', 'not shown', { target: undefined, memoryOwner: 1000 }, 'unknown'],
    ['user namespace', 'another', { isSameUserNamespace: false }, 'blocks'],
    ['user namespace', 'one below, for root', { own: ALMIGHTY, isSameUserNamespace: false }, 'ok'],
    ['user namespace', 'one above, for the root of a container', { own: ALMIGHTY, ...CONTAINER }, 'blocks'],
    ['user namespace', 'not shown', { isSameUserNamespace: undefined }, 'unknown'],
    ['dumpable flag', 'not set', { memoryOwner: 0 }, 'blocks'],
    ['dumpable flag', 'not set, for who holds the capability', { own: ALMIGHTY, memoryOwner: 0 }, 'ok'],
    ['dumpable flag', 'of a process of root', { own: statusOf(0), target: statusOf(0) }, 'unknown'],
    ['dumpable flag', 'not shown', { memoryOwner: undefined }, 'unknown'],
    ['Yama scope', '1', { ptraceScope: 1 }, 'blocks'],
    ['Yama scope', '2', { ptraceScope: 2 }, 'blocks'],
    ['Yama scope', '2, for who holds the capability', { own: ALMIGHTY, ptraceScope: 2 }, 'ok'],
    ['Yama scope', '3, for who holds the capability', { own: ALMIGHTY, ptraceScope: 3 }, 'blocks'],
    ['Yama scope', 'not in the kernel', { ptraceScope: undefined }, 'ok'],
    ['capability', 'not held where it would help', { ptraceScope: 1 }, 'blocks'],
    ['capability', 'not held where nothing helps', { ptraceScope: 3 }, 'ok'],
    ['capability', 'not held, with a process that has others', { target: statusOf(1000, netBindService) }, 'blocks'],
    [
      'capability',
      'alone, with a file of another user',
      { own: statusOf(1000, sysPtrace), target: statusOf(33) },
      'blocks',
    ],
    ['capability', 'alone, with a file of the same user', { own: statusOf(1000, sysPtrace) }, 'ok'],
    ['seccomp', 'a filter', { own: statusOf(1000, 0n, { hasSeccompFilter: true }) }, 'unknown'],
    ['security module', 'the same profile', { ownLabel: 'docker-default', targetLabel: 'docker-default' }, 'ok'],
    ['security module', 'another profile', { ownLabel: 'docker-default', targetLabel: 'unconfined' }, 'unknown'],
  ])('know of the %s: %s', (subject, _what, changes, verdict) => {
    // What is left out on purpose is not to be filled in.
    expect(verdictOn(subject, { ...situationOf(changes), ...changes })).toBe(verdict);
  });

  it.each<[AttachSubject, Partial<AttachSituation>]>([
    ['Yama scope', { ptraceScope: 3, target: statusOf(33) }],
    ['user namespace', { isSameUserNamespace: false, target: statusOf(33), ptraceScope: 1 }],
    ['user', { target: statusOf(33, netBindService), ptraceScope: 1, memoryOwner: 0 }],
    ['dumpable flag', { memoryOwner: 0, ptraceScope: 1 }],
    ['Yama scope', { ptraceScope: 1, target: statusOf(1000, netBindService) }],
    ['capability', { target: statusOf(1000, netBindService) }],
  ])('name %s first of several', (subject, changes) => {
    expect(findObstacle(situationOf(changes))?.subject).toBe(subject);
  });

  it('say which pid a process has in its container, and whose pids /proc shows', () => {
    const inContainer = situationOf({ target: statusOf(1000, 0n, { namespaceIds: [4711, 12] }) });
    const factOf = (situation: AttachSituation): string | undefined =>
      checkAttach(situation).find(({ subject }) => subject === 'pid namespace')?.fact;
    expect(factOf(inContainer)).toContain('its pid is 12');
    expect(factOf(situationOf({ isProcOurs: false }))).toContain('it goes by /proc');
  });

  it('are made of what the kernel says', () => {
    const situation = readAttachSituation(process.pid);
    expect(situation).toMatchObject({
      pid: process.pid,
      own: { user: { effective: process.geteuid?.() } },
      isSameUserNamespace: true,
      isProcOurs: true,
    });
    expect(situation.target).toEqual(situation.own);
  });
});

describe('the label of a security module', () => {
  it('is text of one line and of limited length, or nothing', () => {
    expect(parseLabel('docker-default (enforce)\n\0')).toBe('docker-default (enforce)');
    expect(parseLabel('\n')).toBeUndefined();
    expect(parseLabel(`a\u001b[2J${'x'.repeat(MAX_LABEL_CHARACTERS)}`)).toHaveLength(MAX_LABEL_CHARACTERS);
  });
});

describe('the processes that a container calls by a number', () => {
  const insideAs = (pid: number) => (name: string) => statusOf(0, 0n, { namespaceIds: [Number(name), pid] });

  it('are those in namespaces below', () => {
    expect(findByInnerPid(12, ['41', 'self', '42'], insideAs(12))).toEqual([41, 42]);
    expect(findByInnerPid(13, ['41'], insideAs(12))).toEqual([]);
    expect(findByInnerPid(41, ['41'], () => statusOf(0, 0n, { namespaceIds: [41] }))).toEqual([]);
  });

  it('are not more than a human wants to be shown', () => {
    const many = Array.from({ length: MAX_NAMESAKES + 1 }, (_, index) => String(index + 100));
    expect(findByInnerPid(1, many, insideAs(1))).toHaveLength(MAX_NAMESAKES);
  });
});
