import { expect, test } from 'vitest';
import { microseconds } from '#trace/contract/units.ts';
import { scriptedChunk } from '../../test/scripted-source.ts';
import { RecordingTally } from './recording-tally.ts';

test('a recording lasts as long as it was counted, though its mode left out the ticks', () => {
  const tally = new RecordingTally();
  tally.add(scriptedChunk(0));
  expect(tally.duration).toBe(490_000);
  tally.add({ ...scriptedChunk(1), ticks: [], runs: [], counters: [{ at: microseconds(1_000_000) }] });
  expect(tally.duration).toBe(1_000_000);
});
