/** The profiler inside Buildbot's own web UI. host-page/ says what stands in for that. */
import path from 'node:path';
import type { Page, Request } from '@playwright/test';
import { loadFixture, LONG_TRACE, writeGeneratedTrace } from './bench/trace-files.ts';
import type { HostPageServer } from './host-page/host-page-server.ts';
import type { ProfilerPage } from './pages/profiler-page.ts';
import { expect, test } from './profiler-test.ts';

const RECORDED_MICROSECONDS = 3_000_000;
/** One of the demo's functions that runs all the time. */
const REACTOR = 'Reactor.run';

const readHash = (page: Page): string => new URL(page.url()).hash;

/** The state that React's router keeps with each of its entries of the history; nobody else's has it. */
const readRouterIndex = (page: Page): Promise<unknown> =>
  page.evaluate(() => (history.state as { idx?: unknown } | null)?.idx);

test.describe('in the menu', () => {
  for (const order of ['early', 'between', 'late'] as const) {
    test(`it is there when its script comes ${order}, and loads nothing else before the first visit`, async ({
      buildbot,
      demoTrace,
      page,
      profiler,
      startHostPage,
    }) => {
      const requests: string[] = [];
      page.on('request', (request: Request) => requests.push(request.url()));
      const host = await startHostPage(['view', demoTrace]);
      await buildbot.goto(host.url('/', order));
      await buildbot.menu.getByRole('button', { name: 'Debug' }).click();
      await expect(buildbot.profilerLink).toBeVisible();
      const loaded = requests.filter((url) => url.includes('/plugins/profiler/')).map((url) => url.split('/').at(-1));
      expect(loaded.filter((name) => name !== 'styles.css')).toEqual(['scripts.js']);

      await buildbot.openProfiler();
      await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
      await expect(buildbot.topbar).toContainText('/ Profiler');
      await expect(page).toHaveTitle('Test master: Profiler');
    });
  }

  test('it is not where the host is an older UI, and does no harm there', async ({
    demoTrace,
    page,
    startHostPage,
  }) => {
    const host = await startHostPage(['view', demoTrace]);
    await page.goto(host.url('/', 'older').href);
    const script = page.locator('script[src="plugins/profiler/scripts.js"]');
    await expect(script).toBeAttached();
    expect(await page.evaluate(() => [document.readyState, document.body.innerText])).toEqual(['complete', '']);
  });
});

test('a long recording is opened whole', async ({ buildbot, folder, profiler, startHostPage }) => {
  const file = path.join(folder, 'long.bbprof.gz');
  const { wallMicroseconds } = await writeGeneratedTrace(file, await loadFixture(), LONG_TRACE);
  const host = await startHostPage(['view', file]);
  await buildbot.goto(host.url('/'));
  await buildbot.openProfiler();
  await expect.poll(() => profiler.totalWeight()).toBe(wallMicroseconds);
});

test.describe('with a recording', () => {
  let host: HostPageServer;
  test.beforeEach(async ({ demoTrace, startHostPage }) => {
    host = await startHostPage(['view', demoTrace]);
  });

  const openRecording = async (page: Page, profiler: ProfilerPage): Promise<void> => {
    await page.goto(host.url('/profiler').href);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    await expect.poll(() => readHash(page)).toContain('recording=');
  };

  test('choices go into the address, which brings them back by link and by reload', async ({ page, profiler }) => {
    await openRecording(page, profiler);
    const whole = await profiler.totalWeight();
    await profiler.brush(0.3, 0.6);
    await expect.poll(() => readHash(page)).toContain('range=');
    const [link, weight] = [page.url(), await profiler.totalWeight()];
    expect(weight).toBeLessThan(whole);

    await page.reload();
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBe(weight);

    await page.goto('about:blank');
    await page.goto(link);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBe(weight);
    await expect(profiler.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
  });

  test('Back takes back one choice after the other, then leaves; Forward comes again', async ({
    buildbot,
    page,
    profiler,
  }) => {
    await buildbot.goto(host.url('/about'));
    const lengthBefore = await page.evaluate(() => history.length);
    await buildbot.openProfiler();
    await expect.poll(() => readHash(page)).toContain('recording=');
    const whole = await profiler.totalWeight();
    await profiler.brush(0.3, 0.6);
    await expect.poll(() => readHash(page)).toContain('range=');
    await profiler.clickFrame(REACTOR);
    await expect.poll(() => readHash(page)).toContain('function=');
    // The visit, the range, the function: what the page chose by itself at the start is no step.
    expect(await page.evaluate(() => history.length)).toBe(lengthBefore + 3);
    expect(await readRouterIndex(page)).toBe(3);

    await page.goBack();
    await expect.poll(() => readHash(page)).not.toContain('function=');
    await profiler.waitUntilIdle();
    await expect(profiler.callees.getByRole('row').nth(1)).toHaveCount(0);
    await page.goBack();
    await expect.poll(() => profiler.totalWeight()).toBe(whole);
    await page.goBack();
    await expect(page.getByRole('heading', { name: 'About' })).toBeVisible();
    await expect(buildbot.element).toHaveCount(0);
    expect(readHash(page)).toBe('#/about');
    await page.goForward();
    await buildbot.waitForProfiler();
    await expect.poll(() => profiler.totalWeight()).toBe(whole);
  });

  test('the menu leads back to what was looked at', async ({ buildbot, page, profiler }) => {
    await openRecording(page, profiler);
    await profiler.brush(0.3, 0.6);
    await expect.poll(() => readHash(page)).toContain('range=');
    const [hash, weight] = [readHash(page), await profiler.totalWeight()];
    await buildbot.leaveTo('About');
    await buildbot.openProfiler();
    await expect.poll(() => profiler.totalWeight()).toBe(weight);
    expect(readHash(page)).toBe(hash);
  });

  test('a click on a frame shows its callers and callees', async ({ page, profiler }) => {
    await openRecording(page, profiler);
    await profiler.clickFrame(REACTOR);
    await expect(profiler.callers.getByRole('button', { name: 'main' })).toBeVisible();
    await expect(profiler.callees.getByRole('row').nth(1)).toBeVisible();
  });

  test('keys reach the page in its shadow root, and stay with a field that is typed in', async ({ page, profiler }) => {
    await openRecording(page, profiler);
    const search = page.getByRole('searchbox', { name: 'Search functions and files' });
    await page.keyboard.press('/');
    await expect(search).toBeFocused();
    await page.keyboard.type('a/b?');
    await expect(search).toHaveValue('a/b?');
    await expect(page.getByRole('complementary', { name: 'Keys' })).toHaveCount(0);
  });

  test('the list of recordings has an address of its own, and its links are those of the host', async ({
    page,
    profiler,
  }) => {
    await openRecording(page, profiler);
    await profiler.openRecordings();
    expect(readHash(page)).toBe('#/profiler/recordings');
    const open = page.getByRole('link', { name: /^Open / });
    const href = (await open.getAttribute('href')) ?? '';
    expect(href).toMatch(/^#\/profiler\?recording=/);
    await open.click();
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    await page.goto('about:blank');
    await page.goto(new URL(href, host.url()).href);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('a master that refuses, or whose sampler is away, is told of in words', async ({
    complaints,
    page,
    profiler,
  }) => {
    const STATUS = '**/api/v1/status';
    const answer = async (status: number): Promise<void> => {
      await page.route(STATUS, (route) => route.fulfill({ status, contentType: 'text/html', body: 'refused' }));
    };
    await answer(502);
    await page.goto(host.url('/profiler').href);
    await expect(profiler.alert).toContainText('The sampler of this master does not answer.');
    await page.unroute(STATUS);
    await expect(profiler.alert).toHaveCount(0);
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);

    await answer(403);
    await page.reload();
    await expect(profiler.alert).toContainText('Log in');
    expect(complaints.splice(0).every((text) => /\b(502|403)\b/.test(text))).toBe(true);
  });

  test("the plugin's own address has a page for older UIs, with addresses that come back too", async ({
    page,
    profiler,
  }) => {
    await page.goto(host.pluginUrl().href);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    const whole = await profiler.totalWeight();
    await expect.poll(() => readHash(page)).toContain('recording=');
    await profiler.brush(0.3, 0.6);
    await expect.poll(() => readHash(page)).toContain('range=');
    await page.reload();
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    expect(await profiler.totalWeight()).toBeLessThan(whole);
    await page.goBack();
    await expect.poll(() => profiler.totalWeight()).toBe(whole);
    await profiler.openRecordings();
    expect(readHash(page)).toBe('#/recordings');
  });

  test('where its files cannot be loaded it says so, and tries again when asked', async ({
    complaints,
    page,
    profiler,
  }) => {
    await page.route(/main-\w+\.js/, (route) => route.abort());
    await page.goto(host.url('/profiler').href);
    await expect(page.getByRole('alert')).toContainText('could not be loaded');
    await page.unroute(/main-\w+\.js/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    // The browser's own words on the request that was cut.
    expect(complaints.splice(0).every((text) => /main-\w+\.js|ERR_FAILED/.test(text))).toBe(true);
  });
});

test('a recording is made, followed and saved', async ({ buildbot, folder, page, profiler, startHostPage }) => {
  const host = await startHostPage(['serve', '--demo', '--recordings', folder]);
  await buildbot.goto(host.url());
  await buildbot.openProfiler();
  await profiler.record('real');
  let curves = '';
  for (const atLeast of [1_000_000, RECORDED_MICROSECONDS]) {
    await expect.poll(() => profiler.duration(), { timeout: 30_000 }).toBeGreaterThan(atLeast);
    await expect.poll(() => profiler.readCurves(), 'the curves went on').not.toBe(curves);
    curves = await profiler.readCurves();
  }
  expect(host.openSockets).toBe(1);
  await profiler.stop();
  await expect.poll(() => host.openSockets).toBe(0);
  // What the page chooses by itself, the recording in progress, is no step.
  expect(await readRouterIndex(page)).toBe(1);
  expect(await profiler.saveDownload(folder)).toMatch(/\.bbprof\.gz$/);
});
