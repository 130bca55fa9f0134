import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { bytes, microseconds, unixMilliseconds } from '#trace/contract/units.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { RecordingStore } from './recording-store.ts';
import { DEFAULT_STORAGE_LIMITS, type RecordingWriter } from './recording-writer.ts';
import { enforceRetention, selectExpired } from './retention.ts';

const HOUR_MS = 3_600_000;
const NOW = 100 * HOUR_MS;

/** Of an hour, ended so many hours ago. */
const recorded = (id: string, endedHoursAgo: number, size: number, isWhole = true): RecordingSummary => {
  const { target, frequencyHz, mode, periodSeconds } = scriptedHeader();
  return {
    id,
    name: '',
    note: '',
    target,
    frequencyHz,
    mode,
    periodSeconds,
    startedAt: unixMilliseconds(NOW - (endedHoursAgo + 1) * HOUR_MS),
    duration: microseconds(HOUR_MS * 1000),
    size: bytes(size),
    losses: scriptedChunk(0).losses,
    ...(isWhole ? { endReason: 'period-over' as const } : {}),
  };
};

const RECORDINGS = [recorded('now', 0, 10, false), recorded('a', 1, 10), recorded('b', 2, 10), recorded('c', 3, 10)];
const expired = (limits: Parameters<typeof selectExpired>[1]): string[] =>
  selectExpired(RECORDINGS, limits, NOW).map(({ id }) => id);

describe('retention', () => {
  test('keeps everything where there is no limit', () => {
    expect(expired({})).toEqual([]);
  });

  test('lets go of what ended before the age', () => {
    expect(expired({ maximumAgeSeconds: 1.5 * 3600 })).toEqual(['b', 'c']);
  });

  test('lets go of the oldest that make the total too large', () => {
    expect(expired({ maximumTotalBytes: 30 })).toEqual(['c']);
  });

  test('never lets go of what is being recorded', () => {
    expect(expired({ maximumTotalBytes: 1, maximumAgeSeconds: 0 })).toEqual(['a', 'b', 'c']);
  });

  test('never lets go of what somebody named or noted something on, but counts it', () => {
    const [, a, b, c] = RECORDINGS as [RecordingSummary, RecordingSummary, RecordingSummary, RecordingSummary];
    const labelled = [a, { ...b, name: 'slow' }, { ...c, note: 'ask Ann' }, recorded('d', 4, 10)];
    const limits = { maximumTotalBytes: 35, maximumAgeSeconds: 3.5 * 3600 };
    expect(selectExpired(labelled, limits, NOW).map(({ id }) => id)).toEqual(['d']);
    expect(selectExpired(labelled, { maximumTotalBytes: 1 }, NOW).map(({ id }) => id)).toEqual(['a', 'd']);
  });

  describe('of a folder', () => {
    let folder: ReturnType<typeof makeTemporaryFolder>;
    beforeEach(() => {
      folder = makeTemporaryFolder();
    });
    afterEach(() => folder.remove());

    const NOTHING = { maximumTotalBytes: 1 };
    const openAs = (owner?: string): Promise<RecordingStore> =>
      RecordingStore.open(folder.path, DEFAULT_STORAGE_LIMITS, undefined, owner);

    const record = async (store: RecordingStore): Promise<RecordingWriter> => {
      const writer = store.begin();
      for (const line of [scriptedHeader(), scriptedChunk(0), scriptedEnd(500_000)])
        writer.append(encodeWithBytes(line));
      await writer.finish();
      return writer;
    };

    test('leaves alone what another master has put there, and what nobody knows who has', async () => {
      const [own, others, nobodys] = [await openAs('a'), await openAs('b'), await openAs()];
      await record(own);
      const kept = [(await record(others)).id, (await record(nobodys)).id];
      await enforceRetention(await openAs('a'), NOTHING, Date.now());
      expect((await own.list()).map(({ id }) => id).sort()).toEqual(kept.sort());
    });

    test('knows its own again when the master that made it was killed, and after it was named', async () => {
      const killed = (await openAs('a')).begin();
      for (const line of [scriptedHeader(), scriptedChunk(0)]) killed.append(encodeWithBytes(line));
      const whole = await record(await openAs('a'));
      const store = await openAs('a');
      // The sidecar of the one that was killed says nothing of an owner unless it was announced.
      expect([await store.owns(killed.id), await store.owns(whole.id)]).toEqual([false, true]);
      await store.announce(killed);
      await store.completeLeftovers();
      await store.relabel(whole.id, { name: 'slow' });
      expect([await store.owns(killed.id), await store.owns(whole.id)]).toEqual([true, true]);
      await enforceRetention(store, NOTHING, Date.now());
      expect((await store.list()).map(({ name }) => name)).toEqual(['slow']);
    });

    test('deletes the files, sidecars too', async () => {
      const store = await RecordingStore.open(folder.path);
      const writer = await record(store);
      const { size } = await store.describe(writer.id);
      await enforceRetention(store, { maximumTotalBytes: size }, Date.now());
      expect(fs.readdirSync(folder.path)).toHaveLength(2);
      await enforceRetention(store, { maximumTotalBytes: size - 1 }, Date.now());
      expect(fs.readdirSync(folder.path)).toEqual([]);
    });
  });
});
