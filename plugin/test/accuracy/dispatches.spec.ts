import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { computeStalls, type HeldLoop, type StallReport } from '#trace/analysis/stalls.ts';
import { MICROSECONDS_PER_SECOND, threadIndex } from '#trace/contract/units.ts';
import { computeDispatches } from '#trace/analysis/dispatches.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import { loadTraceLines } from '../../src/recording/trace-scan.ts';
import { endCommands, startCommand } from '../cli-process.ts';
import { findPythons } from '../installed-pythons.ts';
import { needMachine } from '../machine-needs.ts';
import { startTarget } from '../running-target.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

/** Each callback of the program: kind, start, end; seconds since the recording's start. */
type Journal = readonly (readonly [kind: string, start: number, end: number])[];
interface Script {
  readonly journal: Journal;
  readonly model: TraceModel;
  readonly report: StallReport;
}

/** Readings of two clocks a moment apart, and their rounding. */
const CLOCK_SLACK_SECONDS = 0.002;
const pythons = findPythons().filter(({ isSupported }) => isSupported);

/** Records a whole run of `callback_script.py` in the mode that is the default. */
const recordScript = async (python: string, loop: string): Promise<Script> => {
  const folder = makeTemporaryFolder();
  onTestFinished(() => folder.remove());
  const target = await startTarget(python, 'callback_script.py', loop);
  onTestFinished(() => target.end());
  const output = path.join(folder.path, 'script.bbprof');
  const recording = startCommand(['record', '--pid', String(target.pid), '--output', output]);
  onTestFinished(endCommands);
  expect(await recording.nextMessage()).toContain('recording pid');
  target.process.stdin?.write('\n');
  const journal = JSON.parse(await target.readLine()) as Journal;
  recording.process.kill('SIGINT');
  expect(await recording.outcome).toMatchObject({ exitCode: 0 });
  const model = await loadTraceModel(loadTraceLines(output));
  const origin = (model.header?.clock.monotonic ?? Number.NaN) / MICROSECONDS_PER_SECOND;
  return {
    journal: journal.map(([kind, start, end]) => [kind, start - origin, end - origin]),
    model,
    report: computeStalls(model),
  };
};

/** Expects the script as it was: two stalls with the right function in bounds that hold, and no stall of the many short callbacks. */
const expectScript = ({ journal, model, report }: Script): void => {
  const byTime = report.stalls.toSorted((a, b) => a.start - b.start);
  const long = journal.filter(([kind]) => kind !== 'short');
  expect(byTime.map((stall) => functionNames(model, stall).find((name) => ['long', 'asleep'].includes(name)))).toEqual([
    'long',
    'asleep',
  ]);
  byTime.forEach((stall, nth) => expectBounds(model, stall, long[nth]?.[1] ?? 0, long[nth]?.[2] ?? 0));

  const short = journal.filter(([kind]) => kind === 'short');
  const { dispatches } = computeDispatches(model, threadIndex(model.threads.findIndex(({ isMain }) => isMain)));
  const caught = dispatches.filter(({ firstTick }) => model.ticks.values[firstTick]! < byTime[0]!.start);
  // A callback takes 12 ms and more, there is a tick each 10 ms: few are missed, none is counted twice.
  expect(caught.length).toBeGreaterThan(short.length / 2);
  expect(caught.length).toBeLessThanOrEqual(short.length + 1);
  expect(report.spells.length).toBeGreaterThan(0);
  expect(report.spells.reduce((sum, { dispatchCount }) => sum + dispatchCount, 0)).toBeGreaterThan(short.length / 2);
};

const functionNames = (model: TraceModel, { functions }: HeldLoop): string[] =>
  functions.map((called) => model.functionName(called));

const expectBounds = (
  model: TraceModel,
  { shortest, longest, firstTick }: HeldLoop,
  realStart: number,
  realEnd: number,
): void => {
  const real = realEnd - realStart;
  const seenAt = model.endOfTick(firstTick);
  expect(shortest / MICROSECONDS_PER_SECOND).toBeLessThan(real + CLOCK_SLACK_SECONDS);
  expect(longest / MICROSECONDS_PER_SECOND).toBeGreaterThan(real - CLOCK_SLACK_SECONDS);
  expect(seenAt / MICROSECONDS_PER_SECOND).toBeGreaterThan(realStart - CLOCK_SLACK_SECONDS);
  expect((seenAt + shortest) / MICROSECONDS_PER_SECOND).toBeLessThan(realEnd + CLOCK_SLACK_SECONDS);
};

describe.each(pythons)('a live Python $version', ({ executable }) => {
  it.each(['asyncio', 'reactor-double'])('tells one long callback of %s from many short ones', async (loop) => {
    expectScript(await recordScript(executable, loop));
  });
});

describe('Twisted', () => {
  it("tells one long callback of the machine's own Twisted from many short ones", async (test) => {
    const withTwisted = pythons.find(
      ({ executable }) => spawnSync(executable, ['-c', 'import twisted.internet.reactor']).status === 0,
    );
    needMachine(test, 'Twisted for one of its Pythons', withTwisted !== undefined);
    expectScript(await recordScript(withTwisted?.executable ?? '', 'twisted'));
  });
});
