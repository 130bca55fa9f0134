import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ErrorBody, Examination, RecordingSummary, ServerStatus, ThreadDump } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { REPORT_SLOT } from '#trace/formats/report-file.ts';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { Recorder } from '../session/recorder.ts';
import { TargetWatch } from '../session/target-watch.ts';
import {
  ExaminationSchema,
  RecordingListSchema,
  RecordingSummarySchema,
  ServerStatusSchema,
  ThreadDumpListSchema,
} from './api-schemas.ts';
import { createServer } from './create-server.ts';
import type { TargetInspector } from './rest-routes.ts';

const TOKEN = 'the-token-of-this-test';
const HOST = 'localhost:8080';
const INDEX = '<html><bbp-root ngCspNonce="__CSP_NONCE__"></bbp-root></html>';

const DUMP: readonly ThreadDump[] = [
  {
    name: 'MainThread',
    nativeId: 4711,
    isMain: true,
    state: ThreadState.running,
    gil: GilState.holds,
    frames: [{ function: 'work', file: '/srv/work.py', line: 3 }],
  },
];
const EXAMINATION: Examination = {
  checks: [{ subject: 'user', verdict: 'blocks', fact: 'it is another' }],
  conclusion: 'It cannot be read.',
  remedies: ['Be that user.'],
  error: { code: 'no-permission', message: 'It cannot be read.' },
};
const INSPECTOR: TargetInspector = { dump: () => DUMP, examine: () => EXAMINATION };

let folder: ReturnType<typeof makeTemporaryFolder>;
let source: ScriptedSource;
let store: RecordingStore;
let app: FastifyInstance;
const onFailure = vi.fn();

const makeServer = (recorder: Recorder | undefined): Promise<FastifyInstance> =>
  createServer({
    version: '1.2.3',
    token: TOKEN,
    library: store,
    recorder,
    inspector: INSPECTOR,
    uiFolder: path.join(folder.path, 'ui'),
    reportPage: path.join(folder.path, 'ui', 'report.html'),
    onFailure,
  });

beforeEach(async () => {
  folder = makeTemporaryFolder();
  fs.mkdirSync(path.join(folder.path, 'ui'));
  fs.writeFileSync(path.join(folder.path, 'ui', 'index.html'), INDEX);
  fs.writeFileSync(path.join(folder.path, 'ui', 'main-ABCD1234.js'), 'start()');
  fs.writeFileSync(path.join(folder.path, 'ui', 'nvd3.js'), 'draw()');
  fs.writeFileSync(path.join(folder.path, 'ui', 'report.html'), `<!doctype html>${REPORT_SLOT}`);
  store = await RecordingStore.open(path.join(folder.path, 'recordings'));
  source = new ScriptedSource();
  const watch = new TargetWatch(
    { description: 'pid 4711', followsRestarts: false, locate: () => 4711 },
    scriptedTarget,
  );
  app = await makeServer(new Recorder(store, watch, source.start, onFailure));
});

afterEach(async () => {
  await app.close();
  folder.remove();
  expect(onFailure.mock.calls).toEqual([]);
  onFailure.mockReset();
});

/** As our page asks: with the token, from our own address. */
const ask = (method: InjectOptions['method'], url: string, options: InjectOptions = {}) =>
  app.inject({
    method,
    url: `/api/v1/${url}`,
    ...options,
    headers: { host: HOST, origin: `http://${HOST}`, authorization: `Bearer ${TOKEN}`, ...options.headers },
  });

const startRecording = async (): Promise<RecordingSummary> => {
  const answer = await ask('POST', 'recordings', { payload: { mode: 'real' } });
  expect(answer.statusCode).toBe(201);
  return answer.json<RecordingSummary>();
};

/** Status and code of the catalogue. */
const failureOf = (answer: Awaited<ReturnType<typeof ask>>): string =>
  `${String(answer.statusCode)} ${answer.json<ErrorBody>().code}`;

describe('a recording over REST', () => {
  test('is started, grows, is stopped, listed and downloaded', async () => {
    const started = await startRecording();
    expect(source.requests).toEqual([
      { pid: 4711, frequencyHz: 100, periodSeconds: 1800, mode: 'real', recordingId: started.id },
    ]);
    source.emitChunks(3);
    const status = (await ask('GET', 'status')).json<ServerStatus>();
    expect(status).toMatchObject({
      version: '1.2.3',
      canRecord: true,
      target: { pid: 4711 },
      current: { id: started.id, duration: 1_490_000 },
    });

    const stopped = await ask('POST', 'recordings/current/stop');
    expect(stopped.json()).toMatchObject({ id: started.id, endReason: 'stopped', duration: 1_500_000 });
    expect((await ask('GET', 'status')).json()).not.toHaveProperty('current');
    expect((await ask('GET', 'recordings')).json()).toMatchObject([{ id: started.id, endReason: 'stopped' }]);

    const file = await ask('GET', `recordings/${started.id}`);
    expect(file.headers['content-type']).toBe('application/gzip');
    // With `no-store`, Chromium would report it as failed now and then.
    expect(file.headers['cache-control']).toBe('private, no-cache');
    expect(file.headers['content-disposition']).toBe(`attachment; filename="bbprofiler-${started.id}.bbprof.gz"`);
    const lines = zlib.gunzipSync(file.rawPayload).toString().trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual([
      'header',
      'chunk',
      'chunk',
      'chunk',
      'end',
    ]);
  });

  test('is downloaded while it goes on, up to the last chunk', async () => {
    const { id } = await startRecording();
    source.emitChunks(2);
    const lines = zlib.gunzipSync((await ask('GET', `recordings/${id}`)).rawPayload).toString();
    expect(lines.trimEnd().split('\n')).toHaveLength(3);
    expect(lines.endsWith('\n')).toBe(true);
    source.end('target-exited');
  });

  test('is given as collapsed stacks', async () => {
    const { id } = await startRecording();
    source.emitChunks(2);
    source.end('period-over');
    const answer = await ask('GET', `recordings/${id}?format=collapsed`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="bbprofiler-${id}.collapsed.txt"`);
    expect(answer.payload).toBe('MainThread;work (/srv/master.py:3) 1000000\n');
  });

  test('is given in every format, weighed as asked, with the type and the name of its files', async () => {
    const { id } = await startRecording();
    source.emitChunks(2);
    source.end('period-over');
    await vi.waitFor(() => expect(fs.readdirSync(store.path)).toContain(`${id}.bbprof.gz`));
    const given = await Promise.all(
      ['html', 'speedscope', 'pprof', 'firefox', 'cpuprofile'].map(async (format) => {
        const answer = await ask('GET', `recordings/${id}?format=${format}&weight=wall`);
        const name = /filename="bbprofiler-.*?\.(.*)"/.exec(String(answer.headers['content-disposition']))?.[1];
        return `${answer.statusCode} ${String(answer.headers['content-type'])} ${name ?? ''}`;
      }),
    );
    expect(given).toEqual([
      '200 text/html; charset=utf-8 html',
      '200 application/json speedscope.json',
      '200 application/octet-stream pb.gz',
      '200 application/json firefox.json',
      '200 application/json cpuprofile',
    ]);
  });

  test('is given as no report where the page of reports is not built', async () => {
    const { id } = await startRecording();
    source.end('stopped');
    fs.rmSync(path.join(folder.path, 'ui', 'report.html'));
    expect(failureOf(await ask('GET', `recordings/${id}?format=html`))).toBe('404 not-found');
  });

  test('is given redacted, in our own format, too', async () => {
    const { id } = await startRecording();
    source.emitChunks(1);
    source.end('period-over');
    await vi.waitFor(() => expect(fs.readdirSync(store.path)).toContain(`${id}.bbprof.gz`));
    const own = await ask('GET', `recordings/${id}?redact=true`);
    expect(own.headers['content-disposition']).toBe(`attachment; filename="bbprofiler-${id}.redacted.bbprof.gz"`);
    const text = zlib.gunzipSync(own.rawPayload).toString();
    expect(text).toContain('/folder-1/master.py');
    expect(text).not.toContain('/srv');
    expect((await ask('GET', `recordings/${id}?format=collapsed&redact=true`)).payload).toContain(
      '(/folder-1/master.py:3)',
    );
    expect((await ask('GET', `recordings/${id}?redact=maybe`)).statusCode).toBe(400);
  });

  test('is named, noted on and deleted', async () => {
    const { id } = await startRecording();
    source.end('stopped');
    await vi.waitFor(() => expect(fs.readdirSync(store.path)).toContain(`${id}.bbprof.gz`));
    expect((await ask('PATCH', `recordings/${id}`, { payload: { name: 'night' } })).json()).toMatchObject({
      id,
      name: 'night',
    });
    await vi.waitFor(async () => expect((await ask('DELETE', `recordings/${id}`)).statusCode).toBe(204));
    expect((await ask('GET', 'recordings')).json()).toEqual([]);
    expect(failureOf(await ask('DELETE', `recordings/${id}`))).toBe('404 no-such-recording');
  });

  test('is one at a time', async () => {
    await startRecording();
    expect(failureOf(await ask('POST', 'recordings'))).toBe('409 already-recording');
    await ask('POST', 'recordings/current/stop');
    await startRecording();
    source.end('stopped');
  });

  test('is not deleted while it goes on', async () => {
    const { id } = await startRecording();
    expect(failureOf(await ask('DELETE', `recordings/${id}`))).toBe('409 recording-in-use');
    source.end('stopped');
  });

  test('is stopped only while there is one', async () => {
    expect(failureOf(await ask('POST', 'recordings/current/stop'))).toBe('409 not-recording');
  });

  test('does not begin where the target cannot be sampled, and can be begun when it can', async () => {
    source.startFailure = new ProfilerError('no-permission', 'Process 4711 may not be read');
    const refused = await ask('POST', 'recordings');
    expect(failureOf(refused)).toBe('403 no-permission');
    expect(refused.json()).toEqual({ code: 'no-permission', message: 'Process 4711 may not be read' });
    expect(fs.readdirSync(store.path)).toEqual([]);
    source.startFailure = undefined;
    await startRecording();
    source.end('stopped');
  });

  test('is not to be had from a viewer of files', async () => {
    await app.close();
    app = await makeServer(undefined);
    expect((await ask('GET', 'status')).json()).toEqual({ version: '1.2.3', canRecord: false });
    expect(failureOf(await ask('POST', 'recordings'))).toBe('409 no-target');
  });
});

describe('what does not fit is refused at the door', () => {
  test.each([
    ['a frequency of 0', { frequencyHz: 0 }],
    ['a frequency beyond the highest', { frequencyHz: 10_001 }],
    ['a frequency in words', { frequencyHz: '100' }],
    ['an unknown mode', { mode: 'cpu' }],
    ['a period longer than a day', { periodSeconds: 86_401 }],
    ['a field that nobody knows', { pid: 1 }],
    ['no object', []],
  ])('%s', async (_what, payload) => {
    expect(failureOf(await ask('POST', 'recordings', { payload }))).toBe('400 bad-argument');
    expect(source.requests).toEqual([]);
  });

  test('a body that is no JSON, of another type, or too large', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(failureOf(await ask('POST', 'recordings', { payload: '{', headers }))).toBe('400 bad-argument');
    expect(
      failureOf(await ask('POST', 'recordings', { payload: 'a=1', headers: { 'content-type': 'text/plain' } })),
    ).toBe('400 bad-argument');
    expect(failureOf(await ask('PATCH', 'recordings/x', { payload: { note: 'x'.repeat(70_000) } }))).toBe(
      '400 bad-argument',
    );
    expect(failureOf(await ask('PATCH', 'recordings/x', { payload: { name: 'x'.repeat(201) } }))).toBe(
      '400 bad-argument',
    );
  });

  test('an unknown format, recording or address', async () => {
    expect(failureOf(await ask('GET', 'recordings/x?format=svg'))).toBe('400 bad-argument');
    expect(failureOf(await ask('GET', 'recordings/20260102-030405-0123abcd'))).toBe('404 no-such-recording');
    expect(failureOf(await ask('GET', 'recordings/..%2F..%2Fetc'))).toBe('404 no-such-recording');
    expect(failureOf(await ask('GET', 'nothing'))).toBe('404 not-found');
    expect(failureOf(await ask('PUT', 'recordings'))).toBe('404 not-found');
  });
});

describe('access', () => {
  const addresses = ['status', 'recordings', 'openapi.json', 'recordings/x', 'nothing', 'live'];

  test.each(addresses)('to %s needs the token', async (address) => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      expect(failureOf(await ask('GET', address, { headers: { authorization } }))).toBe('401 unauthorized');
    }
  });

  test('is for this machine under its own names only: a page that rebinds its name gets nothing, not even static files', async () => {
    for (const host of ['evil.example', 'localhost.evil.example:8080', '192.168.1.1:8080', 'localhost:8080:1']) {
      expect(failureOf(await ask('GET', 'status', { headers: { host } }))).toBe('403 foreign-origin');
      expect((await app.inject({ url: '/profiler', headers: { host } })).statusCode).toBe(403);
    }
    for (const host of ['localhost:8080', '127.0.0.1:9000', '[::1]:8080', 'LOCALHOST']) {
      expect((await ask('GET', 'status', { headers: { host } })).statusCode).toBe(200);
    }
  });

  test('to changes is for our own page: the origin must be the host', async () => {
    for (const origin of ['http://evil.example', 'http://localhost:3000', 'https://localhost:8080', 'null']) {
      expect(failureOf(await ask('POST', 'recordings', { headers: { origin } }))).toBe('403 foreign-origin');
      expect(failureOf(await ask('DELETE', 'recordings/x', { headers: { origin } }))).toBe('403 foreign-origin');
    }
    expect(source.requests).toEqual([]);
  });
});

test('a handler that fails says so without its reasons, which go to the terminal', async () => {
  const failure = new Error('secret path /srv');
  vi.spyOn(store, 'list').mockRejectedValue(failure);
  const answer = await ask('GET', 'recordings');
  expect(failureOf(answer)).toBe('500 internal');
  expect(answer.payload).not.toContain('secret');
  expect(onFailure.mock.calls).toEqual([[failure]]);
  onFailure.mockReset();
});

describe('the description', () => {
  interface Description {
    readonly paths: Record<string, Record<string, { summary: string; responses: Record<string, unknown> }>>;
  }

  test('has every route, with the schemas that check the requests', async () => {
    const { paths } = (await ask('GET', 'openapi.json')).json<Description>();
    const routes = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(routes.sort()).toEqual([
      'DELETE /recordings/{id}',
      'GET /dump',
      'GET /examination',
      'GET /live',
      'GET /openapi.json',
      'GET /recordings',
      'GET /recordings/{id}',
      'GET /status',
      'PATCH /recordings/{id}',
      'POST /recordings',
      'POST /recordings/current/stop',
    ]);
    for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
      expect(operation.summary).not.toBe('');
      expect(Object.keys(operation.responses)).not.toEqual([]);
    }
    expect(JSON.stringify(paths['/recordings']?.['post'])).toContain('"maximum":10000');
  });

  test('has the routes that the contract names', async () => {
    const contract = fs.readFileSync(new URL('../../../trace/contract/api.ts', import.meta.url), 'utf8');
    const named = Array.from(
      contract.matchAll(/^ \* \| `([A-Z]+) ([\w/{}.]+)`/gm),
      ([, method, address]) => `${method ?? ''} /${address ?? ''}`,
    );
    const { paths } = (await ask('GET', 'openapi.json')).json<Description>();
    const described = Object.entries(paths).flatMap(([address, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${address}`),
    );
    expect(named.length).toBeGreaterThan(7);
    expect([...named, 'GET /live'].sort()).toEqual(described.sort());
  });

  test('describes what an inspector finds as it is', async () => {
    for (const [address, schema, found] of [
      ['dump', ThreadDumpListSchema, DUMP],
      ['examination', ExaminationSchema, EXAMINATION],
    ] as const) {
      const answer = await ask('GET', address);
      expect(answer.json()).toEqual(found);
      expect(Value.Check(schema, answer.json())).toBe(true);
    }
  });

  test('describes the answers as they are', async () => {
    const status = await ask('GET', 'status');
    const started = await startRecording();
    source.emitChunks(1);
    const current = await ask('GET', 'status');
    source.end('period-over');
    const list = await ask('GET', 'recordings');
    expect(Value.Errors(ServerStatusSchema, status.json())).toEqual([]);
    expect(Value.Errors(ServerStatusSchema, current.json())).toEqual([]);
    expect(Value.Errors(RecordingSummarySchema, started)).toEqual([]);
    expect(Value.Errors(RecordingListSchema, list.json())).toEqual([]);
    expect(Value.Check(RecordingSummarySchema, { ...started, duration: 'long' })).toBe(false);
  });
});

describe('static files', () => {
  const get = (url: string) => app.inject({ url, headers: { host: HOST } });

  test.each(['/', '/profiler', '/profiler?recording=x', '/recordings'])(
    '%s is the page, with a fresh nonce and a strict policy',
    async (url) => {
      const [first, second] = [await get(url), await get(url)];
      const nonceOf = ({ payload }: typeof first): string => /ngCspNonce="([\w+/=]{22,})"/.exec(payload)?.[1] ?? '';
      expect(nonceOf(first)).not.toBe('');
      expect(nonceOf(first)).not.toBe(nonceOf(second));
      expect(first.headers['content-security-policy']).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonceOf(first)}'; connect-src 'self' ws://${HOST}; ` +
          "img-src 'self' data:; font-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
      );
      expect(first.headers['cache-control']).toBe('no-cache');
    },
  );

  test('named by their content are kept for good, others are asked for again', async () => {
    fs.writeFileSync(path.join(folder.path, 'ui', 'chunk-hDm_-VIi.js'), 'start()');
    for (const name of ['main-ABCD1234.js', 'chunk-hDm_-VIi.js']) {
      const file = await get(`/${name}`);
      expect([name, file.payload, file.headers['cache-control']]).toEqual([
        name,
        'start()',
        'public, max-age=31536000, immutable',
      ]);
    }
    const hashed = await get('/main-ABCD1234.js');
    expect(hashed.headers['content-security-policy']).toContain("connect-src 'self'");
    expect((await get('/nvd3.js')).headers['cache-control']).toBe('no-cache');
  });

  test('have no door out of their folder, and the bare index is not among them', async () => {
    fs.writeFileSync(path.join(folder.path, 'secret.txt'), 'secret');
    for (const url of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/main-00000000.js',
      '/.hidden.js',
    ]) {
      const answer = await get(url);
      expect([400, 403, 404]).toContain(answer.statusCode);
      expect(answer.payload).not.toBe('secret');
    }
    expect((await get('/index.html')).payload).not.toContain('__CSP_NONCE__');
  });

  test('that are not built yet are said to be missing', async () => {
    fs.rmSync(path.join(folder.path, 'ui'), { recursive: true });
    const answer = await get('/profiler');
    expect([answer.statusCode, answer.json<ErrorBody>().message]).toEqual([404, 'The page has not been built']);
  });
});
