import fs from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import { expect, vi } from 'vitest';
import type { ErrorBody, Examination, RecordingSummary, ThreadDump } from '#trace/contract/api.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import { REPORT_SLOT } from '#trace/formats/report-file.ts';
import { RecordingStore } from '../src/recording/recording-store.ts';
import { createServer } from '../src/server/create-server.ts';
import type { TargetInspector } from '../src/server/rest-routes.ts';
import { Recorder } from '../src/session/recorder.ts';
import { TargetWatch } from '../src/session/target-watch.ts';
import { ScriptedSource, scriptedTarget } from './scripted-source.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export const TOKEN = 'the-token-of-this-test';
export const HOST = 'localhost:8080';

const INDEX = '<html><bbp-root ngCspNonce="__CSP_NONCE__"></bbp-root></html>';

export const DUMP: readonly ThreadDump[] = [
  {
    name: 'MainThread',
    nativeId: 4711,
    isMain: true,
    state: ThreadState.running,
    gil: GilState.holds,
    frames: [{ function: 'work', file: '/srv/work.py', line: 3 }],
  },
];
export const EXAMINATION: Examination = {
  checks: [{ subject: 'user', verdict: 'blocks', fact: 'it is another' }],
  conclusion: 'It cannot be read.',
  remedies: ['Be that user.'],
  error: { code: 'no-permission', message: 'It cannot be read.' },
};
const INSPECTOR: TargetInspector = { dump: () => DUMP, examine: () => EXAMINATION };

/** The server without a socket, over a folder of its own and a target that does as it is told. */
export class InjectedServer {
  readonly folder: ReturnType<typeof makeTemporaryFolder>;
  readonly store: RecordingStore;
  readonly source = new ScriptedSource();
  /** What the server's own code failed with: nothing, unless the test forgets it. */
  readonly onFailure = vi.fn();
  app!: FastifyInstance;

  private constructor(folder: ReturnType<typeof makeTemporaryFolder>, store: RecordingStore) {
    this.folder = folder;
    this.store = store;
  }

  static async open(): Promise<InjectedServer> {
    const folder = makeTemporaryFolder();
    const ui = path.join(folder.path, 'ui');
    fs.mkdirSync(ui);
    fs.writeFileSync(path.join(ui, 'index.html'), INDEX);
    fs.writeFileSync(path.join(ui, 'main-ABCD1234.js'), 'start()');
    fs.writeFileSync(path.join(ui, 'nvd3.js'), 'draw()');
    fs.writeFileSync(path.join(ui, 'report.html'), `<!doctype html>${REPORT_SLOT}`);
    const server = new InjectedServer(folder, await RecordingStore.open(path.join(folder.path, 'recordings')));
    await server.serve({ records: true });
    return server;
  }

  /** Begins to serve, or to serve otherwise. */
  async serve({ records }: { readonly records: boolean }): Promise<void> {
    const { folder, store, source, onFailure } = this;
    const watch = new TargetWatch(
      { description: 'pid 4711', followsRestarts: false, locate: () => 4711 },
      scriptedTarget,
    );
    this.app = await createServer({
      version: '1.2.3',
      token: TOKEN,
      library: store,
      recorder: records ? new Recorder(store, watch, source.start, onFailure) : undefined,
      inspector: INSPECTOR,
      uiFolder: path.join(folder.path, 'ui'),
      reportPage: path.join(folder.path, 'ui', 'report.html'),
      onFailure,
    });
  }

  /** As our page asks: with the token, from our own address. */
  ask(method: InjectOptions['method'], url: string, options: InjectOptions = {}): Promise<LightMyRequestResponse> {
    return this.app.inject({
      method,
      url: `/api/v1/${url}`,
      ...options,
      headers: { host: HOST, origin: `http://${HOST}`, authorization: `Bearer ${TOKEN}`, ...options.headers },
    });
  }

  async startRecording(): Promise<RecordingSummary> {
    const answer = await this.ask('POST', 'recordings', { payload: { mode: 'real' } });
    expect(answer.statusCode).toBe(201);
    return answer.json<RecordingSummary>();
  }

  async close(): Promise<void> {
    await this.app.close();
    this.folder.remove();
    expect(this.onFailure.mock.calls).toEqual([]);
  }
}

/** Status and code of the catalogue. */
export const failureOf = (answer: LightMyRequestResponse): string =>
  `${String(answer.statusCode)} ${answer.json<ErrorBody>().code}`;
