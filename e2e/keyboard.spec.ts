import { expect, test } from './profiler-test.ts';

/** More than there are stops on the page: a walk that has not arrived by then never will. */
const MAX_TABS = 80;

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
    const tabTo = async (target: typeof profiler.frames): Promise<void> => {
      for (let tabs = 0; tabs < MAX_TABS; tabs++) {
        await page.keyboard.press('Tab');
        if (await target.evaluate((element) => element === document.activeElement)) return;
      }
      throw new Error('no way there with the Tab key');
    };
    const whole = await profiler.totalWeight();

    await tabTo(profiler.selectedTime);
    await page.keyboard.press('ArrowRight');
    await profiler.waitUntilIdle();
    await expect(profiler.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
    expect(await profiler.totalWeight()).toBeLessThan(whole);
    await page.keyboard.press('Escape');
    await profiler.waitUntilIdle();
    expect(await profiler.totalWeight()).toBe(whole);

    await tabTo(profiler.frames);
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
