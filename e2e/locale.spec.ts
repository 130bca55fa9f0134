import { expect, test } from './profiler-test.ts';

test.describe('in the locale de-DE', () => {
  test.use({ locale: 'de-DE' });

  test('numbers, dates and times are as readers there write them', async ({
    demoTrace,
    page,
    profiler,
    startProfiler,
  }) => {
    const viewer = await startProfiler(['view', demoTrace]);
    await profiler.goto(viewer.url);
    const selected = page.locator('p[role=status][data-ticks]');
    await expect(selected).toContainText(/1\.\d{3} samples/);
    await expect(selected).toContainText(/0:00,000 to 0:1\d,\d{3}/);
    await expect(page.locator('p.source')).toContainText(/\b\d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d/);
    await profiler.showStalls();
    await expect(profiler.stalls.locator('tr[data-start-us]').first()).toContainText(/1,\d s/);
    await profiler.showFunctions();
    await expect(profiler.functions.locator('tr[data-function]').filter({ hasText: /\d,\d %/ })).not.toHaveCount(0);
  });
});
