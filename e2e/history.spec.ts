import { expect, test } from './profiler-test.ts';

/** Chromium takes 200 entries in 10 seconds, and passes over the others. */
const LIMIT = 200;
const DRAG_STEPS = 250;
const KEY_PRESSES = 60;
const ROUNDS = 4;

// As a user has it: Playwright switches the limit off.
test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, ignoreDefaultArgs: ['--disable-ipc-flooding-protection'] });
  },
});

test.describe("with the browser's limit on what a page writes into its history", () => {
  test.beforeEach(async ({ demoTrace, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', demoTrace]);
    await profiler.goto(viewer.url);
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('a long drag and many choices end in the right address, and Back takes back the last one', async ({
    page,
    profiler,
  }) => {
    test.slow();
    await profiler.brush(0.1, 0.8, DRAG_STEPS);
    const dragged = await profiler.selectedRange();
    await profiler.selectedTime.focus();
    for (let press = 0; press < KEY_PRESSES; press++) {
      await page.keyboard.press(press % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
    }
    for (let round = 0; round < ROUNDS; round++) {
      await profiler.chooseWeight('GIL');
      await profiler.showFunctions();
      await profiler.chooseWeight('Wall');
      await profiler.showFlameGraph();
    }
    // Settled: else the next choice would be one with the last of these.
    await expect(page).not.toHaveURL(/view=/);
    await expect(page).toHaveURL(/weight=wall/);
    expect(await profiler.selectedRange()).toEqual(dragged);
    await profiler.showStalls();
    await expect(page).toHaveURL(/view=stalls/);

    await page.goBack();
    await profiler.waitUntilIdle();
    await expect(page).not.toHaveURL(/view=/);
    await expect(page).toHaveURL(/weight=wall/);
    await expect(profiler.flameGraph).toBeVisible();
    expect(await profiler.selectedRange()).toEqual(dragged);
  });

  test('is a limit that more would have met', async ({ complaints, page }) => {
    await page.evaluate((count) => {
      for (let entry = 0; entry < count; entry++) history.replaceState(history.state, '', location.href);
    }, 2 * LIMIT);
    await expect.poll(() => complaints.join('\n')).toContain('Throttling navigation');
    complaints.splice(0);
  });
});
