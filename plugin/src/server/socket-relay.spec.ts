import { once } from 'node:events';
import fs from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import zlib from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  LIVE_PROTOCOL,
  LIVE_TOKEN_PROTOCOL_PREFIX,
  type ErrorBody,
  type RecordingSummary,
  type ServerStatus,
} from '#trace/contract/api.ts';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { Recorder } from '../session/recorder.ts';
import { TargetWatch } from '../session/target-watch.ts';
import { createServer } from './create-server.ts';
import { listenOnSocket } from './listen-on-socket.ts';
import { listen } from './listen.ts';
import { createRelay } from './socket-relay.ts';

const TOKEN = 'the-token-of-this-test';
const TOKEN_PROTOCOL = LIVE_TOKEN_PROTOCOL_PREFIX + TOKEN;

let folder: ReturnType<typeof makeTemporaryFolder>;
let source: ScriptedSource;
let recorder: Recorder;
let sampler: FastifyInstance;
let relay: FastifyInstance;
let origin: string;
/** What the sampler was asked with. */
let heard: http.IncomingHttpHeaders[];
const onFailure = vi.fn();

beforeEach(async () => {
  folder = makeTemporaryFolder();
  const store = await RecordingStore.open(path.join(folder.path, 'recordings'));
  source = new ScriptedSource();
  const watch = new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget);
  recorder = new Recorder(store, watch, source.start, onFailure);
  const reportPage = path.join(folder.path, 'report.html');
  sampler = await createServer({ version: '1.2.3', library: store, reportPage, recorder, onFailure });
  heard = [];
  for (const kind of ['request', 'upgrade'] as const)
    sampler.server.on(kind, ({ headers }: http.IncomingMessage) => heard.push(headers));
  const socket = path.join(folder.path, 'sampler.sock');
  await listenOnSocket(sampler, socket);
  fs.writeFileSync(path.join(folder.path, 'index.html'), '<title>the page</title>');
  relay = await createRelay({ token: TOKEN, socket, uiFolder: folder.path, onFailure });
  origin = `http://127.0.0.1:${String(await listen(relay, 0))}`;
});
afterEach(async () => {
  await relay.close();
  await recorder.close(1000);
  await sampler.close();
  folder.remove();
  expect(onFailure.mock.calls).toEqual([]);
});

const ask = (
  address: string,
  { method = 'GET', body, headers = {} }: { method?: string; body?: object; headers?: Record<string, string> } = {},
) =>
  fetch(`${origin}/api/v1/${address}`, {
    method,
    headers: {
      origin,
      authorization: `Bearer ${TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

const follow = (address = 'live', protocols = [LIVE_PROTOCOL, TOKEN_PROTOCOL], from = origin): WebSocket =>
  new WebSocket(`${origin.replace('http', 'ws')}/api/v1/${address}`, protocols, { origin: from });

/** The status with which an upgrade is refused, and the code of the catalogue. */
const refusalOf = async (socket: WebSocket): Promise<string> => {
  socket.on('error', () => undefined);
  const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, http.IncomingMessage];
  const body = JSON.parse(String(await answer.reduce((all, part) => all + String(part), ''))) as ErrorBody;
  return `${String(answer.statusCode)} ${body.code}`;
};

test('the page is there, records, follows live and downloads, and the sampler hears no token', async () => {
  expect(await (await fetch(`${origin}/profiler`)).text()).toContain('the page');
  expect(await (await ask('status')).json()).toMatchObject({ canRecord: true, target: { pid: 4711 } } satisfies Partial<
    Record<keyof ServerStatus, unknown>
  >);
  const started = (await (
    await ask('recordings', { method: 'POST', body: { mode: 'prof' } })
  ).json()) as RecordingSummary;
  expect(started.mode).toBe('prof');
  const socket = follow();
  const kinds: string[] = [];
  socket.on('message', (data) => kinds.push((JSON.parse(String(data as Buffer)) as { kind: string }).kind));
  await once(socket, 'open');
  expect(socket.protocol).toBe(LIVE_PROTOCOL);
  source.emitChunks(2);
  await vi.waitFor(() => expect(kinds.filter((kind) => kind === 'chunk')).toHaveLength(2));
  await ask('recordings/current/stop', { method: 'POST' });
  await vi.waitFor(() => expect(kinds).toContain('end'));
  const named = await ask(`recordings/${started.id}`, { method: 'PATCH', body: { name: 'ünusual' } });
  expect(((await named.json()) as RecordingSummary).name).toBe('ünusual');
  const file = await ask(`recordings/${started.id}`);
  expect(file.headers.get('content-disposition')).toContain(started.id);
  expect(zlib.gunzipSync(Buffer.from(await file.arrayBuffer())).toString()).toMatch(/^\{"kind":"header"/);
  // Only once it has been compressed.
  await vi.waitFor(async () => expect((await ask(`recordings/${started.id}`, { method: 'DELETE' })).status).toBe(204));
  expect(heard.length).toBeGreaterThan(6);
  expect(JSON.stringify(heard)).not.toContain(TOKEN);
  socket.terminate();
});

test('errors of the sampler pass as they are', async () => {
  const refused = await ask('recordings', { method: 'POST', body: { mode: 'fast' } });
  expect([refused.status, ((await refused.json()) as ErrorBody).code]).toEqual([400, 'bad-argument']);
  expect((await ask('recordings/current/stop', { method: 'POST' })).status).toBe(409);
  expect((await ask('no/such/thing')).status).toBe(404);
});

test('nobody gets through without the token, from another page, or under another name', async () => {
  const withoutToken = await ask('status', { headers: { authorization: '' } });
  expect([withoutToken.status, ((await withoutToken.json()) as ErrorBody).code]).toEqual([401, 'unauthorized']);
  expect((await ask('recordings', { method: 'POST', headers: { origin: 'http://evil.example' } })).status).toBe(403);
  const byOtherName = await relay.inject({ url: '/api/v1/status', headers: { host: 'evil.example' } });
  expect(byOtherName.statusCode).toBe(403);
  expect(await refusalOf(follow('live', [LIVE_PROTOCOL]))).toBe('401 unauthorized');
  expect(await refusalOf(follow('live', undefined, 'http://evil.example'))).toBe('403 foreign-origin');
  expect(await refusalOf(follow('status'))).toBe('404 not-found');
  expect(heard).toEqual([]);
});

test('says that the sampler is away, and lets go of those who followed it', async () => {
  const socket = follow();
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await sampler.close();
  await closed;
  const answer = await ask('status');
  expect([answer.status, ((await answer.json()) as ErrorBody).code]).toEqual([500, 'sampler-failed']);
  expect(await refusalOf(follow())).toBe('500 sampler-failed');
});
