/** Asks a master's web server, as a browser or a program would. */
import http from 'node:http';
import net from 'node:net';
import { once } from 'node:events';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { findFreePort } from '../processes/buildbot-master.ts';

export const BASE_PLUGIN = path.resolve(import.meta.dirname, '../buildbot/base_plugin');

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Question {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: object;
}

/** Settings for `c["www"]`, with the base plugin that Debian lacks on the path. The master's own address is how {@link MasterWeb} knows it. */
export const withWeb = (port: number, more = ''): string => `
c["buildbotURL"] = "http://127.0.0.1:${String(port)}/"
c["www"] = {"port": "tcp:${String(port)}:interface=127.0.0.1", "plugins": {"profiler": True}}
${more}`;

export class MasterWeb {
  readonly port: number;
  /** What comes before the plugin's own addresses. */
  readonly root: string;

  constructor(port: number, root = '/profiler') {
    this.port = port;
    this.root = root;
  }

  get origin(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Resolves with the answer's head; its body is read by whoever wants it. */
  async open(address: string, { method = 'GET', headers = {}, body }: Question = {}): Promise<http.IncomingMessage> {
    const withType = body === undefined ? headers : { 'content-type': 'application/json', ...headers };
    const options = { host: '127.0.0.1', port: this.port, path: address, method, headers: withType, agent: false };
    const request = http.request(options);
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    return answer;
  }

  /** Below the plugin's own address. */
  async ask(address: string, question: Question = {}): Promise<Answer> {
    const answer = await this.open(`${this.root}${address}`, question);
    return { status: answer.statusCode ?? 0, headers: answer.headers, body: await buffer(answer) };
  }

  async json<T>(address: string, question: Question = {}): Promise<T> {
    const { status, body } = await this.ask(address, question);
    if (status >= 400) throw new Error(`${address}: ${String(status)} ${body.toString()}`);
    return JSON.parse(body.toString()) as T;
  }

  /** The status in which an answer, or a refused upgrade, comes. */
  async statusOf(address: string, question: Question = {}): Promise<number> {
    return (await this.ask(address, question)).status;
  }

  live(headers: Readonly<Record<string, string>> = {}): LiveSocket {
    return new LiveSocket(`ws://127.0.0.1:${String(this.port)}${this.root}/api/v1/live`, headers);
  }

  /** What a user gets who logs in with this name. */
  async logIn(name: string, password: string): Promise<string> {
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    const answer = await this.open('/auth/login', { headers: { authorization } });
    answer.resume();
    // The master first gives that of somebody unknown; a browser keeps the later one.
    const cookie = answer.headers['set-cookie']?.at(-1) ?? '';
    return cookie.split(';')[0] ?? '';
  }
}

/** The kinds of messages that came, or the status with which the upgrade was refused. */
export class LiveSocket {
  readonly kinds: string[] = [];
  refusal: number | undefined;
  isClosed = false;
  readonly #socket: WebSocket;
  #onChunk: (() => void) | undefined;

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#socket = new WebSocket(url, ['bbprofiler.v1'], { headers });
    this.#socket.on('message', (data) => {
      const { kind } = JSON.parse(String(data as Buffer)) as { kind: string };
      this.kinds.push(kind);
      if (kind === 'chunk') this.#onChunk?.();
    });
    this.#socket.on('unexpected-response', (_request, answer) => {
      this.refusal = answer.statusCode;
      answer.resume();
    });
    this.#socket.on('close', () => (this.isClosed = true));
    this.#socket.on('error', () => (this.isClosed = true));
  }

  nextChunk(): Promise<void> {
    return new Promise((resolve) => (this.#onChunk = resolve));
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** A reverse proxy that knows the master's pages under `/buildbot/`, as an administrator may set one up. */
export const startPrefixProxy = async (target: number): Promise<{ readonly port: number; close(): void }> => {
  const port = await findFreePort();
  const strip = (url = ''): string => url.replace(/^\/buildbot/, '');
  const sockets = new Set<net.Socket>();
  const server = http.createServer((request, answer) => {
    const { method, headers } = request;
    const upstream = http.request({ host: '127.0.0.1', port: target, path: strip(request.url), method, headers });
    upstream.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    request.pipe(upstream);
  });
  server.on('connection', (socket) => sockets.add(socket));
  server.on('upgrade', (request, socket: net.Socket) => {
    const upstream = net.connect(target, '127.0.0.1', () => {
      const lines = [`GET ${strip(request.url)} HTTP/1.1`];
      for (let index = 0; index < request.rawHeaders.length; index += 2)
        lines.push(`${request.rawHeaders[index] ?? ''}: ${request.rawHeaders[index + 1] ?? ''}`);
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
};
