import http from 'node:http';
import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { scriptedChunk, scriptedHeader } from '../../test/scripted-source.ts';
import type { RecordingLibrary } from '../recording/recording-library.ts';
import { createServer } from './create-server.ts';
import { listen } from './listen.ts';

const TOKEN = 'the-token-of-this-test';

/** A recording that goes on for as long as somebody reads it, or until it is let end. */
class EndlessRecording {
  linesRead = 0;
  isLetGo = false;
  #isOver = false;

  letEnd(): void {
    this.#isOver = true;
  }

  async *loadLines(): AsyncGenerator<TraceLine, void> {
    try {
      yield scriptedHeader();
      for (let sequence = 0; !this.#isOver; sequence++) {
        this.linesRead += 1;
        yield scriptedChunk(sequence);
        // Whatever else the server has to do.
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      this.isLetGo = true;
    }
  }
}

let recording: EndlessRecording;
let app: FastifyInstance;
let port: number;
const onFailure = vi.fn();

beforeEach(async () => {
  recording = new EndlessRecording();
  const library = {
    describe: () => Promise.resolve({}),
    loadLines: () => recording.loadLines(),
  } as unknown as RecordingLibrary;
  app = await createServer({ version: '1', token: TOKEN, library, recorder: undefined, reportPage: '', onFailure });
  port = await listen(app, 0);
});
afterEach(async () => {
  recording.letEnd();
  await app.close();
});

const ask = (format: string): http.ClientRequest => {
  const headers = { host: `localhost:${String(port)}`, authorization: `Bearer ${TOKEN}` };
  const request = http.get({ port, host: '127.0.0.1', path: `/api/v1/recordings/x?${format}`, headers });
  request.on('error', () => undefined);
  return request;
};

const untilRead = (lines: number): Promise<void> =>
  vi.waitFor(() => expect(recording.linesRead).toBeGreaterThan(lines));

describe('a download that is converted', () => {
  // The first needs all lines before it can begin; the other is sent while it is read.
  test.each(['format=collapsed', 'redact=true'])('ends with the client that asked for it: %s', async (format) => {
    const request = ask(format);
    await untilRead(100);
    expect(recording.isLetGo).toBe(false);
    request.destroy();
    await vi.waitFor(() => expect(recording.isLetGo).toBe(true));
    expect(onFailure.mock.calls, 'nothing has failed').toEqual([]);
  });

  test('is whole where the client waits, however long it takes', async () => {
    const request = ask('format=collapsed');
    await untilRead(100);
    recording.letEnd();
    const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    expect([answer.statusCode, answer.complete]).toEqual([200, true]);
    expect(Buffer.concat(parts).toString()).toBe(
      `MainThread;work (/srv/master.py:3) ${String(recording.linesRead * 500_000)}\n`,
    );
  });
});
