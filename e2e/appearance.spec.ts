import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './profiler-test.ts';

const SIZES = { wide: { width: 1440, height: 1000 }, narrow: { width: 480, height: 900 } };

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
        const check = async (): Promise<void> => {
          const { violations } = await new AxeBuilder({ page }).analyze();
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
          expect(found).toEqual([]);
        };
        await check();
        await profiler.brush(0.2, 0.9);
        await profiler.clickFrame('Reactor.run');
        await check();
        await profiler.showFunctions();
        await check();
        await profiler.showStalls();
        await check();
        await profiler.showBuilds();
        await check();
        await profiler.openRecordings();
        await check();
      });

      for (const [name, size] of Object.entries(SIZES)) {
        test(`fits a ${name} window; pictures are kept`, async ({ page, profiler }, testInfo) => {
          await page.setViewportSize(size);
          await profiler.waitUntilIdle();
          const picture = async (view: string): Promise<void> => {
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
            expect(overflow, `${view} is wider than the window`).toBeLessThanOrEqual(0);
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
});
