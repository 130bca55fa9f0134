import { describe, expect, it } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { ProcessCounters } from './process-counters.ts';

describe('ProcessCounters', () => {
  it('reads what the process and the machine use, and what the sampler itself does', () => {
    const counters = new ProcessCounters(process.pid);
    const row = counters.read(microseconds(5), [process.pid]);
    counters.close();
    const { rss } = process.memoryUsage();
    expect(row.at).toBe(5);
    expect(row.targetResident! / rss).toBeGreaterThan(0.5);
    expect(row.targetResident! / rss).toBeLessThan(2);
    expect(row.targetThreads).toBeGreaterThan(1);
    expect(row.targetUserCpu! + row.targetSystemCpu!).toBeGreaterThan(0);
    expect(row.targetVoluntarySwitches! + row.targetInvoluntarySwitches!).toBeGreaterThan(0);
    expect(row.machineBusyCpu).toBeLessThanOrEqual(row.machineTotalCpu!);
    expect(row.machineMemoryUsed).toBeLessThan(row.machineMemoryTotal!);
    expect(row.samplerCpu).toBeGreaterThan(0);
  });

  it('reads what takes a file for each thread every two seconds', () => {
    const counters = new ProcessCounters(process.pid);
    const rows = [0, 1, 1.9, 2, 3].map((second) => counters.read(microseconds(second * 1e6), [process.pid]));
    counters.close();
    expect(rows.map((row) => row.targetVoluntarySwitches !== undefined)).toEqual([true, false, false, true, false]);
    expect(rows.every((row) => row.targetResident! > 0)).toBe(true);
  });

  it('counts totals that only grow', () => {
    const counters = new ProcessCounters(process.pid);
    const before = counters.read(microseconds(0), [process.pid]);
    const after = counters.read(microseconds(1), [process.pid]);
    counters.close();
    expect(after.machineTotalCpu).toBeGreaterThanOrEqual(before.machineTotalCpu!);
    expect(after.samplerCpu).toBeGreaterThan(before.samplerCpu!);
  });

  it('leaves out what it cannot read of a process that does not exist', () => {
    const counters = new ProcessCounters(2 ** 22 + 1);
    const row = counters.read(microseconds(0), []);
    counters.close();
    expect(row.targetUserCpu).toBeUndefined();
    expect(row.targetResident).toBeUndefined();
    expect(row.machineTotalCpu).toBeGreaterThan(0);
  });
});
