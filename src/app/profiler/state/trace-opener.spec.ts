import { BehaviorSubject, of, type Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { RecordingSummary, ServerStatus } from '#trace/contract/api.ts';
import { NO_TRACE } from '../shared/trace-state.ts';
import type { OpenRecording } from '../worker/trace-session.ts';
import { ActivityMonitor } from './activity-monitor.ts';
import type { ApiClient } from './api-client.ts';
import { NO_CHOICES } from './choices.ts';
import { ProfilerStore } from './profiler-store.ts';
import type { ServerMonitor, ServerState } from './server-monitor.ts';
import type { TraceClient } from './trace-client.ts';
import { TraceOpener } from './trace-opener.ts';

let running: Subscription | undefined;
afterEach(() => running?.unsubscribe());

const start = (status: ServerStatus, stored: readonly Pick<RecordingSummary, 'id'>[] = []) => {
  const opened: (OpenRecording | 'nothing')[] = [];
  const client = {
    openRecording: (recording: OpenRecording) => Promise.resolve(void opened.push(recording)),
    close: () => Promise.resolve(void opened.push('nothing')),
  } as unknown as TraceClient;
  const state$ = new BehaviorSubject<ServerState>({ status, failure: undefined });
  const monitor = {
    state$,
    get status() {
      return state$.value.status;
    },
  } as unknown as ServerMonitor;
  const api = { loadRecordings: () => Promise.resolve(stored) } as unknown as ApiClient;
  const store = new ProfilerStore(of(NO_TRACE));
  const activity = new ActivityMonitor(document.createElement('div'), (action) => action());
  const options = { baseUrl: 'http://master/ci/plugins/profiler/', token: undefined };
  running = new TraceOpener(store, client, monitor, api, options, activity).watch().subscribe();
  return { opened, store, tellStatus: (next: ServerStatus) => state$.next({ status: next, failure: undefined }) };
};

const IDLE: ServerStatus = { version: '1', canRecord: true };
const RECORDING: ServerStatus = { ...IDLE, current: { id: 'r1' } as RecordingSummary };

describe('what is opened', () => {
  it('is the recording in progress where nothing was chosen, live and below the address of the plugin', async () => {
    const { opened, store } = start(RECORDING);
    await expect.poll(() => store.choices.source).toEqual({ kind: 'recording', id: 'r1' });
    expect(opened.at(-1)).toEqual({
      id: 'r1',
      url: 'http://master/ci/plugins/profiler/api/v1/recordings/r1',
      liveUrl: 'ws://master/ci/plugins/profiler/api/v1/live',
      token: undefined,
    });
  });

  it('is the same again after a link to the bare page', async () => {
    const { store } = start(RECORDING);
    await expect.poll(() => store.choices.source).toBeDefined();
    store.restore(NO_CHOICES);
    expect(store.choices.source).toBeUndefined();
    await expect.poll(() => store.choices.source).toEqual({ kind: 'recording', id: 'r1' });
  });

  it('is a recording that begins while nothing is open', async () => {
    const { store, tellStatus } = start(IDLE);
    tellStatus(IDLE);
    expect(store.choices.source).toBeUndefined();
    tellStatus(RECORDING);
    await expect.poll(() => store.choices.source).toEqual({ kind: 'recording', id: 'r1' });
  });

  it('is the first file of a viewer', async () => {
    const { store } = start({ version: '1', canRecord: false }, [{ id: 'file-1' }, { id: 'file-2' }]);
    await expect.poll(() => store.choices.source).toEqual({ kind: 'recording', id: 'file-1' });
  });

  it('is what was chosen, whatever is being recorded', async () => {
    const { opened, store, tellStatus } = start(IDLE);
    store.selectSource({ kind: 'recording', id: 'old' });
    tellStatus(RECORDING);
    await Promise.resolve();
    expect(store.choices.source).toEqual({ kind: 'recording', id: 'old' });
    expect(opened.at(-1)).toMatchObject({ id: 'old' });
  });
});
