/** The profiler inside Buildbot's own web UI. See host-page/ for what stands in for that. */
import { expect, test } from './profiler-test.ts';

test.describe('with a recording', () => {
  test('the menu leads to it', async ({ buildbot, demoTrace, profiler, startHostPage }) => {
    const host = await startHostPage(['view', demoTrace]);
    await buildbot.goto(host.url());
    await buildbot.openProfiler();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    await expect(buildbot.topbar).toContainText('Profiler');
  });
});
