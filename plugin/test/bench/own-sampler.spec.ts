import { expect, it, onTestFinished, vi } from 'vitest';
import { findPythons } from '../installed-pythons.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';
import { startOracle, type OracleTarget } from './oracle-target.ts';
import { ownSampler } from './own-sampler.ts';

const THREADS = 3;
const WAITING = { timeout: 10_000, interval: 1 };

const startThreads = async (): Promise<OracleTarget> => {
  const python = findPythons().find(({ isSupported }) => isSupported)?.executable ?? 'python3';
  const target = await startOracle({ python, depth: 20, threads: THREADS });
  onTestFinished(() => target.end());
  return target;
};

it('counts the possible stacks of every thread of the oracle', async () => {
  const { pid } = await startThreads();
  const folder = makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const request = { pid, frequencyHz: 100, seconds: 1, threads: THREADS, folder: folder.path };
  const running = ownSampler('bbprofiler', '', true).start(request);
  onTestFinished(() => running.end());
  await running.begun;
  const { ticks, kept, impossible } = await running.ended;
  expect(ticks).toBeGreaterThan(0);
  expect(kept).toBeGreaterThan(ticks);
  expect(kept).toBeLessThanOrEqual(THREADS * ticks);
  expect(impossible).toBeLessThan(kept / 2);
});

it('fails, and says so, where there is nothing to sample', async () => {
  const folder = makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const running = ownSampler('bbprofiler', '', true).start({
    pid: process.pid,
    frequencyHz: 100,
    seconds: 1,
    threads: 1,
    folder: folder.path,
  });
  const [begun, ended] = await Promise.allSettled([running.begun, running.ended]);
  expect([begun.status, ended.status]).toEqual(['rejected', 'rejected']);
});

it('is told by the oracle how far that got, with all threads', async () => {
  const target = await startThreads();
  const first = await target.readProgress();
  // On a busy machine it may be asked twice before it gets the CPU for one round.
  await vi.waitFor(async () => {
    const second = await target.readProgress();
    expect(second.rounds).toBeGreaterThan(first.rounds);
    expect(second.cpuSeconds).toBeGreaterThan(first.cpuSeconds);
    expect(second.wallSeconds).toBeGreaterThan(first.wallSeconds);
  }, WAITING);
});
