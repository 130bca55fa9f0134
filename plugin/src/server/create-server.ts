import fastifyWebsocket, { type WebSocket } from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { API_ROOT, LIVE_PROTOCOL } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { TokenChecker } from './access-guard.ts';
import { sendError } from './error-answers.ts';
import { checkSource, protectAnswers } from './http-protection.ts';
import { liveRoute, type LiveParts } from './live-route.ts';
import { describeRoutes } from './openapi.ts';
import { restRoutes, type RestParts } from './rest-routes.ts';
import { registerStaticUi } from './static-ui.ts';

/** The largest body is a note of 10,000 characters. */
const MAX_BODY_BYTES = 64 * 1024;
/** Followers only listen; what they send is read and thrown away. */
const MAX_SOCKET_MESSAGE_BYTES = 1024;
/** For a follower to say goodbye before its connection is cut. */
const GOODBYE_LIMIT_MS = 500;
/** Close code of a server that ends (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;

export interface ServerParts extends LiveParts, RestParts {
  /** Absent on a socket that nobody but its owner may open: then whoever asks may do all, and a proxy before it checks who that is. */
  readonly token?: string;
  /** Where the built page lies; absent where somebody else serves it. */
  readonly uiFolder?: string;
}

/** The whole server, not yet listening. */
export const createServer = async (parts: ServerParts): Promise<FastifyInstance> => {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    // Whoever waits for a download when the server ends gets it cut.
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  // Answers are made by this program alone: their schemas describe them and do not filter.
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.setErrorHandler((error, _request, reply) => sendError(reply, error, parts.onFailure));
  acceptEmptyJson(app);
  // Before the guard: it ends the connection of an upgrade that the guard refuses.
  await app.register(fastifyWebsocket, {
    options: {
      maxPayload: MAX_SOCKET_MESSAGE_BYTES,
      // Never the token: what is chosen here goes back to the client.
      handleProtocols: (protocols) => (protocols.has(LIVE_PROTOCOL) ? LIVE_PROTOCOL : false),
    },
    preClose(done) {
      for (const socket of this.websocketServer.clients) sayGoodbye(socket);
      this.websocketServer.close();
      done();
    },
  });
  protectAnswers(app, parts.token === undefined ? () => undefined : checkSource);
  if (parts.uiFolder !== undefined) registerStaticUi(app, parts.uiFolder);
  await app.register(api(parts), { prefix: `/${API_ROOT}` });
  return app;
};

const api = (parts: ServerParts) => (app: FastifyInstance, _options: object, done: () => void) => {
  const token = parts.token === undefined ? undefined : new TokenChecker(parts.token);
  app.addHook('onRequest', (request, reply, next) => {
    reply.headers({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    });
    token?.check(request);
    next();
  });
  // A route rather than a handler for what is not found: the static files' own wildcard would come first.
  app.all('/*', () => {
    throw new ProfilerError('not-found', 'There is nothing at this address');
  });
  const document = describeRoutes(app, parts.version);
  app.get(
    '/openapi.json',
    { schema: { summary: 'This description', response: { 200: { type: 'object' } } } },
    () => document,
  );
  app.register(restRoutes(parts));
  app.register(liveRoute(parts));
  done();
};

const sayGoodbye = (socket: WebSocket): void => {
  socket.close(GOING_AWAY, 'the server ends');
  setTimeout(() => socket.terminate(), GOODBYE_LIMIT_MS).unref();
};

/** `POST …/stop` says everything in its address: an empty body is none, whatever its content type. */
const acceptEmptyJson = (app: FastifyInstance): void => {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parseJson(request, body, done);
  });
};
