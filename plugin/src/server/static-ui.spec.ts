import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorBody } from '#trace/contract/api.ts';
import { HOST, InjectedServer } from '../../test/injected-server.ts';

let server: InjectedServer;
beforeEach(async () => {
  server = await InjectedServer.open();
});
afterEach(() => server.close());

describe('static files', () => {
  const get = (url: string) => server.app.inject({ url, headers: { host: HOST } });

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
    fs.writeFileSync(path.join(server.folder.path, 'ui', 'chunk-hDm_-VIi.js'), 'start()');
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
    fs.writeFileSync(path.join(server.folder.path, 'secret.txt'), 'secret');
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
    fs.rmSync(path.join(server.folder.path, 'ui'), { recursive: true });
    const answer = await get('/profiler');
    expect([answer.statusCode, answer.json<ErrorBody>().message]).toEqual([404, 'The page has not been built']);
  });
});
