/** What the command line says of the stalls of a recording, and what the target's own clock says. */
import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import type { TraceModel } from '#trace/model/trace-model.ts';
import type { HeldTime } from '../pages/profiler-page.ts';
import { runBbprofiler } from './profiler-server.ts';

const MICROSECONDS_PER_SECOND = 1_000_000;
/** Readings of two clocks a moment apart, and their rounding. */
const CLOCK_SLACK = 2_000;

export interface ToldHold extends HeldTime {
  readonly dispatchCount: number;
  readonly functions: readonly { readonly name: string; readonly file: string }[];
  readonly builds: readonly { readonly builder: string; readonly number: number }[];
}

export interface ToldStalls {
  readonly hasDispatches: boolean;
  readonly stalls: readonly ToldHold[];
  readonly spells: readonly ToldHold[];
}

/** `bbprofiler stalls FILE --json`. */
export const readStallReport = async (file: string): Promise<ToldStalls> =>
  JSON.parse(await runBbprofiler('stalls', file, '--json')) as ToldStalls;

/** When the target held its loop, by its own time stamps: seconds of CLOCK_MONOTONIC. */
export interface JournalEntry {
  readonly function: string;
  readonly start: number;
  readonly end: number;
}

/** The entries so far, one a line; none where it has not written any. */
export const readJournal = async (file: string): Promise<readonly JournalEntry[]> => {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
};

/** The part of an entry that a recording saw, in microseconds since its start. */
export const seenPart = (
  { header, duration }: TraceModel,
  { start, end }: Omit<JournalEntry, 'function'>,
): { readonly start: number; readonly end: number } => {
  const origin = header?.clock.monotonic ?? Number.NaN;
  return {
    start: Math.max(0, start * MICROSECONDS_PER_SECOND - origin),
    end: Math.min(duration, end * MICROSECONDS_PER_SECOND - origin),
  };
};

/**
 * Expects the time as the target's own clock has it: in the bounds that are told, and as long as that to two sampling periods, and whatever
 * the ticks around its beginning and its end were late.
 */
export const expectSameTime = (told: HeldTime, real: ReturnType<typeof seenPart>, { period }: TraceModel): void => {
  const length = real.end - real.start;
  const lateness = Math.max(0, told.longest - told.shortest - 2 * period);
  expect(Math.abs(told.duration - length), 'as long').toBeLessThanOrEqual(2 * period + lateness + CLOCK_SLACK);
  expect(told.shortest, 'not longer than the shortest').toBeLessThanOrEqual(length + CLOCK_SLACK);
  expect(told.longest, 'not shorter than the longest').toBeGreaterThanOrEqual(length - CLOCK_SLACK);
  expect(Math.abs(told.start - real.start), 'at the same time').toBeLessThanOrEqual(
    2 * period + lateness + CLOCK_SLACK,
  );
};
