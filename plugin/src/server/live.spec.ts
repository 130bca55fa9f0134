import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { LIVE_PROTOCOL, LIVE_TOKEN_PROTOCOL_PREFIX, type LiveMessage } from '#trace/contract/api.ts';
import { decodeLine } from '#trace/contract/codec.ts';
import { collectGarbage } from '../../test/collect-garbage.ts';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { Recorder } from '../session/recorder.ts';
import { TargetWatch } from '../session/target-watch.ts';
import { createServer } from './create-server.ts';
import { listen } from './listen.ts';

const TOKEN = 'the-token-of-this-test';
const WAITING = { timeout: 10_000, interval: 1 };
const PROTOCOLS = [LIVE_PROTOCOL, LIVE_TOKEN_PROTOCOL_PREFIX + TOKEN];

let folder: ReturnType<typeof makeTemporaryFolder>;
let source: ScriptedSource;
let recorder: Recorder;
let app: FastifyInstance;
let port: number;
const sockets: WebSocket[] = [];
const onFailure = vi.fn();

beforeEach(async () => {
  folder = makeTemporaryFolder();
  const store = await RecordingStore.open(path.join(folder.path, 'recordings'));
  source = new ScriptedSource();
  recorder = new Recorder(
    store,
    new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget),
    source.start,
    onFailure,
  );
  app = await createServer({
    version: '1.2.3',
    token: TOKEN,
    library: store,
    recorder,
    uiFolder: folder.path,
    reportPage: path.join(folder.path, 'report.html'),
    onFailure,
  });
  port = await listen(app, 0);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  await recorder.close(1000);
  await app.close();
  folder.remove();
  expect(onFailure.mock.calls).toEqual([]);
});

/** One browser: what it has been told, in short words. */
class Follower {
  readonly socket: WebSocket;
  readonly lines: string[] = [];
  readonly statuses: Extract<LiveMessage, { kind: 'status' }>['status'][] = [];

  constructor(query = '') {
    this.socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/v1/live${query}`, PROTOCOLS, {
      origin: `http://127.0.0.1:${String(port)}`,
    });
    sockets.push(this.socket);
    this.socket.on('message', (data, isBinary) => {
      expect(isBinary).toBe(false);
      this.#take(String(data as Buffer));
    });
  }

  /** Resolves when the lines are these. */
  async sees(...lines: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.lines).toEqual(lines), { timeout: 10_000 });
  }

  #take(text: string): void {
    const message = JSON.parse(text) as LiveMessage;
    if (message.kind === 'status') {
      this.statuses.push(message.status);
      return;
    }
    const line = decodeLine(text);
    this.lines.push(line.kind === 'chunk' ? String(line.sequence) : line.kind);
  }
}

const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => String(from + index));

describe('the live websocket', () => {
  test('tells the status at first, then the recording from its start to its end', async () => {
    const follower = new Follower();
    await vi.waitFor(() => expect(follower.statuses).toHaveLength(1));
    expect(follower.statuses[0]).toMatchObject({ canRecord: true, target: { pid: 4711 } });
    const { id } = await recorder.start({});
    await vi.waitFor(() => expect(follower.statuses.at(-1)).toMatchObject({ current: { id } }));
    source.emitChunks(2);
    source.end('target-exited');
    await follower.sees('header', '0', '1', 'end');
    await vi.waitFor(() => expect(follower.statuses.at(-1)).not.toHaveProperty('current'));
  });

  test('replays to one who comes late, then goes on live, and follows the next recording too', async () => {
    await recorder.start({});
    source.emitChunks(40);
    const follower = new Follower();
    await follower.sees('header', ...numbers(0, 40));
    source.emitChunks(1);
    await follower.sees('header', ...numbers(0, 41));
    source.end('stopped');
    await follower.sees('header', ...numbers(0, 41), 'end');
    await vi.waitFor(() => expect(recorder.feed()).toBeUndefined());
    await recorder.start({});
    source.emitChunks(1);
    await follower.sees('header', ...numbers(0, 41), 'end', 'header', '0');
  });

  test('goes on where it was after a lost connection', async () => {
    const { id } = await recorder.start({});
    source.emitChunks(30);
    const follower = new Follower(`?recording=${id}&after=27`);
    await follower.sees('header', '28', '29');
    source.emitChunks(1);
    await follower.sees('header', '28', '29', '30');
  });

  test('begins anew where another recording took the place of the one that was followed', async () => {
    await recorder.start({});
    source.emitChunks(3);
    const follower = new Follower('?recording=20260102-030405-0123abcd&after=1');
    await follower.sees('header', '0', '1', '2');
  });

  test('serves several at once, each from where it is', async () => {
    const { id } = await recorder.start({});
    source.emitChunks(10);
    const all = new Follower();
    const late = new Follower(`?recording=${id}&after=8`);
    await all.sees('header', ...numbers(0, 10));
    await late.sees('header', '9');
    source.emitChunks(2);
    source.end('stopped');
    await all.sees('header', ...numbers(0, 12), 'end');
    await late.sees('header', '9', '10', '11', 'end');
  });

  test('lets one who does not read fall behind without memory of its own and without holding up the others', async () => {
    await recorder.start({});
    const slow = new Follower();
    const fast = new Follower();
    await slow.sees('header');
    await fast.sees('header');
    slow.socket.pause();
    // 30 MB, far more than the kernel's buffers take; each chunk only once the fast one has the one before.
    const count = 100;
    collectGarbage();
    const memoryBefore = process.memoryUsage().arrayBuffers;
    for (let index = 0; index < count; index++) {
      source.emitChunks(1, 300_000);
      await vi.waitFor(() => expect(fast.lines).toHaveLength(index + 2), WAITING);
    }
    expect(slow.lines).toEqual(['header']);
    // What was held for the one who does not read stays until it reads; what is still to be compressed and written goes, and so does garbage.
    await vi.waitFor(() => {
      collectGarbage();
      expect(process.memoryUsage().arrayBuffers - memoryBefore).toBeLessThan(15_000_000);
    }, WAITING);
    expect(slow.lines).toEqual(['header']);
    slow.socket.resume();
    source.end('stopped');
    await slow.sees('header', ...numbers(0, count), 'end');
  });

  test('answers in its own protocol and never with the token', async () => {
    const { socket } = new Follower();
    await once(socket, 'open');
    expect(socket.protocol).toBe(LIVE_PROTOCOL);
  });

  test.each([
    ['without a token', [LIVE_PROTOCOL], {}, 401],
    ['with a wrong token', [LIVE_PROTOCOL, `${LIVE_TOKEN_PROTOCOL_PREFIX}wrong`], {}, 401],
    ['from a page of another origin', PROTOCOLS, { origin: 'http://evil.example' }, 403],
    ['under another name', PROTOCOLS, { headers: { host: 'evil.example' } }, 403],
  ])('is refused %s', async (_how, protocols, options, status) => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/v1/live`, protocols, options);
    sockets.push(socket);
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(status);
  });

  test('is refused where the query makes no sense', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/api/v1/live?after=x`, PROTOCOLS);
    sockets.push(socket);
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(400);
  });

  test('hangs up on one who sends more than a word', async () => {
    const { socket } = new Follower();
    await once(socket, 'open');
    socket.send('x'.repeat(2000));
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  test('says goodbye when the server ends, even to one who does not answer', async () => {
    const polite = new Follower();
    const deaf = new Follower();
    await vi.waitFor(() => expect([polite.statuses.length > 0, deaf.statuses.length > 0]).toEqual([true, true]));
    deaf.socket.pause();
    const closed = once(polite.socket, 'close');
    await app.close();
    expect((await closed)[0]).toBe(1001);
    expect(fs.readdirSync(folder.path)).toEqual(['recordings']);
  });
});
