/** What is looked at and taken along in Buildbot's own page without a mouse. */
import path from 'node:path';
import { ReportPage } from './pages/report-page.ts';
import { tabTo } from './pages/tab-to.ts';
import { expectNoBarrier } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

test.beforeEach(async ({ buildbot, demoTrace, page, profiler, startHostPage }) => {
  const host = await startHostPage(['view', demoTrace]);
  await page.goto(host.url('/profiler').href);
  await buildbot.waitForProfiler();
  await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
});

test('the flame graph is turned round, and its chains are folded', async ({ page, profiler }) => {
  const hash = (): string => new URL(page.url()).hash;
  const whole = await profiler.totalWeight();
  const [topDown, bottomUp] = ['Top-down', 'Bottom-up'].map((name) => page.getByRole('button', { name }));
  if (topDown === undefined || bottomUp === undefined) throw new Error('unreachable');
  const chains = page.getByRole('checkbox', { name: 'Fold chains' });

  await tabTo(page, chains);
  const unfolded = (await profiler.readFrameNames()).length;
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  await expect(chains).toBeChecked();
  await expect.poll(hash).toContain('chains=folded');
  const names = await profiler.readFrameNames();
  expect(names.some((name) => / \(\d+ frames\)$/.test(name))).toBe(true);
  expect(names.length).toBeLessThan(unfolded);
  expect(await profiler.totalWeight()).toBe(whole);

  await tabTo(page, bottomUp);
  await page.keyboard.press('Enter');
  await profiler.waitUntilIdle();
  await expect(bottomUp).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(hash).toContain('tree=bottom-up');
  expect(await profiler.totalWeight()).toBe(whole);
  await tabTo(page, profiler.frames);
  for (const level of ['2', '3']) {
    await page.keyboard.press('ArrowDown');
    await expect(profiler.activeFrame).toHaveAttribute('aria-level', level);
  }
  await expect(profiler.activeFrame).toHaveAccessibleName(/with no caller/);
  await expectNoBarrier(page, 'bbp-profiler');

  await tabTo(page, topDown);
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  await expect.poll(hash).not.toContain('tree=');
});

test('a report is saved, and shows what the page shows', async ({ context, folder, page, profiler }) => {
  const whole = await profiler.totalWeight();
  await tabTo(page, page.getByLabel('Format of the download'));
  await page.keyboard.type('Report');
  await expect(page.getByLabel('Format of the download')).toHaveValue('html');
  await tabTo(page, page.getByRole('checkbox', { name: 'Redact' }));
  await page.keyboard.press('Space');
  await tabTo(page, profiler.downloadButton);
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  const file = path.join(folder, download.suggestedFilename());
  expect(file).toMatch(/\.redacted\.html$/);
  await download.saveAs(file);

  const report = new ReportPage(await context.newPage());
  await report.goto(file);
  expect(await report.totalWeight()).toBe(whole);
});
