import { describe, expect, it } from 'vitest';
import { CAPABILITY, situationOf, statusOf } from '../../test/attach-situations.ts';
import { attachError, explainRefusal } from './attach-permission.ts';
import { MAX_STATUS_BYTES, parseProcessStatus } from './process-status.ts';

describe('what stands in the way of attaching', () => {
  it('is another user, named with both uids', () => {
    const text = explainRefusal(situationOf({ target: statusOf(33) }));
    expect(text).toContain('uid 33');
    expect(text).toContain('uid 1000');
  });

  it.each([
    [1 as const, 'child processes only'],
    [2 as const, 'demands CAP_SYS_PTRACE'],
    [3 as const, 'forbids it to everybody'],
  ])('is ptrace_scope %i', (ptraceScope, words) => {
    expect(explainRefusal(situationOf({ ptraceScope }))).toContain(words);
  });

  it('is not the user where this process has the capability', () => {
    const own = statusOf(1000, CAPABILITY.sysPtrace | CAPABILITY.dacReadSearch);
    const text = explainRefusal(situationOf({ own, target: statusOf(33), ptraceScope: 1 }));
    expect(text).toContain('security module');
    expect(text).not.toContain('uid 33');
  });

  it('is the dumpable mark where user and scope allow it', () => {
    expect(explainRefusal(situationOf({ memoryOwner: 0 }))).toMatch(
      /: it is marked as not dumpable: it changed its user/,
    );
    expect(explainRefusal(situationOf({ memoryOwner: undefined }))).toContain('not dumpable, or a security module');
  });

  it('is said in the words of whoever was refused', () => {
    const refused = Object.assign(new Error('EACCES'), { code: 'EACCES' });
    expect(attachError(process.pid, refused)).toMatchObject({
      code: 'no-permission',
      message: expect.stringContaining(`process ${process.pid}`) as string,
      fields: { pid: process.pid },
      cause: refused,
    });
    const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    expect(attachError(2 ** 22 + 1, missing).code).toBe('no-such-process');
  });
});

describe('the status of a process', () => {
  it('gives users and groups, capabilities, the ids in each namespace and a filter', () => {
    const text = [
      'Name:\tpython3',
      'Uid:\t1000\t33\t34\t33',
      'Gid:\t1\t2\t3\t2',
      'NSpid:\t4711\t12',
      'CapPrm:\t0000000000080400',
      'CapEff:\t0000000000080000',
      'CapBnd:\t000001ffffffffff',
      'Seccomp:\t2\n',
    ].join('\n');
    expect(parseProcessStatus(text)).toEqual({
      user: { real: 1000, effective: 33, saved: 34 },
      group: { real: 1, effective: 2, saved: 3 },
      capabilities: 0x80000n,
      permittedCapabilities: 0x80400n,
      boundingCapabilities: 0x1ffffffffffn,
      namespaceIds: [4711, 12],
      hasSeccompFilter: true,
      isKernelThread: false,
    });
  });

  it.each([
    ['marked as one', 'Pid:\t41\nPPid:\t2\nKthread:\t1\n', true],
    ['marked as none, while it ends', 'Pid:\t41\nPPid:\t2\nKthread:\t0\n', false],
    ['a child of kthreadd without memory, in an older kernel', 'Pid:\t41\nPPid:\t2\n', true],
    ['kthreadd in an older kernel', 'Pid:\t2\nPPid:\t0\n', true],
    ['the process 2 of a container', 'Pid:\t2\nPPid:\t1\nVmSize:\t  14072 kB\n', false],
    ['a process that has ended', 'Pid:\t41\nPPid:\t40\n', false],
  ])('tells a thread of the kernel: %s', (_what, text, isKernelThread) => {
    expect(parseProcessStatus(text).isKernelThread).toBe(isKernelThread);
  });

  it('is not searched beyond the length of any', () => {
    const uid = 'Uid:\t1000\t33\t1000\t1000\n';
    const filler = (bytes: number): string => `Name:\t${'x'.repeat(bytes)}\n`;
    expect(parseProcessStatus(filler(MAX_STATUS_BYTES - 100) + uid).user.effective).toBe(33);
    expect(parseProcessStatus(filler(MAX_STATUS_BYTES) + uid).user.effective).toBe(NaN);
  });

  it('gives nothing it does not find', () => {
    const nobody = { real: NaN, effective: NaN, saved: NaN };
    expect(parseProcessStatus('')).toEqual({
      user: nobody,
      group: nobody,
      capabilities: 0n,
      permittedCapabilities: 0n,
      boundingCapabilities: 0n,
      namespaceIds: [],
      hasSeccompFilter: false,
      isKernelThread: false,
    });
  });
});
