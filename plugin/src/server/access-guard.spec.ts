import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { failureOf, InjectedServer, TOKEN } from '../../test/injected-server.ts';

let server: InjectedServer;
beforeEach(async () => {
  server = await InjectedServer.open();
});
afterEach(() => server.close());

describe('access', () => {
  const addresses = ['status', 'recordings', 'openapi.json', 'recordings/x', 'nothing', 'live'];

  test.each(addresses)('to %s needs the token', async (address) => {
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      expect(failureOf(await server.ask('GET', address, { headers: { authorization } }))).toBe('401 unauthorized');
    }
  });

  test('is for this machine under its own names only: a page that rebinds its name gets nothing, not even static files', async () => {
    for (const host of ['evil.example', 'localhost.evil.example:8080', '192.168.1.1:8080', 'localhost:8080:1']) {
      expect(failureOf(await server.ask('GET', 'status', { headers: { host } }))).toBe('403 foreign-origin');
      expect((await server.app.inject({ url: '/profiler', headers: { host } })).statusCode).toBe(403);
    }
    for (const host of ['localhost:8080', '127.0.0.1:9000', '[::1]:8080', 'LOCALHOST']) {
      expect((await server.ask('GET', 'status', { headers: { host } })).statusCode).toBe(200);
    }
  });

  test('to changes is for our own page: the origin must be the host', async () => {
    for (const origin of ['http://evil.example', 'http://localhost:3000', 'https://localhost:8080', 'null']) {
      expect(failureOf(await server.ask('POST', 'recordings', { headers: { origin } }))).toBe('403 foreign-origin');
      expect(failureOf(await server.ask('DELETE', 'recordings/x', { headers: { origin } }))).toBe('403 foreign-origin');
    }
    expect(server.source.requests).toEqual([]);
  });
});
