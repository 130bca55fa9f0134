import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ServerStatus } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { failureOf, InjectedServer } from '../../test/injected-server.ts';

let server: InjectedServer;
beforeEach(async () => {
  server = await InjectedServer.open();
});
afterEach(() => server.close());

describe('a recording over REST', () => {
  test('is started, grows, is stopped, listed and downloaded', async () => {
    const started = await server.startRecording();
    expect(server.source.requests).toEqual([
      { pid: 4711, frequencyHz: 100, periodSeconds: 1800, mode: 'real', recordingId: started.id },
    ]);
    server.source.emitChunks(3);
    const status = (await server.ask('GET', 'status')).json<ServerStatus>();
    expect(status).toMatchObject({
      version: '1.2.3',
      canRecord: true,
      target: { pid: 4711 },
      current: { id: started.id, duration: 1_490_000 },
    });

    const stopped = await server.ask('POST', 'recordings/current/stop');
    expect(stopped.json()).toMatchObject({ id: started.id, endReason: 'stopped', duration: 1_500_000 });
    expect((await server.ask('GET', 'status')).json()).not.toHaveProperty('current');
    expect((await server.ask('GET', 'recordings')).json()).toMatchObject([{ id: started.id, endReason: 'stopped' }]);

    const file = await server.ask('GET', `recordings/${started.id}`);
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
    const { id } = await server.startRecording();
    server.source.emitChunks(2);
    const lines = zlib.gunzipSync((await server.ask('GET', `recordings/${id}`)).rawPayload).toString();
    expect(lines.trimEnd().split('\n')).toHaveLength(3);
    expect(lines.endsWith('\n')).toBe(true);
    server.source.end('target-exited');
  });

  test('is given as collapsed stacks', async () => {
    const { id } = await server.startRecording();
    server.source.emitChunks(2);
    server.source.end('period-over');
    const answer = await server.ask('GET', `recordings/${id}?format=collapsed`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename="bbprofiler-${id}.collapsed.txt"`);
    expect(answer.payload).toBe('MainThread;work (/srv/master.py:3) 1000000\n');
  });

  test('is given in every format, weighed as asked, with the type and the name of its files', async () => {
    const { id } = await server.startRecording();
    server.source.emitChunks(2);
    server.source.end('period-over');
    await vi.waitFor(() => expect(fs.readdirSync(server.store.path)).toContain(`${id}.bbprof.gz`));
    const given = await Promise.all(
      ['html', 'speedscope', 'pprof', 'firefox', 'cpuprofile'].map(async (format) => {
        const answer = await server.ask('GET', `recordings/${id}?format=${format}&weight=wall`);
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
    const { id } = await server.startRecording();
    server.source.end('stopped');
    fs.rmSync(path.join(server.folder.path, 'ui', 'report.html'));
    expect(failureOf(await server.ask('GET', `recordings/${id}?format=html`))).toBe('404 not-found');
  });

  test('is given redacted, in our own format, too', async () => {
    const { id } = await server.startRecording();
    server.source.emitChunks(1);
    server.source.end('period-over');
    await vi.waitFor(() => expect(fs.readdirSync(server.store.path)).toContain(`${id}.bbprof.gz`));
    const own = await server.ask('GET', `recordings/${id}?redact=true`);
    expect(own.headers['content-disposition']).toBe(`attachment; filename="bbprofiler-${id}.redacted.bbprof.gz"`);
    const text = zlib.gunzipSync(own.rawPayload).toString();
    expect(text).toContain('/folder-1/master.py');
    expect(text).not.toContain('/srv');
    expect((await server.ask('GET', `recordings/${id}?format=collapsed&redact=true`)).payload).toContain(
      '(/folder-1/master.py:3)',
    );
    expect((await server.ask('GET', `recordings/${id}?redact=maybe`)).statusCode).toBe(400);
  });

  test('is named, noted on and deleted', async () => {
    const { id } = await server.startRecording();
    server.source.end('stopped');
    await vi.waitFor(() => expect(fs.readdirSync(server.store.path)).toContain(`${id}.bbprof.gz`));
    expect((await server.ask('PATCH', `recordings/${id}`, { payload: { name: 'night' } })).json()).toMatchObject({
      id,
      name: 'night',
    });
    await vi.waitFor(async () => expect((await server.ask('DELETE', `recordings/${id}`)).statusCode).toBe(204));
    expect((await server.ask('GET', 'recordings')).json()).toEqual([]);
    expect(failureOf(await server.ask('DELETE', `recordings/${id}`))).toBe('404 no-such-recording');
  });

  test('is one at a time', async () => {
    await server.startRecording();
    expect(failureOf(await server.ask('POST', 'recordings'))).toBe('409 already-recording');
    await server.ask('POST', 'recordings/current/stop');
    await server.startRecording();
    server.source.end('stopped');
  });

  test('is not deleted while it goes on', async () => {
    const { id } = await server.startRecording();
    expect(failureOf(await server.ask('DELETE', `recordings/${id}`))).toBe('409 recording-in-use');
    server.source.end('stopped');
  });

  test('is stopped only while there is one', async () => {
    expect(failureOf(await server.ask('POST', 'recordings/current/stop'))).toBe('409 not-recording');
  });

  test('does not begin where the target cannot be sampled, and can be begun when it can', async () => {
    server.source.startFailure = new ProfilerError('no-permission', 'Process 4711 may not be read');
    const refused = await server.ask('POST', 'recordings');
    expect(failureOf(refused)).toBe('403 no-permission');
    expect(refused.json()).toEqual({ code: 'no-permission', message: 'Process 4711 may not be read' });
    expect(fs.readdirSync(server.store.path)).toEqual([]);
    server.source.startFailure = undefined;
    await server.startRecording();
    server.source.end('stopped');
  });

  test('is not to be had from a viewer of files', async () => {
    await server.app.close();
    await server.serve({ records: false });
    expect((await server.ask('GET', 'status')).json()).toEqual({ version: '1.2.3', canRecord: false });
    expect(failureOf(await server.ask('POST', 'recordings'))).toBe('409 no-target');
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
    expect(failureOf(await server.ask('POST', 'recordings', { payload }))).toBe('400 bad-argument');
    expect(server.source.requests).toEqual([]);
  });

  test('a body that is no JSON, of another type, or too large', async () => {
    const headers = { 'content-type': 'application/json' };
    expect(failureOf(await server.ask('POST', 'recordings', { payload: '{', headers }))).toBe('400 bad-argument');
    expect(
      failureOf(await server.ask('POST', 'recordings', { payload: 'a=1', headers: { 'content-type': 'text/plain' } })),
    ).toBe('400 bad-argument');
    expect(failureOf(await server.ask('PATCH', 'recordings/x', { payload: { note: 'x'.repeat(70_000) } }))).toBe(
      '400 bad-argument',
    );
    expect(failureOf(await server.ask('PATCH', 'recordings/x', { payload: { name: 'x'.repeat(201) } }))).toBe(
      '400 bad-argument',
    );
  });

  test('an unknown format, recording or address', async () => {
    expect(failureOf(await server.ask('GET', 'recordings/x?format=svg'))).toBe('400 bad-argument');
    expect(failureOf(await server.ask('GET', 'recordings/20260102-030405-0123abcd'))).toBe('404 no-such-recording');
    expect(failureOf(await server.ask('GET', 'recordings/..%2F..%2Fetc'))).toBe('404 no-such-recording');
    expect(failureOf(await server.ask('GET', 'nothing'))).toBe('404 not-found');
    expect(failureOf(await server.ask('PUT', 'recordings'))).toBe('404 not-found');
  });
});

test('a handler that fails says so without its reasons, which go to the terminal', async () => {
  const failure = new Error('secret path /srv');
  vi.spyOn(server.store, 'list').mockRejectedValue(failure);
  const answer = await server.ask('GET', 'recordings');
  expect(failureOf(answer)).toBe('500 internal');
  expect(answer.payload).not.toContain('secret');
  expect(server.onFailure.mock.calls).toEqual([[failure]]);
  server.onFailure.mockReset();
});
