import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordingSummary } from '#trace/contract/api.ts';
import { bytes, microseconds, unixMilliseconds } from '#trace/contract/units.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { RecordingStore } from './recording-store.ts';
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

  describe('of a folder', () => {
    let folder: ReturnType<typeof makeTemporaryFolder>;
    beforeEach(() => {
      folder = makeTemporaryFolder();
    });
    afterEach(() => folder.remove());

    test('deletes the files, sidecars too', async () => {
      const store = await RecordingStore.open(folder.path);
      const writer = store.begin();
      for (const line of [scriptedHeader(), scriptedChunk(0), scriptedEnd(500_000)])
        writer.append(encodeWithBytes(line));
      await writer.finish();
      const { size } = await store.describe(writer.id);
      await enforceRetention(store, { maximumTotalBytes: size }, Date.now());
      expect(fs.readdirSync(folder.path)).toHaveLength(2);
      await enforceRetention(store, { maximumTotalBytes: size - 1 }, Date.now());
      expect(fs.readdirSync(folder.path)).toEqual([]);
    });
  });
});
