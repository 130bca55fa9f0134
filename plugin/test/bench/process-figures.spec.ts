import { describe, expect, it } from 'vitest';
import { parseMemory, readMemory, watchCpu } from './process-figures.ts';

const STATUS = 'Name:\tnode\nVmHWM:\t   70000 kB\nVmRSS:\t   65536 kB\nRssAnon:\t   20480 kB\nThreads:\t11\n';

describe('the memory of a process', () => {
  it('is in bytes what its status says in kibibytes', () => {
    expect(parseMemory(STATUS, 'VmRSS')).toBe(64 * 1024 * 1024);
    expect(parseMemory(STATUS, 'RssAnon')).toBe(20 * 1024 * 1024);
  });

  it('is not made up for one that has ended: its status has no memory', () => {
    expect(() => parseMemory('Name:\tnode\nState:\tZ (zombie)\n', 'VmRSS')).toThrow('has ended');
  });

  it('is read of a live one', () => {
    const { resident, anonymous } = readMemory(process.pid);
    expect(anonymous).toBeGreaterThan(0);
    expect(resident).toBeGreaterThan(anonymous);
  });
});

describe('the CPU of a process', () => {
  it('grows with what it does', () => {
    const cpuPercent = watchCpu(process.pid);
    const before = process.cpuUsage();
    while (process.cpuUsage(before).user < 100_000);
    expect(cpuPercent()).toBeGreaterThan(0);
  });
});
