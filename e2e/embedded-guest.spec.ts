/** How the profiler behaves as a guest in Buildbot's page: it keeps what it brings to itself, and takes everything along when it goes. */
import type { CDPSession, Page } from '@playwright/test';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

const SIZES = { wide: { width: 1400, height: 1000 }, narrow: { width: 480, height: 900 } };
const VISITS = 20;
/** Of the first, all that is loaded once for good is left. */
const FIRST_COUNTED_VISIT = 2;

/** The computed style of the host's own elements, all properties of it. */
const readHostStyles = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    ['html', 'body', '#root', 'h1', 'p', 'a[href="#/"]', 'table', 'th', 'td', 'button.btn', 'input', '.navbar'].map(
      (selector) => {
        const element = document.querySelector(selector);
        if (element === null) throw new Error(`the host page has no ${selector}`);
        const style = getComputedStyle(element);
        return `${selector} { ${[...style].map((name) => `${name}: ${style.getPropertyValue(name)}`).join('; ')} }`;
      },
    ),
  );

test("neither the host's styles nor its global names change", async ({
  buildbot,
  demoTrace,
  page,
  profiler,
  startHostPage,
}) => {
  const readNames = (): Promise<string[]> => page.evaluate(() => Object.getOwnPropertyNames(window).sort());
  const host = await startHostPage(['view', demoTrace]);
  await buildbot.goto(host.url('/about'));
  const [styles, names] = [await readHostStyles(page), await readNames()];
  await buildbot.openProfiler();
  await expect(profiler.curve).toBeVisible();
  await buildbot.leaveTo('About');
  expect(await readHostStyles(page)).toEqual(styles);
  // nvd3 has to be somewhere, and its d3 with it.
  expect((await readNames()).filter((name) => !names.includes(name))).toEqual(['bbpNvd3']);
  const versions = await page.evaluate(() =>
    ['d3', 'nv'].map((name) => (window as unknown as Record<string, { version: string }>)[name]?.version),
  );
  expect(versions).toEqual(['of the host page', 'of the host page']);
});

test("looks the same as in its own page: the host's styles do not reach it", async ({
  buildbot,
  demoTrace,
  page,
  profiler,
  startHostPage,
  startProfiler,
}) => {
  /** What Bootstrap sets for elements by their name, or would for classes of these names. */
  const readStyles = async (): Promise<string[]> => {
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    const properties = [
      'font',
      'margin',
      'padding',
      'border-width',
      'border-radius',
      'text-decoration-line',
      'fill',
      'fill-opacity',
      'display',
    ];
    const elements = [
      profiler.openButton,
      profiler.flameGraph.locator('input'),
      profiler.flameGraph.locator('.legend'),
      page.getByRole('combobox', { name: 'Threads' }),
      page.getByRole('heading', { name: 'No function selected' }),
      page.locator('p.source'),
      page.locator('.nvd3 text').first(),
      page.locator('g.frame rect').first(),
      page.locator('.d3-flame-graph-label').first(),
    ];
    return Promise.all(
      elements.map((element) =>
        element.evaluate(
          (node, names) => names.map((name) => `${name}: ${getComputedStyle(node).getPropertyValue(name)}`).join('; '),
          properties,
        ),
      ),
    );
  };
  const viewer = await startProfiler(['view', demoTrace]);
  await profiler.goto(viewer.url);
  const alone = await readStyles();
  const host = await startHostPage(['view', demoTrace]);
  await page.goto(host.url('/profiler').href);
  await buildbot.waitForProfiler();
  expect(await readStyles()).toEqual(alone);
});

for (const theme of ['Light', 'Dark'] as const) {
  // The system's preference is the opposite: the host's choice counts.
  test.describe(`in the theme ${theme}`, () => {
    test.use({ colorScheme: theme === 'Light' ? 'dark' : 'light' });

    test('has colours of the host, and no barrier that axe knows of', async ({
      buildbot,
      demoTrace,
      page,
      profiler,
      startHostPage,
    }) => {
      const check = (): Promise<void> => expectNoBarrier(page, 'bbp-profiler');
      const readColors = (): Promise<string[]> =>
        page.evaluate(() => {
          const [inside, outside] = [document.querySelector('bbp-embedded'), document.querySelector('#root')];
          if (inside === null || outside === null) throw new Error('there is no profiler');
          return [inside, outside].map((element) => {
            const { color, backgroundColor } = getComputedStyle(element);
            return `${color} on ${backgroundColor}`;
          });
        });
      const host = await startHostPage(['view', demoTrace]);
      await buildbot.goto(host.url('/settings'));
      await buildbot.selectTheme(theme);
      await buildbot.openProfiler();
      await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
      await expect(page.locator('bbp-embedded')).toHaveCSS('color-scheme', theme.toLowerCase());
      const [inside, outside] = await readColors();
      expect(inside).toBe(outside);
      await check();
      await profiler.brush(0.2, 0.9);
      await profiler.clickFrame('Reactor.run');
      await check();
      await profiler.showFunctions();
      await check();
      await profiler.openRecordings();
      await check();
    });

    for (const [name, size] of Object.entries(SIZES)) {
      test(`fits a ${name} window; pictures are kept`, async ({
        buildbot,
        demoTrace,
        page,
        profiler,
        startHostPage,
      }, testInfo) => {
        await page.setViewportSize(size);
        const host = await startHostPage(['view', demoTrace]);
        await buildbot.goto(host.url('/settings'));
        await buildbot.selectTheme(theme);
        // Not by the menu, which lies over a narrow page for as long as it is used.
        await page.goto(host.url('/profiler').href);
        await buildbot.waitForProfiler();
        await page.reload();
        await buildbot.waitForProfiler();
        await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
        const picture = async (view: string): Promise<void> => {
          await expectToFit(page, view);
          const file = testInfo.outputPath(`${view}-${theme}-${name}.png`);
          await page.screenshot({ path: file, fullPage: true });
          await testInfo.attach(view, { path: file, contentType: 'image/png' });
        };
        await profiler.brush(0.3, 0.7);
        await profiler.clickFrame('Reactor.run');
        await picture('flame-graph');
        await profiler.showFunctions();
        await picture('functions');
        await profiler.openRecordings();
        await picture('recordings');
      });
    }
  });
}

test('a change of theme shows at once', async ({ buildbot, demoTrace, page, startHostPage }) => {
  const host = await startHostPage(['view', demoTrace]);
  await page.goto(host.url('/profiler').href);
  await buildbot.waitForProfiler();
  const embedded = page.locator('bbp-embedded');
  await expect(embedded).toHaveCSS('color-scheme', 'light');
  await page.evaluate(() => document.documentElement.style.setProperty('--bb-background-color', '#1e1e2e'));
  await expect(embedded).toHaveCSS('color-scheme', 'dark');
  await expect(embedded).toHaveCSS('background-color', 'rgb(30, 30, 46)');
});

test(`nothing is left of ${VISITS} visits to a recording in progress`, async ({
  buildbot,
  folder,
  page,
  profiler,
  startHostPage,
}) => {
  // Each visit is as long as its recording takes to come again.
  test.slow();
  const host = await startHostPage(['serve', '--demo', '--recordings', folder]);
  await buildbot.goto(host.url('/about'));
  await buildbot.openProfiler();
  await profiler.record('real');
  // Until the demo has been busy: there is nothing to click on before.
  await expect.poll(() => profiler.readFrameNames(), { timeout: 30_000 }).toContain('Reactor.run_until_current');
  const developerTools = await page.context().newCDPSession(page);

  const countLeft = async (): Promise<Record<string, number>> => ({
    ...(await countInBrowser(developerTools)),
    workers: page.workers().length,
    sockets: host.openSockets,
    elementsInBody: await page.locator('body > *').count(),
    elementsInHead: await page.locator('head > *').count(),
  });

  let expected: Record<string, number> = {};
  for (let visit = 1; visit <= VISITS; visit++) {
    if (visit > 1) await buildbot.openProfiler();
    await expect(profiler.stopButton).toBeEnabled();
    await expect(profiler.curve).toBeVisible();
    await expect.poll(() => host.openSockets, 'the recording is followed').toBe(1);
    await profiler.timeline.locator('.bbp-brush .overlay').hover();
    await expect(page.locator('.nvtooltip')).toBeAttached();
    await profiler.clickFrame('Reactor.run');
    await buildbot.leaveTo('About');
    await expect.poll(() => host.openSockets).toBe(0);
    if (visit === FIRST_COUNTED_VISIT) expected = await waitForStandstill(countLeft);
  }
  await expect.poll(countLeft, { timeout: 30_000 }).toEqual(expected);
  await buildbot.openProfiler();
  await profiler.stop();
});

/** What is counted once it changes no more: a transition that was under way has to run out, and what it held to be collected. */
const waitForStandstill = async <T>(count: () => Promise<T>): Promise<T> => {
  let last = await count();
  await expect
    .poll(async () => {
      const before = JSON.stringify(last);
      last = await count();
      return JSON.stringify(last) === before;
    })
    .toBe(true);
  return last;
};

/** What the page holds once everything that can be thrown away has been. */
const countInBrowser = async (developerTools: CDPSession): Promise<Record<string, number>> => {
  await developerTools.send('Performance.enable');
  for (let round = 0; round < 2; round++) await developerTools.send('HeapProfiler.collectGarbage');
  const { metrics } = await developerTools.send('Performance.getMetrics');
  const { documents, nodes, jsEventListeners } = await developerTools.send('Memory.getDOMCounters');
  const read = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    documents,
    nodes,
    jsEventListeners,
    frames: read('Frames'),
    contextLifecycle: read('ContextLifecycleStateObservers'),
  };
};
