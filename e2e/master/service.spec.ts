import { stat } from 'node:fs/promises';
import path from 'node:path';
import { samplersMarked } from '../processes/child-process.ts';
import type { BuildbotMaster } from '../processes/buildbot-master.ts';
import { expect, MASTER_MARK, test } from './plugin-test.ts';
import {
  lastMoment,
  listServiceFiles,
  listServiceRecordings,
  loadServiceFiles,
  type ServiceFile,
} from './service-files.ts';

const KILLS = 3;
/** Moments of a kill are spread over this, so that they fall into every part of a recording. */
const KILL_SPREAD_MS = 4_000;
/** What a kill may have lost. */
const MAX_LOST_MS = 1_000;

const service = (settings: string): string => `c["services"] = [util.ProfilerService(${settings})]`;

/** Waits for nothing: a kill is to come at any moment of a recording, and not always right after what was waited for. */
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const countOf = (text: string, part: string): number => text.split(part).length - 1;

const wholeFiles = (master: BuildbotMaster, count: number): Promise<void> =>
  expect.poll(async () => (await listServiceFiles(master.basedir, '.bbprof.gz')).length).toBeGreaterThanOrEqual(count);

const samplers = (testId: string): number[] => samplersMarked(MASTER_MARK, testId);

const whereTicksAreLost = (files: readonly ServiceFile[]): string[] =>
  files.slice(0, -1).flatMap(({ name, header, end }, index) => {
    const next = files[index + 1];
    const gap = (next?.header.clock.monotonic ?? 0) - header.clock.monotonic - (end?.at ?? 0);
    return gap === 0 ? [] : [`${name}: ${String(gap)} µs to the next`];
  });

test('a bad mode and a bad number are told by checkconfig', async ({ startMaster }) => {
  const master = await startMaster('');
  await master.configure(service('mode="fast", frequency=0'));
  const said = await master.checkConfiguration();
  expect(said).toContain("mode has to be one of virtual, real, prof, not 'fast'");
  expect(said).toContain('frequency has to be a number from 1 to 10000, not 0');
});

test('files follow one on the other with no tick lost, hold the builds, and are whole when the master stops', async ({
  startMaster,
}) => {
  const master = await startMaster(service('gatherperiod=5, mode="real"'));
  await wholeFiles(master, 3);

  await test.step('SIGHUP applies another frequency and loses nothing', async () => {
    await master.configure(service('gatherperiod=5, mode="real", frequency=50'));
    process.kill(await master.pid(), 'SIGHUP');
    await expect.poll(async () => (await loadServiceFiles(master.basedir)).at(-1)?.header.frequencyHz).toBe(50);
    const before = (await listServiceFiles(master.basedir, '.bbprof.gz')).length;
    await wholeFiles(master, before + 2);
  });

  await master.endMaster('SIGTERM');
  const files = await loadServiceFiles(master.basedir);
  const fast = files.filter(({ header }) => header.frequencyHz === 100);
  const slow = files.filter(({ header }) => header.frequencyHz === 50);
  expect(whereTicksAreLost(fast)).toEqual([]);
  expect(whereTicksAreLost(slow)).toEqual([]);
  expect([fast, slow].map((part) => part.map(({ end }) => end?.reason))).toEqual([
    [...Array<string>(fast.length - 1).fill('period-over'), 'stopped'],
    [...Array<string>(slow.length - 1).fill('period-over'), 'stopped'],
  ]);
  expect(await listServiceFiles(master.basedir, '.bbprof')).toEqual([]);
  for (const { name } of files) expect((await stat(path.join(master.basedir, `${name}.gz`))).mode & 0o777).toBe(0o600);

  const events = files.flatMap(({ chunks }) => chunks.flatMap((chunk) => chunk.events));
  const builds = events.filter((event) => event.kind === 'build' && event.builder === 'busy-builder');
  expect(builds.some((event) => event.end !== undefined)).toBe(true);
  const finished = events.filter((event) => event.kind === 'step' && event.result !== undefined);
  expect(new Set(finished.map((event) => (event.kind === 'step' ? event.name : '')))).toEqual(
    new Set(['worker_preparation', 'configure', 'compile', 'test']),
  );
});

test('a master that is killed leaves files that open, up to a second before, and no sampler', async ({ startMaster }, {
  testId,
}) => {
  const master = await startMaster(service('gatherperiod=5, mode="real"'));
  for (let kill = 0; kill < KILLS; kill++) {
    await wholeFiles(master, kill + 1);
    await pause(Math.random() * KILL_SPREAD_MS);
    const killedAt = Date.now();
    await master.endMaster('SIGKILL');
    await expect.poll(() => samplers(testId)).toEqual([]);
    const files = await loadServiceFiles(master.basedir);
    expect(killedAt - lastMoment(files.at(-1)!)).toBeLessThan(MAX_LOST_MS);
    expect(files.at(-1)?.end?.reason).toBe('target-exited');
    await master.startMaster();
    // What the killed one left is whole by now and counts as such: the next kill has to meet a recording of this life.
    await expect.poll(async () => (await listServiceRecordings(master.basedir)).at(-1)).not.toBe(files.at(-1)?.name);
  }
});

test('a sampler that is killed leaves files that open, is started again, and completes what was left', async ({
  startMaster,
}, { testId }) => {
  const master = await startMaster(service('gatherperiod=5, mode="real"'));
  for (let kill = 0; kill < KILLS; kill++) {
    await wholeFiles(master, 2 * kill + 1);
    await pause(Math.random() * KILL_SPREAD_MS);
    const killedAt = Date.now();
    const [sampler = 0, ...others] = samplers(testId);
    expect([sampler > 0, others]).toEqual([true, []]);
    process.kill(sampler, 'SIGKILL');
    const left = await loadServiceFiles(master.basedir);
    expect(killedAt - lastMoment(left.at(-1)!)).toBeLessThan(MAX_LOST_MS);
    await expect.poll(async () => countOf(await master.readLog(), 'profiler: the sampler listens')).toBe(kill + 2);
    await expect.poll(() => listServiceFiles(master.basedir, '.bbprof')).not.toContain(left.at(-1)?.name);
  }
  const files = await loadServiceFiles(master.basedir);
  expect(files.filter(({ end }) => end === undefined).length).toBeGreaterThanOrEqual(KILLS);
});
