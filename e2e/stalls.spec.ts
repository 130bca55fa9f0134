import path from 'node:path';
import { MICROSECONDS_PER_SECOND } from '#trace/contract/units.ts';
import { startTarget } from '../plugin/test/running-target.ts';
import { NODE, StartedProcess } from './processes/child-process.ts';
import { loadModel } from './processes/load-model.ts';
import { BBPROFILER } from './processes/profiler-server.ts';
import { expectSameTime, readJournal, readStallReport, seenPart } from './processes/stall-report.ts';
import { expect, test } from './profiler-test.ts';

/** A whole round of the demo, and so much more that its longest callback is once in it from its beginning to its end. */
const RECORDED_MICROSECONDS = 17 * MICROSECONDS_PER_SECOND;
/** From which length on a callback is told as a stall, less two sampling periods. */
const STALL_SECONDS = 0.08;
const ATTACH_TIMEOUT_MS = 30_000;
const DEBIAN_PYTHON = '/usr/bin/python3';

test("the demo's longest callback is the first stall, as long as by the demo's own clock, with its function and the build that ran", async ({
  folder,
  profiler,
  startProfiler,
}) => {
  const journalFile = path.join(folder, 'journal');
  const server = await startProfiler(['serve', '--demo', '--recordings', folder], { DEMO_JOURNAL: journalFile });
  await profiler.goto(server.url);
  await profiler.record('real');
  await expect.poll(() => profiler.duration(), { timeout: 60_000 }).toBeGreaterThan(RECORDED_MICROSECONDS);
  await profiler.stop();
  const file = await profiler.saveDownload(folder);
  const model = await loadModel(file);
  const seen = (await readJournal(journalFile))
    .map((entry) => ({ ...seenPart(model, entry), function: entry.function }))
    .sort((a, b) => b.end - b.start - (a.end - a.start));
  const longest = seen[0]!;
  expect(longest.function).toBe('parse_huge_log');

  const told = await test.step('the command line says so', async () => {
    const { stalls } = await readStallReport(file);
    const first = stalls[0]!;
    expectSameTime(first, longest, model);
    expect(first.functions.map(({ name }) => name)).toContain(longest.function);
    expect(first.builds.length).toBeGreaterThan(0);
    return first;
  });

  await test.step('the page says the same', async () => {
    await profiler.showStalls();
    const [first] = await profiler.readStalls('Stalls');
    const { start, duration, shortest, longest: bound } = told;
    expect(first).toMatchObject({ start, duration, shortest, longest: bound });
    expect(first?.functions).toContain(longest.function);
    expect(first?.builds).toEqual(told.builds.map(({ builder, number }) => `${builder} #${String(number)}`));
  });
});

test('a reactor with many short callbacks to call has no stall and one spell of saturation', async ({
  folder,
  profiler,
  startProfiler,
}) => {
  const file = path.join(folder, 'short.bbprof.gz');
  const target = await startTarget(DEBIAN_PYTHON, 'short_callbacks.py', 'twisted');
  const recorder = new StartedProcess(NODE, [BBPROFILER, 'record', '--pid', String(target.pid), '--output', file]);
  try {
    await recorder.findLine(/recording pid/, ATTACH_TIMEOUT_MS);
    target.process.stdin?.write('\n');
    const calls = JSON.parse(await target.readLine()) as (readonly [start: number, end: number])[];
    await recorder.stop('SIGINT');
    const model = await loadModel(file);

    const { stalls, spells } = await readStallReport(file);
    // None, unless the machine itself kept one of them waiting for so long.
    const long = calls.filter(([start, end]) => end - start > STALL_SECONDS);
    expect(stalls.length).toBeLessThanOrEqual(long.length);
    expect(spells).toHaveLength(1);
    const whole = { start: calls[0]![0], end: calls.at(-1)![1] };
    expectSameTime(spells[0]!, seenPart(model, whole), model);

    const viewer = await startProfiler(['view', file]);
    await profiler.goto(viewer.url);
    await profiler.showStalls();
    await expect(profiler.stalls.getByText(/^No callback took 100 ms or longer/)).toHaveCount(
      stalls.length === 0 ? 1 : 0,
    );
    expect(await profiler.readStalls('Stalls')).toHaveLength(stalls.length);
    const [spell, ...others] = await profiler.readStalls('Saturation');
    expect(others).toEqual([]);
    expect(spell).toMatchObject({ start: spells[0]!.start, duration: spells[0]!.duration });
    expect(spell?.functions).toContain('ReactorBase.runUntilCurrent');
  } finally {
    await recorder.stop('SIGKILL');
    await target.end();
  }
});
