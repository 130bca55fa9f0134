/** Downloads and conversions that take their time: how far they are, stopping them, and what is said where they fail. */
import { copyFile, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { CDPSession, Locator, Page } from '@playwright/test';
import { tabTo } from './pages/tab-to.ts';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

const ID = '20260102-030405-0123abcd';
const SIZES = [
  { width: 1280, height: 900 },
  { width: 480, height: 900 },
];
/** Long enough for a user to see it, and to think better of it. */
const SLOW_SECONDS = 20;

const notice = (page: Page): Locator => page.locator('[data-notice=download]');
const readShare = (page: Page): Promise<number> =>
  notice(page)
    .getByRole('progressbar')
    .evaluate((bar) => (bar as HTMLProgressElement).value);

/** A line of this speed, until another one is asked for. */
const setLine = (developerTools: CDPSession, bytesPerSecond: number | 'full speed'): Promise<unknown> =>
  developerTools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: bytesPerSecond === 'full speed' ? -1 : bytesPerSecond,
    uploadThroughput: -1,
  });

const openDeveloperTools = async (page: Page): Promise<CDPSession> => {
  const developerTools = await page.context().newCDPSession(page);
  await developerTools.send('Network.enable');
  return developerTools;
};

/** In both themes, in a wide and a narrow window. */
const expectToBeFitToLookAt = async (page: Page, within = 'bbp-download-notices'): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoBarrier(page, within);
  }
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await expectToFit(page);
  }
};

test('a download over a slow line tells how far it is, is stopped, and is whole the next time', async ({
  complaints,
  demoTrace,
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  await copyFile(demoTrace, path.join(folder, `${ID}.bbprof.gz`));
  const viewer = await startProfiler(['view', '--recordings', folder]);
  await profiler.goto(viewer.url);
  await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  const whole = await profiler.totalWeight();
  const slow = (await stat(demoTrace)).size / SLOW_SECONDS;
  const developerTools = await openDeveloperTools(page);
  const downloads: string[] = [];
  page.on('download', (download) => downloads.push(download.suggestedFilename()));

  await setLine(developerTools, slow);
  await profiler.downloadButton.click();
  await expect(notice(page)).toContainText('Loading the recording to save it.');
  await expect(notice(page)).toContainText(/\d+ % of \d.* [KM]iB/);
  const early = await readShare(page);
  await expect.poll(() => readShare(page)).toBeGreaterThan(early);
  expect(await readShare(page)).toBeLessThan(1);
  await expectToBeFitToLookAt(page);
  await notice(page).getByRole('button', { name: 'Stop the download' }).click();
  await expect(notice(page)).toHaveCount(0);
  // What is looked at is another matter.
  await profiler.waitUntilIdle();
  expect(await profiler.totalWeight()).toBe(whole);
  expect(complaints.splice(0)).toEqual([expect.stringMatching(/^failed request: .*ERR_ABORTED/)]);

  expect(downloads).toEqual([]);

  await setLine(developerTools, 'full speed');
  const file = await profiler.saveDownload(folder);
  expect((await readFile(file)).equals(await readFile(demoTrace))).toBe(true);
});

test('a conversion in the page is stopped by keyboard, and its worker ends with it', async ({
  complaints,
  demoTrace,
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  const viewer = await startProfiler(['view', '--recordings', folder]);
  await profiler.goto(viewer.url);
  await profiler.openFile(demoTrace);
  const whole = await profiler.totalWeight();
  const workers = page.workers().length;
  // It cannot end before the page of reports is there.
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => (letGo = resolve));
  await page.route('**/report.html', async (route) => {
    await released;
    await route.continue().catch(() => undefined);
  });
  await profiler.chooseDownload('Report (HTML)', false);
  await profiler.downloadButton.press('Enter');
  await expect(notice(page)).toContainText('Making demo.html.');
  expect(page.workers()).toHaveLength(workers + 1);
  await profiler.selectedTime.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => profiler.totalWeight(), 'what is open answers meanwhile').toBeLessThan(whole);
  await expectToBeFitToLookAt(page);
  await profiler.downloadButton.focus();
  const stop = notice(page).getByRole('button', { name: 'Stop the download' });
  await tabTo(page, stop);
  await page.keyboard.press('Enter');
  await expect(notice(page)).toHaveCount(0);
  await expect.poll(() => page.workers().length).toBe(workers);
  await profiler.waitUntilIdle();
  letGo();
  complaints.splice(0);

  await page.unroute('**/report.html');
  expect(path.basename(await profiler.saveDownload(folder))).toBe('demo.html');
});

test('what the server makes of a recording in the list can be stopped, and no other word is left of it', async ({
  complaints,
  demoTrace,
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  await copyFile(demoTrace, path.join(folder, `${ID}.bbprof.gz`));
  const server = await startProfiler(['serve', '--demo', '--recordings', folder]);
  await profiler.goto(server.url);
  await profiler.openRecordings();
  const list = page.getByRole('region', { name: 'Recordings' });
  const developerTools = await openDeveloperTools(page);
  await setLine(developerTools, (await stat(demoTrace)).size / SLOW_SECONDS);
  await list.getByLabel(`Format of the download of ${ID}`).selectOption({ label: 'Collapsed stacks' });
  await list.getByRole('button', { name: `Download ${ID}` }).click();
  await expect(notice(page)).toContainText(`The server makes bbprofiler-${ID}.collapsed.txt.`);
  await expectToBeFitToLookAt(page);
  await notice(page).getByRole('button', { name: 'Stop the download' }).click();
  await expect(notice(page)).toHaveCount(0);
  await setLine(developerTools, 'full speed');
  await profiler.waitUntilIdle();
  await expect(profiler.alert).toHaveCount(0);
  expect(complaints.splice(0)).toEqual([expect.stringMatching(/^failed request: .*ERR_ABORTED/)]);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    list.getByRole('button', { name: `Download ${ID}` }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`bbprofiler-${ID}.collapsed.txt`);
});

test.describe("in Buildbot's page, where the connection breaks midway", () => {
  const BROKEN = 'The connection broke before the recording was whole.';
  /** The browser's own words on an answer that was cut. */
  const isOfTheCut = (text: string): boolean => /ERR_(CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING)/.test(text);

  test('a download says so and what to do, saves nothing, and another one is whole', async ({
    buildbot,
    complaints,
    demoTrace,
    folder,
    page,
    profiler,
    startHostPage,
  }) => {
    const downloads: string[] = [];
    page.on('download', (download) => downloads.push(download.suggestedFilename()));
    const host = await startHostPage(['view', demoTrace]);
    await page.goto(host.url('/profiler').href);
    await buildbot.waitForProfiler();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    const whole = await profiler.totalWeight();
    host.cutsRecordings = true;
    await profiler.downloadButton.click();
    await expect(profiler.alert).toContainText(BROKEN);
    await expect(profiler.alert).toContainText('Try again');
    await expectToBeFitToLookAt(page, 'bbp-profiler');
    expect(complaints.splice(0).every(isOfTheCut)).toBe(true);
    expect(downloads).toEqual([]);

    host.cutsRecordings = false;
    const file = await profiler.saveDownload(folder);
    await expect(profiler.alert).toHaveCount(0);
    await profiler.openFile(file);
    expect(await profiler.totalWeight()).toBe(whole);
  });

  test('a recording that is opened says so, and is read again when asked', async ({
    complaints,
    demoTrace,
    page,
    profiler,
    startHostPage,
  }) => {
    const host = await startHostPage(['view', demoTrace]);
    host.cutsRecordings = true;
    await page.goto(host.url('/profiler').href);
    await expect(profiler.alert).toContainText(BROKEN);
    expect(complaints.splice(0).every(isOfTheCut)).toBe(true);
    host.cutsRecordings = false;
    await profiler.alert.getByRole('button', { name: 'Read all of it' }).click();
    await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
    await expect(profiler.alert).toHaveCount(0);
  });
});
