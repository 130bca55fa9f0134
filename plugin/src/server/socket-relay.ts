/** The page over TCP, with all it asks for from a sampler that listens on a UNIX socket: that of a master's plugin, which records whatever becomes of the reactor. */
import http, { type IncomingMessage } from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { API_ROOT, LIVE_TOKEN_PROTOCOL_PREFIX } from '#trace/contract/api.ts';
import { ERROR_KINDS, ProfilerError } from '#trace/contract/errors.ts';
import { TokenChecker } from './access-guard.ts';
import { sendError, type FailureListener } from './error-answers.ts';
import { checkSource, protectAnswers } from './http-protection.ts';
import { registerStaticUi } from './static-ui.ts';

/** Until an answer begins: a dump or an examination takes a second. */
const ANSWER_TIMEOUT_MS = 30_000;
const LIVE_PATH = `/${API_ROOT}/live`;
/** All that the sampler needs to know: never the token, which is this server's own. */
const PASSED_HEADERS = ['accept', 'content-type', 'content-length'] as const;
/** Of one connection, not of the answer. */
const HOP_HEADERS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export interface RelayParts {
  readonly token: string;
  readonly socket: string;
  readonly uiFolder: string;
  readonly onFailure: FailureListener;
}

/** The whole server, not yet listening. */
export const createRelay = async ({ token, socket, uiFolder, onFailure }: RelayParts): Promise<FastifyInstance> => {
  const app = Fastify({ forceCloseConnections: true });
  const tokens = new TokenChecker(token);
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, onFailure));
  protectAnswers(app, checkSource);
  registerStaticUi(app, uiFolder);
  app.register(
    (api, _options, done) => {
      // Bodies pass as they come: the sampler looks at them, and has their limit.
      api.removeAllContentTypeParsers();
      api.addContentTypeParser('*', (_request, _body, next) => next(null));
      api.addHook('onRequest', (request, _reply, next) => {
        tokens.check(request);
        next();
      });
      api.all('/*', (request, reply) => relayRequest(request, reply, socket));
      done();
    },
    { prefix: `/${API_ROOT}` },
  );
  const followers = new Set<Duplex>();
  app.server.on('upgrade', (request: IncomingMessage, browser: Duplex, head: Buffer) => {
    // One that goes away in the middle of something is no failure.
    browser.on('error', () => browser.destroy());
    try {
      checkSource(request);
      tokens.check(request);
      if (!isLive(request)) throw new ProfilerError('not-found', 'There is no websocket at this address');
    } catch (error) {
      refuseUpgrade(browser, error);
      return;
    }
    followers.add(browser);
    browser.once('close', () => followers.delete(browser));
    relayUpgrade(request, browser, head, socket);
  });
  app.addHook('preClose', (done) => {
    for (const browser of followers) browser.destroy();
    done();
  });
  return app;
};

const isLive = ({ url = '' }: IncomingMessage): boolean => url.split('?')[0] === LIVE_PATH;

const relayRequest = async (
  request: FastifyRequest,
  reply: FastifyReply,
  socketPath: string,
): Promise<FastifyReply> => {
  const headers: Record<string, string> = {};
  for (const name of PASSED_HEADERS) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = http.request({ socketPath, path: request.url, method: request.method, headers }, resolve);
  asked.setTimeout(ANSWER_TIMEOUT_MS, () => asked.destroy(new Error('no answer in time')));
  asked.on('error', (error) => reject(away(error)));
  request.raw.once('close', () => {
    if (!reply.raw.writableFinished && reply.raw.destroyed) asked.destroy();
  });
  request.raw.pipe(asked);
  const answer = await promise;
  asked.setTimeout(0);
  for (const [name, value] of Object.entries(answer.headers))
    if (!HOP_HEADERS.has(name) && value !== undefined) reply.header(name, value);
  return reply.code(answer.statusCode ?? 500).send(answer);
};

const away = (error: Error): ProfilerError =>
  new ProfilerError('sampler-failed', `The sampler of the plugin does not answer: ${error.message}`);

/** The handshake is the sampler's: it is told the same key, and the browser gets its answer. */
const relayUpgrade = (request: IncomingMessage, browser: Duplex, head: Buffer, socketPath: string): void => {
  const { headers, url = '' } = request;
  const protocols = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== '' && !protocol.startsWith(LIVE_TOKEN_PROTOCOL_PREFIX));
  const lines = [
    `GET ${url} HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Version: ${headers['sec-websocket-version'] ?? ''}`,
    `Sec-WebSocket-Key: ${headers['sec-websocket-key'] ?? ''}`,
    ...(protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
  ];
  let isAnswered = false;
  const sampler = net.connect(socketPath, () => {
    isAnswered = true;
    sampler.write(`${lines.join('\r\n')}\r\n\r\n`);
    sampler.write(head);
    sampler.pipe(browser).pipe(sampler);
  });
  sampler.on('error', (error) => {
    if (isAnswered) browser.destroy();
    else refuseUpgrade(browser, away(error));
  });
  sampler.once('close', () => browser.end());
  browser.once('close', () => sampler.destroy());
};

const refuseUpgrade = (browser: Duplex, error: unknown): void => {
  const { code, message } = error instanceof ProfilerError ? error : new ProfilerError('internal', 'The server failed');
  const body = JSON.stringify({ code, message });
  const { status } = ERROR_KINDS[code];
  browser.end(
    `HTTP/1.1 ${String(status)} ${http.STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n${body}`,
  );
};
