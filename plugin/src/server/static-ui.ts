import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProfilerError } from '#trace/contract/errors.ts';

/** Stands in index.html wherever the response's nonce belongs. */
const NONCE_MARKER = '__CSP_NONCE__';
/** As the build names files by their content: `main-ABCD1234.js`, `chunk-aB3_d-Fg.js`. */
const HASHED_NAME = /-[\w-]{8}\.\w+(\.map)?$/;
const NONCE_BYTES = 16;
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Everything the page does, and nothing else. `ws:` with the page's own host, for browsers whose 'self' does not cover websockets. */
const contentSecurityPolicy = (request: FastifyRequest, nonce?: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    `connect-src 'self' ws://${request.headers.host ?? ''}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const loadIndex = async (folder: string): Promise<string> => {
  try {
    return await fs.promises.readFile(path.join(folder, 'index.html'), 'utf8');
  } catch (error) {
    throw new ProfilerError('not-found', 'The page has not been built', { folder }, { cause: error });
  }
};

/** The page itself, for every path of its router: with a fresh nonce, and never from a cache. */
const sendIndex = async (folder: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  const html = (await loadIndex(folder)).replaceAll(NONCE_MARKER, nonce);
  return reply
    .header('content-security-policy', contentSecurityPolicy(request, nonce))
    .header('cache-control', 'no-cache')
    .type('text/html; charset=utf-8')
    .send(html);
};

const isPagePath = (url: string): boolean => {
  const { pathname } = new URL(url, 'http://localhost');
  return !path.posix.basename(pathname).includes('.');
};

/** Serves the built page from `folder`; a folder that is not there yet says so when somebody asks for the page. */
export const registerStaticUi = (app: FastifyInstance, folder: string): void => {
  if (fs.existsSync(folder)) {
    app.register(fastifyStatic, {
      root: folder,
      index: false,
      dotfiles: 'deny',
      cacheControl: false,
      allowedPath: (pathname) => path.posix.basename(pathname) !== 'index.html',
      setHeaders: (reply, file) => {
        reply.header('cache-control', HASHED_NAME.test(file) ? IMMUTABLE : 'no-cache');
      },
    });
  }
  // A worker is bound by the policy that comes with its own script.
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('content-security-policy', contentSecurityPolicy(request));
    done();
  });
  app.get('/', (request, reply) => sendIndex(folder, request, reply));
  app.setNotFoundHandler((request, reply) => {
    if ((request.method === 'GET' || request.method === 'HEAD') && isPagePath(request.url))
      return sendIndex(folder, request, reply);
    throw new ProfilerError('not-found', 'There is nothing at this address');
  });
};
