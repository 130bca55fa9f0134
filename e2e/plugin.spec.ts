import { BASE_PLUGIN, MasterWeb, withWeb } from './master/master-web.ts';
import { BuildbotMaster, findFreePort } from './processes/buildbot-master.ts';
import { PythonWithPlugin } from './processes/python-with-plugin.ts';
import { expect, test } from './profiler-test.ts';

const START_TIMEOUT_MS = 60_000;
const REQUESTS_AT_ONCE = 20;

test("the plugin's own page records the master that serves it, and shows it again after a reload", async ({
  page,
  profiler,
  complaints,
}) => {
  test.setTimeout(240_000);
  const plugin = await PythonWithPlugin.create();
  const port = await findFreePort();
  const environment = { PYTHONPATH: BASE_PLUGIN };
  const master = await BuildbotMaster.start({ python: plugin.python, additions: withWeb(port), environment });
  try {
    const web = new MasterWeb(port);
    await expect.poll(() => web.statusOf('/api/v1/status'), { timeout: START_TIMEOUT_MS }).toBe(200);
    // Without the slash at its end, as somebody may type it.
    await profiler.goto(new URL(`${web.origin}${web.root}`));
    await profiler.record('real');
    await expect.poll(() => profiler.duration()).toBeGreaterThan(3_000_000);
    // A master that does nothing but wait has nothing to show.
    const keepBusy = (): Promise<unknown> =>
      Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, () => web.statusOf('/api/v1/status')));
    await expect
      .poll(async () => {
        await keepBusy();
        return profiler.readFrameNames();
      })
      .toContain('_SignalReactorMixin.mainLoop');
    await profiler.stop();
    expect(await profiler.readFrameNames()).toContain('_SignalReactorMixin.mainLoop');
    const ticks = await profiler.ticks();
    await page.reload();
    await profiler.waitUntilIdle();
    expect(await profiler.ticks()).toBe(ticks);
    expect(complaints).toEqual([]);
  } finally {
    await page.goto('about:blank');
    await master.stop();
    await plugin.remove();
    // From here on the page rightly complains of a master that is gone.
    complaints.splice(0);
  }
});
