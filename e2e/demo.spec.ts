import { withOfflineViewer } from './processes/offline-viewer.ts';
import { readAllTotals } from './pages/all-totals.ts';
import { expect, test } from './profiler-test.ts';

/** Functions that carry the demo's busy and blocked phases. */
const DEMO_FUNCTIONS = ['Reactor.run', 'split_log_chunks', 'find_previous_build'];
/** What the longest callback of the demo does, whichever of its two long ones that is. */
const HOLDING_FUNCTIONS = ['parse_huge_log', 'split_log_chunks', 'find_previous_build', 'has_same_properties'];
/** A whole round of the demo, whatever phase it starts in. */
const RECORDED_MICROSECONDS = 16_000_000;

test('the demo master is recorded, explored, downloaded and opened again', async ({
  browser,
  profiler,
  folder,
  startProfiler,
}) => {
  await test.step('the timeline grows while it records', async () => {
    const server = await startProfiler(['serve', '--demo', '--recordings', folder]);
    await profiler.goto(server.url);
    await profiler.record('real');
    let curves = '';
    for (const atLeast of [2_000_000, 5_000_000, RECORDED_MICROSECONDS]) {
      await expect.poll(() => profiler.duration(), { timeout: 30_000 }).toBeGreaterThan(atLeast);
      await expect.poll(() => profiler.readCurves(), 'the curves went on').not.toBe(curves);
      curves = await profiler.readCurves();
    }
    await profiler.stop();
  });

  const whole = await test.step('the flame graph shows what it did', async () => {
    const names = await profiler.readFrameNames();
    expect(names).toEqual(expect.arrayContaining(['Reactor.run']));
    expect(await profiler.readGrowingFrames(), 'frames are complete once the page is idle').toEqual([]);
    return profiler.totalWeight();
  });
  expect(whole).toBeGreaterThan(0);

  await test.step('a narrower range weighs less', async () => {
    await profiler.brush(0.2, 0.8);
    const wide = await profiler.totalWeight();
    expect(await profiler.readGrowingFrames()).toEqual([]);
    await profiler.selectEverything();
    await profiler.brush(0.4, 0.6);
    const narrow = await profiler.totalWeight();
    expect(wide).toBeLessThan(whole);
    expect(narrow).toBeLessThan(wide);
    expect(narrow).toBeGreaterThan(0);
    await profiler.selectEverything();
    expect(await profiler.totalWeight()).toBe(whole);
  });

  await test.step('a click shows callers and callees', async () => {
    await profiler.clickFrame('Reactor.run');
    await expect(profiler.callers.getByRole('button', { name: 'main' })).toBeVisible();
    await expect(profiler.callees.getByRole('button', { name: 'Reactor.run_until_current' })).toBeVisible();
    await expect(profiler.lines.getByRole('row').nth(1)).toContainText(/\d+ ?%/);
  });

  await test.step('the stalls tell what held the reactor, and select their time', async () => {
    await profiler.showStalls();
    const stalls = await profiler.readStalls('Stalls');
    const [longest] = stalls;
    if (longest === undefined) throw new Error('no stall is listed');
    // By the demo's own clock the longest of its callbacks, each of which works or sleeps by itself, takes seconds.
    expect(longest.functions.some((name) => HOLDING_FUNCTIONS.includes(name))).toBe(true);
    expect(longest.duration).toBeGreaterThan(1_000_000);
    expect(longest.duration).toBeGreaterThanOrEqual(longest.shortest);
    expect(longest.duration).toBeLessThanOrEqual(longest.longest);
    expect(stalls.map(({ duration }) => duration)).toEqual(
      stalls.map(({ duration }) => duration).sort((a, b) => b - a),
    );
    await profiler.selectStall(0);
    expect(await profiler.selectedRange()).toEqual({ start: longest.start, end: longest.start + longest.duration });
    await profiler.selectEverything();
    await profiler.showFlameGraph();
    // The same stall in the lanes.
    await profiler.selectStallInLanes(/^Stall of [1-9](\.\d)? s /);
    expect(await profiler.totalWeight()).toBeLessThan(whole);
    await profiler.selectEverything();
  });

  const recorded = await test.step('every function has its totals', async () => {
    const totals = await readAllTotals(profiler);
    const names = [...totals.Wall.keys()].map((key) => key.split(' ')[1]);
    expect(names).toEqual(expect.arrayContaining(DEMO_FUNCTIONS));
    return totals;
  });

  await test.step('what it lost is told also now that it is over', async () => {
    await expect(profiler.losses).toContainText(/ % lost/);
    await expect(profiler.losses).toHaveAttribute('title', /samples taken of .* due/);
  });

  const file = await profiler.saveDownload(folder);

  for (const how of ['openFile', 'dropFile'] as const) {
    await test.step(`reopened with ${how}, they are the same before any range is chosen`, async () => {
      const reopened = await withOfflineViewer(browser, folder, async (viewer) => {
        await viewer[how](file);
        expect(await viewer.totalWeight()).toBe(whole);
        await expect(viewer.losses).toContainText(/ % lost/);
        return readAllTotals(viewer);
      });
      expect(reopened).toEqual(recorded);
    });
  }
});
