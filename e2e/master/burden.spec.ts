import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { readTraceLines } from '#trace/contract/codec.ts';
import { findFreePort } from '../processes/buildbot-master.ts';
import { MainThreadFold } from './main-thread-shares.ts';
import { BASE_PLUGIN, MasterWeb, withWeb } from './master-web.ts';
import { expect, test } from './plugin-test.ts';
import { putRecording, takeSlowly } from './slow-download.ts';

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

test('two tabs that follow live and a slow download take next to nothing of the reactor, and no memory', async ({
  startMaster,
}, { annotations }) => {
  const port = await findFreePort();
  const master = await startMaster(withWeb(port), { PYTHONPATH: BASE_PLUGIN });
  const web = new MasterWeb(port);
  await expect.poll(() => web.statusOf('/api/v1/status').catch(() => 0)).toBe(200);
  const id = putRecording(master, randomBytes(DOWNLOAD_BYTES));
  const resident = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(await master.pid())}/status`, 'utf8'))?.[1]) * 1024;

  const before = await resident();
  const started = await web.json<RecordingSummary>('/api/v1/recordings', {
    method: 'POST',
    body: { mode: 'real', periodSeconds: RECORDED_SECONDS },
  });
  const tabs = Array.from({ length: TABS }, () => web.live());
  const answer = await web.open(`/profiler/api/v1/recordings/${id}`);
  expect(await takeSlowly(answer, DOWNLOAD_BYTES / (RECORDED_SECONDS - 5))).toBe(DOWNLOAD_BYTES);
  await expect.poll(() => tabs.map(({ kinds }) => kinds.includes('end'))).toEqual([true, true]);
  const growth = (await resident()) - before;

  const { body } = await web.ask(`/api/v1/recordings/${started.id}`);
  const fold = new MainThreadFold(isOfPlugin);
  let buildsEnded = 0;
  for await (const line of readTraceLines(Readable.from([zlib.gunzipSync(body)]))) {
    fold.take(line);
    if (line.kind !== 'chunk') continue;
    buildsEnded += line.events.filter(({ kind, end }) => kind === 'build' && end !== undefined && end > 0).length;
  }
  const { ticks, busy, counted } = fold.shares();
  annotations.push({
    type: 'burden',
    description: `${String(ticks)} ticks, busy ${(100 * busy).toFixed(1)} %, of the plugin ${(100 * counted).toFixed(3)} %, grown by ${(growth / 1e6).toFixed(1)} MB`,
  });
  // Else nothing was looked at: the master has to build.
  expect(buildsEnded).toBeGreaterThan(0);
  expect(ticks).toBeGreaterThan(RECORDED_SECONDS * 50);
  expect(busy).toBeGreaterThan(0.02);
  expect(counted).toBeLessThanOrEqual(MAX_SHARE);
  expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
  for (const tab of tabs) tab.close();
});
