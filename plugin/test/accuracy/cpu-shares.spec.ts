import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTraceLines } from '#trace/contract/codec.ts';
import type { RecordingMode, TraceChunk } from '#trace/contract/trace-lines.ts';
import { GilState, isLost, ThreadState } from '#trace/contract/thread-state.ts';
import { bbprofiler, parseCollapsed, withAccountedTarget } from './accounted-run.ts';

const RECORD_SECONDS = 20;
const FREQUENCY_HZ = 200;
/** A share may be off by so many standard errors, or by a point, whichever is more. */
const STANDARD_ERRORS = 4;
const ONE_POINT = 0.01;
const MAX_LOST_SHARE = 0.01;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bbp-accuracy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Profile {
  readonly ledger: ReadonlyMap<string, number>;
  readonly stacks: ReturnType<typeof parseCollapsed>;
  readonly chunks: readonly TraceChunk[];
}

async function profile(target: string, mode: RecordingMode = 'real'): Promise<Profile> {
  const file = join(folder, `${target}-${mode}.bbprof`);
  const ledger = await withAccountedTarget(target, async (pid) => {
    const options = ['--duration', String(RECORD_SECONDS), '--frequency', String(FREQUENCY_HZ), '--mode', mode];
    await bbprofiler('record', '--pid', String(pid), ...options, '--output', file);
  });
  const chunks: TraceChunk[] = [];
  for await (const line of readTraceLines(createReadStream(file))) if (line.kind === 'chunk') chunks.push(line);
  return {
    ledger,
    chunks,
    stacks: parseCollapsed(await bbprofiler('convert', file, '--to', 'collapsed', '--weight', 'cpu')),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** CPU weight of the stacks that pass through a function, in microseconds. */
const weightOf = (stacks: Profile['stacks'], name: string): number =>
  sum(stacks.filter(({ frames }) => frames.some((frame) => frame.startsWith(`${name} (`))).map(({ weight }) => weight));

const countTicks = (
  chunks: readonly TraceChunk[],
  column: 'states' | 'gil',
  isCounted: (value: number) => boolean,
): number =>
  sum(chunks.flatMap(({ runs }) => runs.flatMap((row) => row.ticks.filter((_, run) => isCounted(row[column][run]!)))));

const ticksIn = (chunks: readonly TraceChunk[], isCounted: (state: ThreadState) => boolean): number =>
  countTicks(chunks, 'states', (state) => isCounted(state as ThreadState));

/** Expects the profile's split of CPU between the ledger's functions to be the ledger's own. */
function expectSharesOfLedger({ ledger, stacks, chunks }: Profile): void {
  const charged = sum([...ledger.values()]);
  const weights = new Map([...ledger.keys()].map((name) => [name, weightOf(stacks, name)]));
  const sampled = sum([...weights.values()]);
  const samples = ticksIn(chunks, (state) => state === ThreadState.running);
  expect(samples).toBeGreaterThan(100);
  for (const [name, seconds] of ledger) {
    const expected = seconds / charged;
    const standardError = Math.sqrt((expected * (1 - expected)) / samples);
    const tolerance = Math.max(STANDARD_ERRORS * standardError, ONE_POINT);
    expect(
      Math.abs(weights.get(name)! / sampled - expected),
      `share of ${name}, ${expected} by its own clock`,
    ).toBeLessThan(tolerance);
  }
}

/** Expects the ticks of every thread that lived throughout to add up to those taken and kept, with next to none lost. */
function expectWholeTicks(chunks: readonly TraceChunk[], threads: number): void {
  const kept = sum(chunks.map(({ losses }) => losses.ticksTaken - losses.ticksLeftOut));
  for (let thread = 0; thread < threads; thread++) {
    const ofThread = chunks.flatMap(({ runs }) => runs.filter((row) => row.thread === thread));
    expect(sum(ofThread.flatMap(({ ticks }) => ticks)), `ticks of thread ${thread}`).toBe(kept);
  }
  expect(ticksIn(chunks, isLost) / (kept * threads)).toBeLessThanOrEqual(MAX_LOST_SHARE);
}

describe('CPU shares of a recording, against the clock of the program itself', () => {
  const lineOf = (target: string, text: string): number =>
    readFileSync(fileURLToPath(new URL(`../targets/${target}.py`, import.meta.url)), 'utf8')
      .split('\n')
      .indexOf(text) + 1;

  it('charge a function that burns 3 ms, and not the one that then sleeps 7 ms', { timeout: 120_000 }, async () => {
    const { ledger, stacks, chunks } = await profile('burn_and_rest');
    expectSharesOfLedger({ ledger, stacks, chunks });
    expectWholeTicks(chunks, 3);

    // Names, full paths and line numbers are those of the source.
    const source = fileURLToPath(new URL('../targets/burn_and_rest.py', import.meta.url));
    const line = lineOf('burn_and_rest', '    ledger.charge(burn)');
    expect(stacks.some(({ frames }) => frames.includes(`cycle (${source}:${line})`))).toBe(true);

    // The threads asleep in a queue and in epoll are idle, and take no share of any weight.
    const idle = ticksIn(chunks, (state) => state === ThreadState.idle);
    const taken = sum(chunks.map(({ losses }) => losses.ticksTaken));
    expect(idle / (2 * taken)).toBeGreaterThan(0.99);
    const wall = parseCollapsed(
      await bbprofiler('convert', join(folder, 'burn_and_rest-real.bbprof'), '--to', 'collapsed', '--weight', 'wall'),
    );
    expect(weightOf(wall, 'rest')).toBeGreaterThan(0);
    expect(weightOf(wall, 'wait_in_queue') + weightOf(wall, 'wait_in_epoll')).toBe(0);
  });

  it('are the same where idle ticks are left out', { timeout: 120_000 }, async () => {
    const recorded = await profile('burn_and_rest', 'virtual');
    expectSharesOfLedger(recorded);
    expectWholeTicks(recorded.chunks, 3);
    expect(sum(recorded.chunks.map(({ losses }) => losses.ticksLeftOut))).toBeGreaterThan(0);
  });

  it('split CPU 70 to 30 where the program does', { timeout: 120_000 }, async () => {
    const recorded = await profile('seventy_thirty');
    expectSharesOfLedger(recorded);
    expectWholeTicks(recorded.chunks, 1);
  });

  it('are not biased against code that makes many tiny calls', { timeout: 120_000 }, async () => {
    const recorded = await profile('tiny_calls');
    expectSharesOfLedger(recorded);
    expectWholeTicks(recorded.chunks, 1);
  });

  it('are those of each thread where two want the GIL', { timeout: 120_000 }, async () => {
    const recorded = await profile('contending');
    expectSharesOfLedger(recorded);
    expectWholeTicks(recorded.chunks, 2);
    // While one holds the GIL, the other is seen to want it: for the 15 ms of CPU, out of 40, that both would run.
    const ticksWith = (wanted: GilState): number => countTicks(recorded.chunks, 'gil', (gil) => gil === wanted);
    expect(ticksWith(GilState.wants) / ticksWith(GilState.holds)).toBeGreaterThan(0.1);
  });
});
