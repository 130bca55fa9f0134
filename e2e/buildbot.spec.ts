import { readAllTotals } from './pages/all-totals.ts';
import { withOfflineViewer } from './processes/offline-viewer.ts';
import { expect, test } from './profiler-test.ts';

const RECORDED_MICROSECONDS = 10_000_000;

test('a Buildbot master is recorded, explored, downloaded and opened again', async ({
  browser,
  buildbotMaster,
  profiler,
  folder,
  startProfiler,
}) => {
  await test.step('record ten seconds', async () => {
    const server = await startProfiler(['serve', '--basedir', buildbotMaster.basedir, '--recordings', folder]);
    await profiler.goto(server.url);
    await profiler.record('real');
    await expect.poll(() => profiler.duration(), { timeout: 30_000 }).toBeGreaterThan(RECORDED_MICROSECONDS);
    await profiler.stop();
  });

  const recorded = await test.step('functions of twisted and buildbot are there', async () => {
    const totals = await readAllTotals(profiler);
    const functions = [...totals.Wall.keys()];
    expect(functions.filter((key) => key.includes('/twisted/internet/')).length).toBeGreaterThan(0);
    expect(functions.filter((key) => key.includes('/buildbot/')).length).toBeGreaterThan(0);
    return totals;
  });

  await test.step('the flame graph shows the reactor', async () => {
    expect(await profiler.readFrameNames()).toContain('_SignalReactorMixin.mainLoop');
  });

  await test.step('brush a range with the mouse and click a function', async () => {
    const whole = await profiler.totalWeight();
    await profiler.brush(0.3, 0.7);
    expect(await profiler.totalWeight()).toBeLessThan(whole);
    await profiler.clickFrame('_SignalReactorMixin.mainLoop');
    await expect(profiler.callers.getByRole('button', { name: '_SignalReactorMixin.run' })).toBeVisible();
    await expect(profiler.callees.getByRole('row').nth(1)).toBeVisible();
    await profiler.selectEverything();
  });

  const file = await profiler.saveDownload(folder);
  const reopened = await withOfflineViewer(browser, folder, async (viewer) => {
    await viewer.openFile(file);
    return readAllTotals(viewer);
  });
  expect(reopened).toEqual(recorded);
});
