import { BehaviorSubject, of, type Subscription } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { RecordingSummary, ServerStatus } from '#trace/contract/api.ts';
import { microseconds } from '#trace/contract/units.ts';
import { NO_TRACE, type TraceSide } from '../shared/trace-state.ts';
import type { OpenRecording } from '../worker/trace-session.ts';
import { ActivityMonitor } from './activity-monitor.ts';
import type { ApiClient } from './api-client.ts';
import { NO_CHOICES } from './choices.ts';
import type { FileConverter } from './file-converter.ts';
import { ProfilerStore } from './profiler-store.ts';
import type { ServerMonitor, ServerState } from './server-monitor.ts';
import type { TraceClient } from './trace-client.ts';
import { TraceOpener } from './trace-opener.ts';

let running: Subscription | undefined;
afterEach(() => running?.unsubscribe());

type Opened = OpenRecording | File | 'nothing';

const start = (status: ServerStatus, stored: readonly Pick<RecordingSummary, 'id'>[] = []) => {
  const opened: Opened[] = [];
  const before: Opened[] = [];
  const take = (what: Opened, side: TraceSide) => Promise.resolve(void { open: opened, before }[side].push(what));
  const client = {
    openRecording: take,
    openFile: take,
    close: (side: TraceSide) => take('nothing', side),
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
  const opener = new TraceOpener(store, client, monitor, api, options, activity, {} as FileConverter);
  running = opener.watch().subscribe();
  return {
    opened,
    before,
    opener,
    store,
    tellStatus: (next: ServerStatus) => state$.next({ status: next, failure: undefined }),
  };
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

describe('a file', () => {
  it('that a link is about keeps what the link says of it; any other is looked at as a whole', () => {
    const { opened, opener, store } = start(IDLE);
    const range = { start: microseconds(1), end: microseconds(2) };
    store.restore({ ...NO_CHOICES, source: { kind: 'file', name: 'a.bbprof' }, range });
    const file = new File(['1'], 'a.bbprof');
    opener.openFile(file);
    expect([opened.at(-1), store.choices.range]).toEqual([file, range]);
    opener.openFile(new File(['2'], 'b.bbprof'));
    expect(store.choices.range).toBeUndefined();
  });
});

describe('what it is compared with', () => {
  it('is opened beside it, once, and closed when nothing is compared any more', () => {
    const { opened, before, store } = start(IDLE);
    store.selectSource({ kind: 'recording', id: 'new' });
    store.compareWith({ kind: 'trace', source: { kind: 'recording', id: 'old' }, range: undefined });
    store.search('something else changes');
    expect(before).toMatchObject([{ id: 'old', url: 'http://master/ci/plugins/profiler/api/v1/recordings/old' }]);
    store.compareWith({ kind: 'rest' });
    expect(before.at(-1)).toBe('nothing');
    expect(opened.at(-1)).toMatchObject({ id: 'new' });
  });

  it('is another file, also where both have one name; Back brings both again', () => {
    const { opened, before, opener, store } = start(IDLE);
    const [monday, tuesday] = [new File(['1'], 'prof.bbprof'), new File(['2'], 'prof.bbprof')];
    opener.openFile(tuesday);
    opener.compareWithFile(monday);
    expect([opened.at(-1), before.at(-1)]).toEqual([tuesday, monday]);
    const compared = store.choices;
    store.selectSource({ kind: 'recording', id: 'r1' });
    expect(before.at(-1)).toBe('nothing');
    store.restore(compared);
    expect([opened.at(-1), before.at(-1)]).toEqual([tuesday, monday]);
  });

  it('changes places with it', () => {
    const { opened, before, store } = start(IDLE);
    store.selectSource({ kind: 'recording', id: 'new' });
    store.compareWith({ kind: 'trace', source: { kind: 'recording', id: 'old' }, range: undefined });
    const everything = { start: microseconds(0), end: microseconds(1) };
    store.swapSides({ bounds: everything, viewport: everything, range: undefined, isSliding: false });
    expect([opened.at(-1), before.at(-1)]).toMatchObject([{ id: 'old' }, { id: 'new' }]);
  });
});
