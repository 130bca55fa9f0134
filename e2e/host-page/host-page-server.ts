/** Serves the host page and what the build left for Buildbot, and is between the page and `bbprofiler` what the Python plugin is. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { LIVE_TOKEN_PROTOCOL_PREFIX } from '#trace/contract/api.ts';
import { ROOT } from '../processes/child-process.ts';

/** A master may be below a path of its proxy. */
const MASTER_PREFIX = '/ci/';
const PLUGIN_PREFIX = `${MASTER_PREFIX}plugins/profiler/`;
const API_PREFIX = `${PLUGIN_PREFIX}api/`;
const RECORDING_PATH = /\/recordings\/[^/]+$/;

const fromRoot = (...parts: readonly string[]): string => path.join(ROOT, ...parts);
const PLUGIN_FOLDER = fromRoot('dist/buildbot');

/** Files by their path below the master's. */
const FILES: Readonly<Record<string, string>> = {
  'react.js': fromRoot('node_modules/react/umd/react.production.min.js'),
  'react-dom.js': fromRoot('node_modules/react-dom/umd/react-dom.production.min.js'),
  'remix-router.js': fromRoot('node_modules/@remix-run/router/dist/router.umd.min.js'),
  'react-router.js': fromRoot('node_modules/react-router/dist/umd/react-router.production.min.js'),
  'react-router-dom.js': fromRoot('node_modules/react-router-dom/dist/umd/react-router-dom.production.min.js'),
  'bootstrap.css': fromRoot('node_modules/bootstrap/dist/css/bootstrap.css'),
  'host-page.js': path.join(import.meta.dirname, 'host-page.js'),
  'host-page.css': path.join(import.meta.dirname, 'host-page.css'),
};
const HOST_SCRIPTS = ['react', 'react-dom', 'remix-router', 'react-router', 'react-router-dom', 'host-page'];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.txt': 'text/plain',
};

/** When the plugin's script comes: before the host's own, between its global names and its being ready, or after all; or to an older UI. */
export type HostPageKind = 'early' | 'between' | 'late' | 'older';

const writePage = (kind: HostPageKind): string => {
  const isPluginFirst = kind === 'early' || kind === 'older';
  return [
    `<!doctype html><html lang="en" data-plugin="${kind}"><head><meta charset="utf-8"><title>Test master</title>`,
    '<link rel="icon" href="data:,"><link rel="stylesheet" href="bootstrap.css"><link rel="stylesheet" href="host-page.css">',
    ...(isPluginFirst ? ['<script src="plugins/profiler/scripts.js"></script>'] : []),
    '</head><body><div id="root"></div>',
    ...(kind === 'older' ? [] : HOST_SCRIPTS.map((name) => `<script defer src="${name}.js"></script>`)),
    '</body></html>',
  ].join('');
};

export class HostPageServer {
  readonly #server: http.Server;
  readonly #upstream: URL;
  readonly #token: string;
  /** Websockets that are open. */
  readonly #live = new Set<Socket>();
  /** Of each recording, the connection breaks in its middle. */
  cutsRecordings = false;

  /** `profiler` is the address that `bbprofiler` printed. */
  private constructor(profiler: URL) {
    this.#upstream = profiler;
    this.#token = new URLSearchParams(profiler.hash.slice(1)).get('token') ?? '';
    this.#server = http.createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket));
  }

  static async start(profiler: URL): Promise<HostPageServer> {
    const server = new HostPageServer(profiler);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get openSockets(): number {
    return this.#live.size;
  }

  /** `location` is what stands behind the #, as of a HashRouter. */
  url(location = '/', kind: HostPageKind = 'late'): URL {
    const { port } = this.#server.address() as AddressInfo;
    return new URL(`http://localhost:${String(port)}${MASTER_PREFIX}?page=${kind}#${location}`);
  }

  /** The plugin's own page. */
  pluginUrl(location = ''): URL {
    return new URL(`${PLUGIN_PREFIX}#${location}`, this.url());
  }

  async stop(): Promise<void> {
    for (const socket of this.#live) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.startsWith(API_PREFIX)) return this.#forward(request, response);
    if (pathname === MASTER_PREFIX) {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      return void response.end(writePage((searchParams.get('page') ?? 'late') as HostPageKind));
    }
    const file = findFile(pathname);
    const content = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || content === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream' }).end(content);
  }

  #forward(request: IncomingMessage, response: ServerResponse): void {
    const { method } = request;
    const headers = this.#upstreamHeaders(request);
    const upstream = http.request(this.#upstreamUrl(request), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (this.cutsRecordings && RECORDING_PATH.test(request.url ?? '')) {
        answer.once('data', (part: Buffer) => {
          response.write(part.subarray(0, part.length / 2), () => response.destroy());
        });
      } else {
        answer.pipe(response);
      }
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  /** Both ends speak for themselves once the request has been passed on. */
  #upgrade(request: IncomingMessage, socket: Socket): void {
    const { hostname, port } = this.#upstream;
    const { pathname, search } = this.#upstreamUrl(request);
    const upstream = connect({ host: hostname, port: Number(port) }, () => {
      const protocols = [request.headers['sec-websocket-protocol'], LIVE_TOKEN_PROTOCOL_PREFIX + this.#token].join(
        ', ',
      );
      const headers = { ...this.#upstreamHeaders(request), 'sec-websocket-protocol': protocols };
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      upstream.write(`GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`);
      upstream.pipe(socket).pipe(upstream);
    });
    this.#live.add(socket);
    const end = (): void => {
      this.#live.delete(socket);
      socket.destroy();
      upstream.destroy();
    };
    for (const side of [socket, upstream]) side.on('close', end).on('error', end);
  }

  #upstreamUrl({ url = '/' }: IncomingMessage): URL {
    return new URL(url.slice(PLUGIN_PREFIX.length - 1), this.#upstream);
  }

  /** Neither the page's cookies nor its origin are the sampler's business; its token is not the page's. */
  #upstreamHeaders(request: IncomingMessage): OutgoingHttpHeaders {
    const { cookie: _cookie, origin: _origin, ...headers } = request.headers;
    return { ...headers, host: this.#upstream.host, authorization: `Bearer ${this.#token}` };
  }
}

const findFile = (pathname: string): string | undefined => {
  if (!pathname.startsWith(PLUGIN_PREFIX)) return FILES[pathname.slice(MASTER_PREFIX.length)];
  const name = pathname.slice(PLUGIN_PREFIX.length);
  return /^[\w.-]*$/.test(name) ? path.join(PLUGIN_FOLDER, name || 'index.html') : undefined;
};
