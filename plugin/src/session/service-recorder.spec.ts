import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { DEFAULT_STORAGE_LIMITS } from '../recording/recording-writer.ts';
import { filesOfService } from '../recording/service-naming.ts';
import { ServiceRecorder, type ServiceSettings } from './service-recorder.ts';
import { TargetWatch } from './target-watch.ts';

const SETTINGS: ServiceSettings = { frequencyHz: 100, mode: 'virtual', periodSeconds: 5, retention: {} };
const RETRY_MS = 5;
const STOP_TIMEOUT_MS = 500;

let folder: ReturnType<typeof makeTemporaryFolder>;
let source: ScriptedSource;
let store: RecordingStore;
let recorder: ServiceRecorder;
const onRecording = vi.fn<(id: string) => void>();
const onProblem = vi.fn<(error: ProfilerError) => void>();

beforeEach(async () => {
  onRecording.mockReset();
  onProblem.mockReset();
  folder = makeTemporaryFolder();
  source = new ScriptedSource();
  const files = filesOfService(`${folder.path}/prof_`);
  store = await RecordingStore.open(files.folder, DEFAULT_STORAGE_LIMITS, files.naming);
  const watch = new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget);
  const listener = { onRecording, onProblem, onFailure: (error: unknown) => expect.unreachable(String(error)) };
  recorder = new ServiceRecorder(store, watch, source.start, listener, {
    retryMs: RETRY_MS,
    stopTimeoutMs: STOP_TIMEOUT_MS,
  });
});
afterEach(async () => {
  await recorder.close(10_000);
  folder.remove();
});

const started = (times: number): Promise<void> => vi.waitFor(() => expect(onRecording).toHaveBeenCalledTimes(times));
const visibleFiles = (): string[] =>
  fs
    .readdirSync(folder.path)
    .filter((name) => !name.startsWith('.'))
    .sort();

describe('ServiceRecorder', () => {
  test('writes one whole recording after the other, named by its own start', async () => {
    await recorder.start(SETTINGS);
    await started(1);
    for (let period = 0; period < 2; period++) {
      source.emitChunks(3);
      source.rotate();
    }
    source.emitChunks(1);
    await recorder.close(10_000);
    expect(source.requests).toMatchObject([{ rotates: true, periodSeconds: 5, mode: 'virtual', pid: 4711 }]);
    expect(visibleFiles()).toEqual([
      'prof_2026-01-02T03:04:05.000Z.bbprof.gz',
      'prof_2026-01-02T03:04:06.500Z.bbprof.gz',
      'prof_2026-01-02T03:04:08.000Z.bbprof.gz',
    ]);
    expect((await store.list()).map(({ endReason, duration }) => [endReason, duration])).toEqual([
      ['stopped', 500_000],
      ['period-over', 1_500_000],
      ['period-over', 1_500_000],
    ]);
    const ids: string[] = [];
    for (const { id } of await store.list())
      for await (const line of store.loadLines(id)) if (line.kind === 'header') ids.push(line.recordingId);
    expect(ids).toEqual(onRecording.mock.calls.map(([id]) => id).reverse());
  });

  test('keeps what was recorded when it is given other settings', async () => {
    await recorder.start(SETTINGS);
    await started(1);
    source.emitChunks(2);
    source.startsAt += 60_000;
    await recorder.start({ ...SETTINGS, frequencyHz: 50 });
    await started(2);
    source.emitChunks(1);
    await recorder.close(10_000);
    expect(source.requests.map(({ frequencyHz }) => frequencyHz)).toEqual([100, 50]);
    expect((await store.list()).map(({ endReason }) => endReason)).toEqual(['stopped', 'stopped']);
  });

  test('tells once what keeps it from recording, and goes on when that is over', async () => {
    source.startFailure = new ProfilerError('no-permission', 'not allowed');
    await recorder.start(SETTINGS);
    await vi.waitFor(() => expect(source.requests.length).toBeGreaterThan(2));
    expect(onProblem.mock.calls.map(([{ code }]) => code)).toEqual(['no-permission']);
    expect(visibleFiles()).toEqual([]);
    source.startFailure = undefined;
    await started(1);
  });

  test('tells where there is no room for a recording, and tries again', async () => {
    store.limits = { ...DEFAULT_STORAGE_LIMITS, minimumFreeBytes: Number.MAX_SAFE_INTEGER };
    await recorder.start(SETTINGS);
    await vi.waitFor(() => expect(source.requests.length).toBeGreaterThan(1));
    expect(onProblem.mock.calls.map(([{ code }]) => code)).toEqual(['file-unwritable']);
    store.limits = DEFAULT_STORAGE_LIMITS;
    await started(1);
  });

  test('completes the recording of a sampler that hangs, and goes on with another', async () => {
    await recorder.start(SETTINGS);
    await started(1);
    source.emitChunks(1);
    source.ignoresStop = true;
    source.startsAt += 60_000;
    await recorder.start({ ...SETTINGS, frequencyHz: 50 });
    await started(2);
    source.ignoresStop = false;
    await recorder.close(10_000);
    expect((await store.list()).map(({ endReason }) => endReason)).toEqual(['stopped', 'sampler-failed']);
  });

  test('lets go of old recordings by the limits that it was given', async () => {
    await recorder.start({ ...SETTINGS, retention: { maximumTotalBytes: 1 } });
    await started(1);
    source.emitChunks(1);
    source.rotate();
    await vi.waitFor(() => expect(visibleFiles()).toEqual(['prof_2026-01-02T03:04:05.500Z.bbprof']));
  });
});
