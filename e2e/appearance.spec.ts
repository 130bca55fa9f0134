import { copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

const SIZES = { wide: { width: 1440, height: 1000 }, narrow: { width: 480, height: 900 } };
/** What is left of a window of 1280 × 800 at 200 %. */
const ZOOMED = { width: 640, height: 400 };

test.describe('the page with a recording', () => {
  test.beforeEach(async ({ demoTrace, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', demoTrace]);
    await profiler.goto(viewer.url);
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(colorScheme, () => {
      test.use({ colorScheme });

      test('has no barrier that axe knows of, in any view', async ({ page, profiler }) => {
        await expectNoBarrier(page);
        await profiler.brush(0.2, 0.9);
        await profiler.clickFrame('Reactor.run');
        await expectNoBarrier(page);
        await profiler.showFunctions();
        await expectNoBarrier(page);
        await profiler.showStalls();
        await expectNoBarrier(page);
        await profiler.showBuilds();
        await profiler.builds
          .getByRole('button', { name: /^\d+ steps? of / })
          .first()
          .click();
        await page.getByRole('button', { name: 'Keys' }).click();
        await expectNoBarrier(page);
      });

      for (const [name, size] of Object.entries(SIZES)) {
        test(`fits a ${name} window; pictures are kept`, async ({ page, profiler }, testInfo) => {
          await page.setViewportSize(size);
          await profiler.waitUntilIdle();
          const picture = async (view: string): Promise<void> => {
            await expectToFit(page, view);
            const file = testInfo.outputPath(`${view}-${colorScheme}-${name}.png`);
            await page.screenshot({ path: file, fullPage: true });
            await testInfo.attach(view, { path: file, contentType: 'image/png' });
          };
          await picture('whole');
          await profiler.brush(0.3, 0.7);
          await profiler.clickFrame('Reactor.run');
          await picture('flame-graph');
          await profiler.showFunctions();
          await picture('functions');
          await profiler.showStalls();
          await picture('stalls');
          await profiler.showBuilds();
          await picture('builds');
          await profiler.openRecordings();
          await picture('recordings');
        });
      }
    });
  }

  test.describe('at 200 %', () => {
    test.use({ viewport: ZOOMED, deviceScaleFactor: 2 });

    test('leaves room for what the range is made of, and has every view within reach', async ({ page, profiler }) => {
      await profiler.brush(0.3, 0.7);
      await profiler.frames.scrollIntoViewIfNeeded();
      await profiler.clickFrame('Reactor.run');
      await expect(profiler.callers.getByRole('row').nth(1)).toBeVisible();
      await expectToFit(page, 'flame graph');
      await profiler.showFunctions();
      await expectToFit(page, 'functions');
      await profiler.showStalls();
      await profiler.selectStall(0);
      await expectToFit(page, 'stalls');
      await profiler.showBuilds();
      await expectToFit(page, 'builds');
      await profiler.openRecordings();
      await expectToFit(page, 'recordings');
    });
  });
});

test('what the page asks, tells of failures and says while there is nothing has no barrier that axe knows of', async ({
  demoTrace,
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  const garbage = path.join(folder, 'holiday.bbprof');
  await writeFile(garbage, Buffer.from([0, 1, 2, 250, 13, 10, 0, 200, 150]));
  const check = async (): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectNoBarrier(page);
    }
  };
  const server = await startProfiler(['serve', '--demo', '--recordings', folder]);
  await profiler.goto(server.url);
  await check();
  await profiler.openFile(garbage);
  await expect(profiler.alert).toBeVisible();
  await check();
  await profiler.openRecordings();
  await check();

  await copyFile(demoTrace, path.join(folder, '20260102-030405-0123abcd.bbprof.gz'));
  await page.reload();
  const list = page.getByRole('region', { name: 'Recordings' });
  await list.getByRole('button', { name: /^Rename, note / }).click();
  await check();
  await list.getByRole('button', { name: 'Save' }).click();
  await list.getByRole('button', { name: /^Delete / }).click();
  await expect(list.getByText('Delete for good?')).toBeVisible();
  await check();
});
