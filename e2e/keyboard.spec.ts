import path from 'node:path';
import { loadModel } from './processes/load-model.ts';
import { tabTo } from './pages/tab-to.ts';
import { expect, test } from './profiler-test.ts';

/** What the demo does in each of its rounds takes so long. */
const RECORDED_MICROSECONDS = 16_000_000;

test.describe('by keyboard alone', () => {
  test.beforeEach(async ({ demoTrace, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', demoTrace]);
    await profiler.goto(viewer.url);
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('a range is selected, a frame found, its callers read, and everything taken back', async ({
    page,
    profiler,
  }) => {
    const whole = await profiler.totalWeight();

    await tabTo(page, profiler.selectedTime);
    await page.keyboard.press('ArrowRight');
    await profiler.waitUntilIdle();
    await expect(profiler.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
    expect(await profiler.totalWeight()).toBeLessThan(whole);
    await page.keyboard.press('Escape');
    await profiler.waitUntilIdle();
    expect(await profiler.totalWeight()).toBe(whole);

    await tabTo(page, profiler.frames);
    const active = profiler.frames.locator('[role=treeitem][aria-selected=true]');
    await expect(active).toHaveAttribute('aria-level', '1');
    for (const level of [2, 3, 4]) {
      await page.keyboard.press('ArrowDown');
      await expect(active).toHaveAttribute('aria-level', String(level));
    }
    await page.keyboard.press('Space');
    await profiler.waitUntilIdle();
    await expect(profiler.callers.getByRole('row').nth(1)).toBeVisible();
    await expect(profiler.callees.getByRole('row').nth(1)).toBeVisible();

    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Show everything' })).toBeVisible();
    await page.keyboard.press('Escape');
    await profiler.waitUntilIdle();
    await expect(page.getByRole('button', { name: 'Show everything' })).toHaveCount(0);
  });

  test('the keys are listed by "?" and the search is reached by "/"', async ({ page }) => {
    await page.keyboard.press('?');
    await expect(page.getByRole('complementary', { name: 'Keys' })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('complementary', { name: 'Keys' })).toHaveCount(0);
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox', { name: 'Search functions and files' })).toBeFocused();
  });
});

test('by keyboard alone a target is recorded, a range of it explored, and the recording saved', async ({
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  const server = await startProfiler(['serve', '--demo', '--recordings', folder]);
  await profiler.goto(server.url);
  await tabTo(page, profiler.recordButton);
  await page.keyboard.press('Enter');
  await expect(profiler.stopButton).toBeEnabled();
  await expect.poll(() => profiler.duration(), { timeout: 30_000 }).toBeGreaterThan(RECORDED_MICROSECONDS);
  await tabTo(page, profiler.stopButton);
  await page.keyboard.press('Space');
  await expect(profiler.recordButton).toBeEnabled();
  await profiler.waitUntilIdle();
  const whole = await profiler.totalWeight();

  await tabTo(page, profiler.selectedTime);
  await page.keyboard.press('ArrowRight');
  // Wide enough that the demo is busy in it.
  for (let step = 0; step < 5; step++) await page.keyboard.press('Shift+PageDown');
  await profiler.waitUntilIdle();
  await expect(profiler.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
  const part = await profiler.totalWeight();
  expect(part).toBeLessThan(whole);
  expect(part).toBeGreaterThan(0);

  await tabTo(page, profiler.frames);
  await expect(profiler.activeFrame).toHaveAttribute('aria-level', '1');
  for (const level of [2, 3, 4]) {
    await page.keyboard.press('ArrowDown');
    await expect(profiler.activeFrame).toHaveAttribute('aria-level', String(level));
  }
  const name = (await profiler.activeFrame.getAttribute('data-frame')) ?? '';
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
  const caller = profiler.callers.getByRole('button').first();
  const callerName = (await caller.textContent())?.trim() ?? '';
  await page.keyboard.press('Enter');
  await profiler.waitUntilIdle();
  await expect(page.getByRole('button', { name: 'Show everything' })).toBeVisible();

  await tabTo(page, caller);
  await page.keyboard.press('Enter');
  await profiler.waitUntilIdle();
  await expect(page.getByRole('heading', { name: callerName, exact: true })).toBeVisible();
  await expect(profiler.callees.getByRole('button', { name, exact: true })).toBeVisible();

  await tabTo(page, profiler.downloadButton);
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  const file = path.join(folder, download.suggestedFilename());
  await download.saveAs(file);
  const model = await loadModel(file);
  expect(model.end?.reason).toBe('stopped');
  expect(model.duration).toBe(await profiler.duration());
});
