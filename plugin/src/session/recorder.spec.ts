import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProfilerError } from '#trace/contract/errors.ts';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { RecordingStore } from '../recording/recording-store.ts';
import { Recorder } from './recorder.ts';
import { TargetWatch } from './target-watch.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
let source: ScriptedSource;
let recorder: Recorder;
let store: RecordingStore;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  source = new ScriptedSource();
  store = await RecordingStore.open(folder.path);
  const watch = new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget);
  recorder = new Recorder(store, watch, source.start, (error) => expect.unreachable(String(error)));
});
afterEach(() => folder.remove());

const suffixes = (): string[] => fs.readdirSync(folder.path).map((name) => name.slice(name.indexOf('.')));

describe('Recorder', () => {
  test('starts one recording, also where two are asked for at the same moment', async () => {
    const outcomes = await Promise.allSettled([recorder.start({}), recorder.start({})]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(source.requests).toHaveLength(1);
  });

  test('tells of the beginning and the end of a recording', async () => {
    const listener = vi.fn();
    const takeBack = recorder.onChange(listener);
    const { id } = await recorder.start({ frequencyHz: 50 });
    expect(listener).toHaveBeenCalledTimes(1);
    expect(recorder.status().current).toMatchObject({ id, frequencyHz: 50 });
    source.end('target-exited');
    await vi.waitFor(() => expect(listener).toHaveBeenCalledTimes(2));
    expect(recorder.status()).not.toHaveProperty('current');
    takeBack();
    await recorder.start({});
    expect(listener).toHaveBeenCalledTimes(2);
  });

  test('has the file in its final form when it has closed', async () => {
    await recorder.start({});
    source.emitChunks(2);
    await recorder.close(10_000);
    expect(suffixes().sort()).toEqual(['.bbprof.gz', '.json']);
  });

  test('closes in time where the sampler hangs, and leaves the file as far as it is', async () => {
    source.ignoresStop = true;
    const { id } = await recorder.start({});
    source.emitChunks(2);
    await recorder.close(20);
    expect(
      fs
        .readFileSync(store.path + `/${id}.bbprof`, 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(3);
  });

  test('ends a recording that finds no more room with all that had found it', async () => {
    const small = await RecordingStore.open(folder.path, { minimumFreeBytes: 0, maximumRecordingBytes: 5000 });
    const watch = new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget);
    const limited = new Recorder(small, watch, source.start, (error) => expect.unreachable(String(error)));
    const { id } = await limited.start({});
    source.emitChunks(100);
    await vi.waitFor(() => expect(suffixes()).toContain('.bbprof.gz'));
    const summary = await small.describe(id);
    expect(summary).toMatchObject({
      endReason: 'disk-full',
      endMessage: expect.stringContaining('largest size') as unknown,
    });
    expect(summary.losses.ticksTaken).toBeGreaterThan(0);
    expect(summary.losses.ticksTaken).toBeLessThan(5000);
  });

  describe('of a master that is restarted', () => {
    let pid: number | undefined;
    const follow = (): Recorder => {
      const locator = {
        description: '',
        followsRestarts: true,
        locate: () => {
          if (pid === undefined) throw new ProfilerError('no-such-process', 'twistd.pid names nobody');
          return pid;
        },
      };
      const watch = new TargetWatch(locator, scriptedTarget);
      const onFailure = (error: unknown): void => expect.unreachable(String(error));
      return new Recorder(store, watch, source.start, onFailure, { restartLookMs: 5 });
    };
    const pids = (): number[] => source.requests.map((request) => request.pid);

    test('begins another recording of the same settings for the rest of the period', async () => {
      pid = 4711;
      const following = follow();
      const { id } = await following.start({ frequencyHz: 50, periodSeconds: 60 });
      source.emitChunks(20);
      pid = undefined;
      source.end('target-exited');
      await vi.waitFor(() => expect(following.status()).not.toHaveProperty('current'));
      expect(pids()).toEqual([4711]);
      pid = 4712;
      await vi.waitFor(() => expect(following.status().current).toMatchObject({ frequencyHz: 50 }));
      expect(pids()).toEqual([4711, 4712]);
      expect(source.requests[1]?.periodSeconds).toBe(50);
      expect(following.status().current?.id).not.toBe(id);
      await following.close(10_000);
    });

    test.each(['stopped', 'period-over'] as const)('begins none after one that was %s', async (reason) => {
      pid = 4711;
      const following = follow();
      await following.start({});
      source.end(reason);
      await vi.waitFor(() => expect(following.status()).not.toHaveProperty('current'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(pids()).toEqual([4711]);
    });

    test('waits no more once it is told to stop', async () => {
      pid = 4711;
      const following = follow();
      await following.start({});
      pid = undefined;
      source.end('target-exited');
      await vi.waitFor(() => expect(following.status()).not.toHaveProperty('current'));
      await expect(following.stop()).rejects.toMatchObject({ code: 'not-recording' });
      pid = 4712;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(pids()).toEqual([4711]);
    });
  });
});
