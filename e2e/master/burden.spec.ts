import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { readTraceLines } from '#trace/contract/codec.ts';
import { findFreePort } from '../processes/buildbot-master.ts';
import { MainThreadFold } from './main-thread-shares.ts';
import { BASE_PLUGIN, MasterWeb, withWeb } from './master-web.ts';
import { expect, test } from './plugin-test.ts';

const RECORDED_SECONDS = 60;
const DOWNLOAD_BYTES = 50 * 1024 * 1024;
/** What the plugin may take of the main thread's time. */
const MAX_SHARE = 0.005;
/** Builds that run meanwhile need memory, too. */
const MAX_GROWTH_BYTES = 24 * 1024 * 1024;
const TABS = 2;

/** The plugin's own, and what works for it alone here: nobody else uses the web server, a web client or UNIX sockets. */
const isOfPlugin = (_name: string, file: string): boolean =>
  /\/buildbot_profiler\/|\/twisted\/web\/|\/twisted\/internet\/unix\.py|\/buildbot\/www\//.test(file);

/** Takes a download at an even pace over the time, as over a slow line: the pauses are the load. Resolves with its size. */
const takeSlowly = async (answer: Readable, seconds: number): Promise<number> => {
  const bytesPerSecond = DOWNLOAD_BYTES / seconds;
  const since = Date.now();
  let taken = 0;
  for await (const block of answer) {
    taken += (block as Buffer).length;
    const ahead = (taken / bytesPerSecond) * 1000 - (Date.now() - since);
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
  return taken;
};

test('two tabs that follow live and a slow download take next to nothing of the reactor, and no memory', async ({
  startMaster,
}, { annotations }) => {
  const port = await findFreePort();
  const master = await startMaster(withWeb(port), { PYTHONPATH: BASE_PLUGIN });
  const web = new MasterWeb(port);
  await expect.poll(() => web.statusOf('/api/v1/status').catch(() => 0)).toBe(200);
  const id = '20260102-030405-0123abcd';
  writeFileSync(path.join(master.basedir, '.bbprofiler/recordings', `${id}.bbprof.gz`), randomBytes(DOWNLOAD_BYTES));
  const resident = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(await master.pid())}/status`, 'utf8'))?.[1]) * 1024;

  const before = await resident();
  const started = await web.json<RecordingSummary>('/api/v1/recordings', {
    method: 'POST',
    body: { mode: 'real', periodSeconds: RECORDED_SECONDS },
  });
  const tabs = Array.from({ length: TABS }, () => web.live());
  const answer = await web.open(`/profiler/api/v1/recordings/${id}`);
  expect(await takeSlowly(answer, RECORDED_SECONDS - 5)).toBe(DOWNLOAD_BYTES);
  await expect.poll(() => tabs.map(({ kinds }) => kinds.includes('end'))).toEqual([true, true]);
  const growth = (await resident()) - before;

  const { body } = await web.ask(`/api/v1/recordings/${started.id}`);
  const fold = new MainThreadFold(isOfPlugin);
  for await (const line of readTraceLines(Readable.from([zlib.gunzipSync(body)]))) fold.take(line);
  const { ticks, busy, counted } = fold.shares();
  annotations.push({
    type: 'burden',
    description: `${String(ticks)} ticks, busy ${(100 * busy).toFixed(1)} %, of the plugin ${(100 * counted).toFixed(3)} %, grown by ${(growth / 1e6).toFixed(1)} MB`,
  });
  // Else nothing was looked at: the master has to work, and the way of the download has to show.
  expect(ticks).toBeGreaterThan(RECORDED_SECONDS * 50);
  expect(busy).toBeGreaterThan(0.02);
  expect(counted).toBeLessThanOrEqual(MAX_SHARE);
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  for (const tab of tabs) tab.close();
});
