import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';
import { once } from 'node:events';
import zlib from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeLine } from '#trace/contract/codec.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { masterSocketPath } from '../session/master-socket.ts';
import { MasterClient } from './master-client.ts';
import { recordThroughPlugin } from './record-through-plugin.ts';

const ID = '20260102-030405-0123abcd';
/** Looks at a recording in progress before it has ended. */
const LOOKS = 3;

const { target, frequencyHz, periodSeconds, mode } = scriptedHeader();
const { losses } = scriptedChunk(0);
const RUNNING = {
  ...{ id: ID, name: '', note: '', target, frequencyHz, periodSeconds, mode },
  ...{ startedAt: 0, duration: 500_000, size: 10, losses },
};
const TRACE = [scriptedHeader(), scriptedChunk(0), scriptedEnd(500_000)]
  .map((line) => `${encodeLine(line)}\n`)
  .join('');

let folder: ReturnType<typeof makeTemporaryFolder>;
let server: http.Server;
let asked: string[];

/** Plays the sampler of a plugin with one recording, which ends by itself after some looks at the status. */
beforeEach(async () => {
  folder = makeTemporaryFolder();
  asked = [];
  let looks = 0;
  const answers: Readonly<Record<string, () => unknown>> = {
    'GET status': () => ({ version: '0', canRecord: true, ...(++looks <= LOOKS + 1 ? { current: RUNNING } : {}) }),
    'POST recordings': () => RUNNING,
    'GET recordings': () => [{ ...RUNNING, endReason: 'period-over' }],
  };
  server = http.createServer((request, answer) => {
    const question = `${request.method ?? ''} ${(request.url ?? '').replace('/api/v1/', '')}`;
    asked.push(question);
    if (question === `GET recordings/${ID}`) answer.end(zlib.gzipSync(TRACE));
    else answer.end(JSON.stringify(answers[question]?.()));
  });
  const socket = masterSocketPath(folder.path);
  fs.mkdirSync(path.dirname(socket), { recursive: true });
  server.listen(socket);
  await once(server, 'listening');
});
afterEach(() => {
  server.close();
  folder.remove();
});

test('a recording in progress is looked at without listing all others, however many there are', async () => {
  const client = await MasterClient.find({ basedir: folder.path });
  const output = path.join(folder.path, 'own.bbprof');
  const wish = { output, overwrite: false, duration: 5 };
  const { end } = await recordThroughPlugin(client!, wish, new AbortController().signal);
  expect(end?.reason).toBe('period-over');
  expect(fs.readFileSync(output, 'utf8')).toBe(TRACE);
  expect(asked.filter((question) => question === 'GET status').length).toBe(LOOKS + 2);
  expect(asked.filter((question) => question === 'GET recordings')).toHaveLength(1);
});
