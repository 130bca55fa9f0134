// @vitest-environment node
// jsdom's Blob and Response do not know each other.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeFailure } from '../shared/describe-failure.ts';
import { ApiClient } from './api-client.ts';

const BASE = 'http://master/plugins/profiler/';
const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A server that sends parts until it is told otherwise. */
const serve = (headers: Record<string, string> = {}) => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const requests: { readonly url: string; readonly init: RequestInit }[] = [];
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    requests.push({ url, init });
    const body = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
    init.signal?.addEventListener('abort', () => controller!.error(init.signal!.reason));
    return Promise.resolve(new Response(body, { headers }));
  });
  return {
    requests,
    send: (text: string) => controller!.enqueue(encode(text)),
    end: () => controller!.close(),
    breakOff: () => controller!.error(new TypeError('network error')),
  };
};

const load = (format: 'bbprof' | 'pprof' = 'bbprof') => {
  const stopping = new AbortController();
  const progress: string[] = [];
  const watch = {
    signal: stopping.signal,
    onProgress: (loaded: number, total: number) => void progress.push(`${loaded}/${total}`),
  };
  const loaded = new ApiClient({ baseUrl: BASE, token: 'key' }).loadRecordingFile('r 1', format, watch);
  // A test looks at how it fails when it is there.
  loaded.catch(() => undefined);
  return { loaded, progress, stop: () => stopping.abort() };
};

const failureOf = (loaded: Promise<Blob>) => loaded.then(() => undefined, describeFailure);

describe("a recording's file", () => {
  afterEach(() => vi.unstubAllGlobals());

  it('comes whole, with the token, and tells how far it is', async () => {
    const server = serve({ 'content-length': '6', 'content-type': 'application/gzip' });
    const { loaded, progress } = load();
    await expect.poll(() => server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ url: `${BASE}api/v1/recordings/r%201` });
    expect(new Headers(server.requests[0]!.init.headers).get('authorization')).toBe('Bearer key');
    server.send('abcd');
    await expect.poll(() => progress).toEqual(['4/6']);
    server.send('ef');
    server.end();
    const file = await loaded;
    expect([await file.text(), file.type]).toEqual(['abcdef', 'application/gzip']);
    expect(progress).toEqual(['4/6', '6/6']);
  });

  it('without a known length, in another format or packed on its way, comes whole, and nothing tells how far it is', async () => {
    const answers: readonly Record<string, string>[] = [{}, { 'content-length': '3', 'content-encoding': 'gzip' }];
    for (const headers of answers) {
      const server = serve(headers);
      const { loaded, progress } = load('pprof');
      await expect.poll(() => server.requests).toHaveLength(1);
      expect(server.requests[0]!.url).toMatch(/\?format=pprof$/);
      server.send('abcd');
      server.end();
      expect(await (await loaded).text()).toBe('abcd');
      expect(progress).toEqual([]);
    }
  });

  it('that stops coming midway is told in words, with something to do', async () => {
    const server = serve({ 'content-length': '6' });
    const { loaded, progress } = load();
    await expect.poll(() => server.requests).toHaveLength(1);
    server.send('abcd');
    await expect.poll(() => progress).toHaveLength(1);
    server.breakOff();
    expect(await failureOf(loaded)).toEqual({
      code: 'broken-off',
      message: 'The connection broke before the recording was whole.',
    });
  });

  it('that nobody sends is told as that', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await failureOf(load().loaded)).toMatchObject({ code: 'offline' });
  });

  it('is not sent on to who wants no more of it, which is no failure of the connection', async () => {
    const server = serve({ 'content-length': '6' });
    const { loaded, progress, stop } = load();
    await expect.poll(() => server.requests).toHaveLength(1);
    server.send('abcd');
    await expect.poll(() => progress).toHaveLength(1);
    stop();
    await expect(loaded).rejects.toMatchObject({ name: 'AbortError' });
    expect(progress).toEqual(['4/6']);
  });
});
