import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { ErrorBody, RecordingSummary, ServerStatus } from '#trace/contract/api.ts';
import { findFreePort, type BuildbotMaster } from '../processes/buildbot-master.ts';
import { ROOT, samplersMarked } from '../processes/child-process.ts';
import { BASE_PLUGIN, MasterWeb, startPrefixProxy, withWeb } from './master-web.ts';
import { expect, MASTER_MARK, test } from './plugin-test.ts';
import { putRecording } from './slow-download.ts';

const run = promisify(execFile);
const ENVIRONMENT = { PYTHONPATH: BASE_PLUGIN };
/** As they were packed. */
const PLUGIN_FILES = path.join(ROOT, 'dist/package/buildbot_profiler/static');
const DOWNLOAD_BYTES = 50 * 1024 * 1024;
/** What the master's memory may grow by beside a download of 50 MiB that nobody takes: builds run meanwhile. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;

/** Named users; ann may record, bob may look. */
const LOGIN = `
c["www"]["auth"] = util.UserPasswordAuth([("ann", "a"), ("bob", "b")])
c["www"]["authz"] = util.Authz(
    allowRules=[util.ProfilerEndpointMatcher(role="recorders", action="control")],
    roleMatchers=[util.RolesFromUsername(roles=["recorders"], usernames=["ann"])],
)`;
const OPEN_TO_LOOK = `
c["www"]["auth"] = util.UserPasswordAuth([("ann", "a")])
c["www"]["authz"] = util.Authz(allowRules=[util.ProfilerEndpointMatcher(action="get", anonymous=True)])`;
const STUCK = `
import signal, time
from twisted.internet import reactor
def hold_the_reactor(_signal, _frame):
    time.sleep(30)
reactor.callFromThread(signal.signal, signal.SIGUSR2, hold_the_reactor)`;

const isListening = (web: MasterWeb): Promise<void> =>
  expect.poll(() => web.statusOf('/api/v1/status').catch(() => 0)).not.toBe(503);

const residentBytes = async (master: BuildbotMaster): Promise<number> =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(await master.pid())}/status`, 'utf8'))?.[1]) * 1024;

/** Answers in a row between two of which a download that can go on would have gone on. */
const LOOKS_WITHOUT_PROGRESS = 20;

/** How far a process has read the file of a recording; infinite where it has closed it. */
const readingPosition = (pid: number, id: string): number => {
  const folder = `/proc/${String(pid)}`;
  const descriptor = readdirSync(`${folder}/fd`).find((name) => {
    try {
      return readlinkSync(`${folder}/fd/${name}`).includes(id);
    } catch {
      return false; // Closed meanwhile.
    }
  });
  if (descriptor === undefined) return Infinity;
  return Number(/pos:\s+(\d+)/.exec(readFileSync(`${folder}/fdinfo/${descriptor}`, 'utf8'))?.[1]);
};

test('the page and its files are served, compressed and cached as they may be', async ({ startMaster }) => {
  const port = await findFreePort();
  await startMaster(withWeb(port), ENVIRONMENT);
  const web = new MasterWeb(port);

  expect((await web.ask('')).headers.location).toBe('profiler/');
  const page = await web.ask('/');
  const html = page.body.toString();
  expect(html).toContain('<title>Buildbot profiler</title>');
  expect(html).not.toMatch(/="\/|__CSP_NONCE__/);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' '/);
  expect(page.headers['cache-control']).toBe('no-cache');
  for (const [, name = ''] of html.matchAll(/(?:src|href)="([\w.-]+\.\w+)"/g))
    expect([name, await web.statusOf(`/${name}`)]).toEqual([name, 200]);

  const names = readdirSync(PLUGIN_FILES).filter((name) => !name.endsWith('.gz') && name !== 'index.html');
  const hashed = names.filter((name) => /^(main|worker)-.{8}\./.test(name));
  expect(hashed.length).toBeGreaterThan(1);
  for (const name of names) {
    const plain = await web.ask(`/${name}`);
    const packed = await web.ask(`/${name}`, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(plain.body.equals(readFileSync(path.join(PLUGIN_FILES, name)))).toBe(true);
    expect([name, plain.headers['content-encoding']]).toEqual([name, undefined]);
    if (packed.headers['content-encoding'] === undefined) expect(packed.body.equals(plain.body)).toBe(true);
    else expect(zlib.gunzipSync(packed.body).equals(plain.body)).toBe(true);
    if (!name.endsWith('.js')) continue;
    expect(plain.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', vary: 'accept-encoding' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    const cacheControl = hashed.includes(name) ? 'public, max-age=31536000, immutable' : /^no-cache$|immutable$/;
    expect(plain.headers['cache-control']).toMatch(cacheControl);
  }
  expect((await web.ask('/nvd3.js')).headers['cache-control']).toBe('no-cache');
  for (const address of ['/no.js', '/../../../etc/passwd', '/%2e%2e/%2e%2e/VERSION', '/a/b', '/index.html/x.js'])
    expect([address, await web.statusOf(address)]).toEqual([address, 404]);
  const { body } = await web.ask('/../config');
  expect(body.toString()).not.toMatch(/\.sock|token/);
});

test('records, follows live and downloads through the master, under a path prefix too', async ({ startMaster }) => {
  const port = await findFreePort();
  const proxy = await startPrefixProxy(port);
  const origins = [port, proxy.port].map((known) => `"http://127.0.0.1:${String(known)}"`);
  const allowed = `c["www"]["allowed_origins"] = [${origins.join()}]`;
  const master = await startMaster(withWeb(port, allowed), ENVIRONMENT);
  try {
    for (const web of [new MasterWeb(port), new MasterWeb(proxy.port, '/buildbot/profiler')]) {
      await isListening(web);
      const status = await web.json<ServerStatus>('/api/v1/status');
      expect(status).toMatchObject({ canRecord: true, target: { pid: await master.pid() } });
      const socket = web.live({ origin: web.origin });
      const started = await web.json<RecordingSummary>('/api/v1/recordings', {
        method: 'POST',
        headers: { origin: web.origin },
        body: { mode: 'real' },
      });
      await expect.poll(() => socket.kinds.filter((kind) => kind === 'chunk').length).toBeGreaterThan(2);
      expect(socket.kinds).toEqual(expect.arrayContaining(['status', 'header']));
      await web.json('/api/v1/recordings/current/stop', { method: 'POST' });
      await expect.poll(() => socket.kinds.at(-1)).toMatch(/end|status/);
      const named = await web.json<RecordingSummary>(`/api/v1/recordings/${started.id}`, {
        method: 'PATCH',
        body: { name: 'slow & ünusual' },
      });
      expect(named.name).toBe('slow & ünusual');
      const { headers, body } = await web.ask(`/api/v1/recordings/${started.id}`);
      expect(headers['content-disposition']).toContain(started.id);
      expect(zlib.gunzipSync(body).toString()).toMatch(/^\{"kind":"header"[^]*\n\{"kind":"end"[^\n]*\n$/);
      const text = await web.ask(`/api/v1/recordings/${started.id}?format=collapsed`);
      expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
      expect(await web.statusOf(`/api/v1/recordings/${started.id}`, { method: 'DELETE' })).toBe(204);
      expect(await web.statusOf(`/api/v1/recordings/${started.id}`)).toBe(404);
      expect(await web.statusOf('/api/v1/status', { method: 'PUT' })).toBe(404);
      expect(await web.statusOf('/api/v1/status', { method: 'HEAD' })).toBe(200);
      socket.close();
    }
  } finally {
    proxy.close();
  }
});

test('a page of another origin may change nothing and follow nothing', async ({ startMaster }) => {
  const port = await findFreePort();
  await startMaster(withWeb(port, 'c["www"]["allowed_origins"] = ["https://*.friends.example"]'), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  const statusWith = (origin: string, method: string, address: string): Promise<number> =>
    web.statusOf(address, { method, headers: { origin }, ...(method === 'DELETE' ? {} : { body: {} }) });
  for (const [method, address] of [
    ['POST', '/api/v1/recordings'],
    ['PATCH', '/api/v1/recordings/20260102-030405-0123abcd'],
    ['DELETE', '/api/v1/recordings/20260102-030405-0123abcd'],
  ] as const) {
    for (const origin of ['http://evil.example', 'null', `${web.origin}.evil.example`, 'https://friends.example.evil'])
      expect([method, origin, await statusWith(origin, method, address)]).toEqual([method, origin, 403]);
    expect(await statusWith('https://a.friends.example', method, address)).not.toBe(403);
  }
  const foreign = web.live({ origin: 'http://evil.example' });
  const friend = web.live({ origin: 'https://a.friends.example' });
  await expect.poll(() => foreign.refusal).toBe(403);
  await expect.poll(() => friend.kinds).toContain('status');
  friend.close();
});

test('a name that somebody has made to point at the master is not its own', async ({ startMaster }) => {
  const port = await findFreePort();
  await startMaster(withWeb(port), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  const statusAs = (host: string): Promise<number> =>
    web.statusOf('/api/v1/recordings', { method: 'POST', headers: { host, origin: `http://${host}` }, body: {} });
  const rebound = `evil.example:${String(port)}`;
  const follower = web.live({ host: rebound, origin: `http://${rebound}` });
  await expect.poll(() => follower.refusal).toBe(403);
  expect(await statusAs(rebound)).toBe(403);
  expect(await statusAs(`127.0.0.1:${String(port)}`)).toBe(201);
});

test('where people log in, those who have not may do nothing, and rules say who may record', async ({
  startMaster,
}) => {
  const port = await findFreePort();
  await startMaster(withWeb(port, LOGIN), ENVIRONMENT);
  const web = new MasterWeb(port);
  const [ann, bob] = await Promise.all([web.logIn('ann', 'a'), web.logIn('bob', 'b')]);
  const statuses = async (cookie: string): Promise<number[]> => {
    const headers = cookie === '' ? {} : { cookie };
    return [
      await web.statusOf('/api/v1/status', { headers }),
      await web.statusOf('/api/v1/recordings', { method: 'POST', headers, body: {} }),
      await web.statusOf('/api/v1/recordings/current/stop', { method: 'POST', headers }),
    ];
  };
  await expect.poll(() => web.statusOf('/api/v1/status', { headers: { cookie: ann } })).toBe(200);
  expect(await statuses('')).toEqual([403, 403, 403]);
  expect(await statuses(bob)).toEqual([200, 403, 403]);
  expect(await statuses(ann)).toEqual([200, 201, 200]);
  const refused = await web.ask('/api/v1/status');
  expect(JSON.parse(refused.body.toString())).toEqual({
    code: 'unauthorized',
    message: 'Log in to use the profiler',
  } satisfies ErrorBody);
  const anonymous = web.live();
  const known = web.live({ cookie: bob });
  await expect.poll(() => anonymous.refusal).toBe(403);
  await expect.poll(() => known.kinds).toContain('status');
  known.close();
});

test('a rule may let everybody look', async ({ startMaster }) => {
  const port = await findFreePort();
  await startMaster(withWeb(port, OPEN_TO_LOOK), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  expect(await web.statusOf('/api/v1/status')).toBe(200);
  expect(await web.statusOf('/api/v1/recordings', { method: 'POST', body: {} })).toBe(403);
});

test('while the sampler is away the master says so, and goes on when it is back', async ({ startMaster }, {
  testId,
}) => {
  const port = await findFreePort();
  await startMaster(withWeb(port), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  const socket = web.live();
  await expect.poll(() => socket.kinds).toContain('status');
  for (const pid of samplersMarked(MASTER_MARK, testId)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => socket.isClosed).toBe(true);
  const answer = await web.ask('/api/v1/status');
  expect([502, 503]).toContain(answer.status);
  expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'sampler-failed' });
  await expect.poll(() => web.statusOf('/api/v1/status')).toBe(200);
});

test('a browser that takes nothing does not fill the memory of the master, and gets everything in the end', async ({
  startMaster,
}, { testId }) => {
  const port = await findFreePort();
  const master = await startMaster(withWeb(port), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  const content = randomBytes(DOWNLOAD_BYTES);
  const id = putRecording(master, content);
  const before = await residentBytes(master);
  const answer = await web.open(`/profiler/api/v1/recordings/${id}`);
  expect(answer.headers['content-length']).toBe(String(DOWNLOAD_BYTES));
  const [sampler = 0] = samplersMarked(MASTER_MARK, testId);
  // Nobody reads: once all that lies between is full, the sampler stands still in its file. A proxy that does not wait takes it to the end.
  let last = -1;
  for (let position = 0; position !== last;) {
    last = position;
    // Each answer came the same way, behind whatever of the download could go on.
    for (let look = 0; look < LOOKS_WITHOUT_PROGRESS; look++) await web.json('/api/v1/status');
    position = readingPosition(sampler, id);
  }
  expect(last).toBeGreaterThan(0);
  expect(last).toBeLessThan(DOWNLOAD_BYTES);
  expect((await residentBytes(master)) - before).toBeLessThan(MAX_GROWTH_BYTES);
  const hash = createHash('sha256');
  for await (const block of answer) hash.update(block as Buffer);
  expect(hash.digest('hex')).toBe(createHash('sha256').update(content).digest('hex'));
  expect((await residentBytes(master)) - before).toBeLessThan(MAX_GROWTH_BYTES);
});

test('a browser that leaves in the middle of a download leaves nothing behind', async ({ startMaster }) => {
  const port = await findFreePort();
  const master = await startMaster(withWeb(port), ENVIRONMENT);
  const web = new MasterWeb(port);
  await isListening(web);
  const id = putRecording(master, randomBytes(DOWNLOAD_BYTES));
  const openFiles = async (): Promise<number> =>
    Number((await run('sh', ['-c', `ls /proc/${String(await master.pid())}/fd | wc -l`])).stdout);
  await web.json('/api/v1/status');
  const before = await openFiles();
  for (let visit = 0; visit < 5; visit++) {
    const answer = await web.open(`/profiler/api/v1/recordings/${id}`);
    answer.destroy();
  }
  await expect.poll(openFiles).toBeLessThanOrEqual(before + 1);
  expect(await master.readLog()).not.toMatch(/Traceback|Unhandled/);
});

test('a master whose reactor is stuck is dumped and recorded through its sampler', async ({ startMaster, plugin }) => {
  const port = await findFreePort();
  const master = await startMaster(withWeb(port, STUCK), ENVIRONMENT);
  await isListening(new MasterWeb(port));
  process.kill(await master.pid(), 'SIGUSR2');
  const dump = async (): Promise<string> =>
    (await run(plugin.bbprofiler, ['dump', '--basedir', master.basedir])).stdout;
  await expect.poll(dump).toContain('hold_the_reactor');
  const output = path.join(master.basedir, 'stuck.bbprof.gz');
  const options = ['--mode', 'real', '--duration', '2', '--output', output];
  const { stdout, stderr } = await run(plugin.bbprofiler, ['record', '--basedir', master.basedir, ...options]);
  expect(stderr).toContain("through the master's plugin");
  expect(stdout).toContain('period over');
  const collapsed = await run(plugin.bbprofiler, ['convert', output, '--to', 'collapsed', '--weight', 'wall']);
  expect(collapsed.stdout).toContain('hold_the_reactor');
  await master.endMaster('SIGKILL');
});
