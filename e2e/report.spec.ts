import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { computeCallTree } from '#trace/analysis/call-tree.ts';
import { identifyFunction } from '#trace/analysis/function-identity.ts';
import { computeFunctions } from '#trace/analysis/function-weights.ts';
import type { Selection } from '#trace/analysis/selection.ts';
import { encodeLine, readTraceLines } from '#trace/contract/codec.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import type { FunctionTotals } from './pages/profiler-page.ts';
import { ReportPage } from './pages/report-page.ts';
import { NODE } from './processes/child-process.ts';
import { BBPROFILER } from './processes/profiler-server.ts';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

const makeReport = async (recording: string, folder: string, options: readonly string[] = []): Promise<string> => {
  const file = path.join(folder, 'report.html');
  const run = [BBPROFILER, 'convert', recording, '--to', 'html', '--output', file, ...options];
  await promisify(execFile)(NODE, run);
  return file;
};

const DATA_START = '<script id="bbp-recording"';

const loadModel = async (file: string): Promise<TraceModel> => {
  const bytes = gunzipSync(await readFile(file));
  return loadTraceModel(
    readTraceLines(
      (async function* () {
        yield bytes;
      })(),
    ),
  );
};

const computeTotals = (model: TraceModel, selection: Selection): Map<string, FunctionTotals> =>
  new Map(
    computeFunctions(computeCallTree(model, selection)).map(({ functionIndex, self, total }) => {
      const { name, file, firstLine } = identifyFunction(model, functionIndex);
      return [`${file}:${firstLine} ${name}`, { self, total }];
    }),
  );

test.describe('a report, opened from disk without a network', () => {
  let report: ReportPage;
  test.beforeEach(async ({ context, page }) => {
    await context.setOffline(true);
    report = new ReportPage(page);
  });

  test('has the totals of every function that the recording has, in each weight', async ({ demoTrace, folder }) => {
    await report.goto(await makeReport(demoTrace, folder));
    const model = await loadModel(demoTrace);
    for (const [name, weight] of [
      ['Wall', 'wall'],
      ['CPU', 'cpu'],
      ['GIL', 'gil'],
    ] as const) {
      await report.chooseWeight(name);
      const expected = computeTotals(model, { weight });
      expect(expected.size).toBeGreaterThan(10);
      expect(Object.fromEntries(await report.readFunctionTotals())).toEqual(Object.fromEntries(expected));
    }
  });

  test('follows the mouse: a range, a function, its callers, one of them', async ({ demoTrace, folder, page }) => {
    await report.goto(await makeReport(demoTrace, folder));
    const [whole, picture] = [await report.totalWeight(), await report.picture()];
    await report.brush(0.1, 0.45);
    expect(await report.picture()).not.toBe(picture);
    const part = await report.totalWeight();
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(whole);
    expect(await report.totalWeightOfTable()).toBe(part);
    await page.getByRole('button', { name: 'Select everything' }).click();
    await report.waitUntilIdle();
    expect(await report.totalWeight()).toBe(whole);
    expect(await report.picture()).toBe(picture);

    await report.clickFrame('Reactor.run');
    await expect(report.selected.getByRole('heading', { name: 'Reactor.run' })).toBeVisible();
    await report.callers.getByRole('button', { name: 'main' }).click();
    await report.waitUntilIdle();
    await expect(report.selected.getByRole('heading', { name: 'main' })).toBeVisible();
    await expect(report.callees.getByRole('button', { name: 'Reactor.run' })).toBeVisible();

    await report.clickFrame('Reactor.run', { clickCount: 2 });
    await report.frames.press('Home');
    await expect(report.told('Reactor.run')).toHaveCount(1);
    await expect(report.told('database')).toHaveCount(0);
    await page.getByRole('button', { name: 'Show everything' }).click();
    await report.waitUntilIdle();
    await report.frames.press('Home');
    await expect(report.told('database')).toHaveCount(1);
  });

  test('drags, resizes and moves the range, and takes it away with a click', async ({ demoTrace, folder }) => {
    await report.goto(await makeReport(demoTrace, folder));
    const readRange = async (): Promise<string> => (await report.selectedTime.getAttribute('aria-valuetext')) ?? '';
    await report.brush(0.2, 0.4);
    const first = await readRange();
    await report.brush(0.4, 0.6);
    const longer = await readRange();
    expect(longer.split(' to ')[0]).toBe(first.split(' to ')[0]);
    expect(longer).not.toBe(first);
    await report.brush(0.5, 0.6);
    expect((await readRange()).split(' to ')[0]).not.toBe(longer.split(' to ')[0]);
    await report.brush(0.9, 0.9);
    expect(await readRange()).toBe('The whole time');
  });

  test('lists the longest stall first, and selects its time', async ({ demoTrace, folder }) => {
    await report.goto(await makeReport(demoTrace, folder));
    const row = report.stalls.getByRole('table', { name: 'Single callbacks' }).getByRole('row').nth(1);
    await expect(row.getByRole('button', { name: 'parse_huge_log' })).toBeVisible();
    await row.getByTitle('Select this time').click();
    await report.waitUntilIdle();
    await expect(report.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
    await expect(row).toHaveClass(/selected/);
  });

  test('is worked by keyboard alone', async ({ demoTrace, folder, page }) => {
    await report.goto(await makeReport(demoTrace, folder));
    const whole = await report.totalWeight();
    await page.keyboard.press('Tab');
    await expect(report.selectedTime).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await report.waitUntilIdle();
    await expect(report.selectedTime).toHaveAttribute('aria-valuetext', /^From /);
    expect(await report.totalWeight()).toBeLessThan(whole);
    await page.keyboard.press('Escape');
    await report.waitUntilIdle();
    expect(await report.totalWeight()).toBe(whole);

    await page.keyboard.press('/');
    await expect(report.search).toBeFocused();
    await page.keyboard.type('reactor');
    await expect(report.flameGraph.getByRole('status')).toHaveText(/of what is shown/);
    await page.keyboard.press('Tab');
    await expect(report.frames).toBeFocused();
    for (const level of [2, 3, 4]) {
      await page.keyboard.press('ArrowDown');
      const active = report.frames.locator('[role=treeitem][aria-selected=true]');
      await expect(active).toHaveAttribute('aria-level', String(level));
    }
    await page.keyboard.press('Space');
    await expect(report.callers.getByRole('row').nth(1)).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Show everything' })).toBeVisible();
    for (const gone of ['search', 'focus', 'selection']) {
      await page.keyboard.press('Escape');
      await report.waitUntilIdle();
      expect(gone).toBeTruthy();
    }
    await expect(page.getByRole('button', { name: 'Show everything' })).toHaveCount(0);
    await expect(report.search).toHaveValue('');
    await expect(report.selected.getByRole('heading', { name: 'No function selected' })).toBeVisible();
  });

  test('turns the flame graph round, folds its chains and copies a frame, by keyboard alone', async ({
    context,
    demoTrace,
    folder,
    page,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await report.goto(await makeReport(demoTrace, folder));
    const whole = await report.totalWeight();
    const topDown = await report.picture();
    await report.foldsChains.focus();
    await page.keyboard.press('Space');
    await report.waitUntilIdle();
    expect(await report.picture()).not.toBe(topDown);
    await report.frames.press('Home');
    for (const key of ['ArrowDown', 'ArrowDown']) await report.frames.press(key);
    const chain = report.frames.locator('[role=treeitem][aria-selected=true]');
    await expect(chain).toHaveAttribute('aria-label', / › .*\(\d+ frames\), /);
    await page.keyboard.press('ControlOrMeta+c');
    await expect(report.flameGraph.getByRole('paragraph').filter({ hasText: /^Copied .* › / })).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied.split('\n').length).toBeGreaterThan(4);
    expect(copied).toContain('of the thread time');
    await report.foldsChains.focus();
    await page.keyboard.press('Space');
    await report.waitUntilIdle();
    expect(await report.picture()).toBe(topDown);

    const bottomUp = page.getByRole('button', { name: 'Bottom-up' });
    await bottomUp.focus();
    await page.keyboard.press('Enter');
    await report.waitUntilIdle();
    await expect(bottomUp).toHaveAttribute('aria-pressed', 'true');
    expect(await report.totalWeight()).toBe(whole);
    const callers = page.getByRole('tree', { name: 'Frames, callees above callers' });
    await callers.press('Home');
    await callers.press('ArrowDown');
    await callers.press('ArrowDown');
    await callers.press('Enter');
    await report.waitUntilIdle();
    await expect(report.flameGraph.getByText(/^Only who called/)).toBeVisible();
    await expectNoBarrier(page);
    await page.keyboard.press('Escape');
    await report.waitUntilIdle();
    await expect(report.flameGraph.getByText(/^Only who called/)).toBeHidden();
  });

  for (const colorScheme of ['light', 'dark'] as const)
    test(`has no barrier that axe knows of, and fits wide and narrow windows: ${colorScheme}`, async ({
      demoTrace,
      folder,
      page,
    }, testInfo) => {
      await page.emulateMedia({ colorScheme });
      await report.goto(await makeReport(demoTrace, folder));
      await report.brush(0.2, 0.9);
      await report.clickFrame('Reactor.run');
      await expect(report.callers.getByRole('columnheader', { name: 'Samples' })).toBeVisible();
      await expectNoBarrier(page);
      for (const width of [1280, 480]) {
        await page.setViewportSize({ width, height: 900 });
        await report.waitUntilIdle();
        await expectToFit(page, `at ${width} px it`);
        const file = testInfo.outputPath(`report-${colorScheme}-${width}.png`);
        await page.screenshot({ path: file, fullPage: true });
        await testInfo.attach(`report ${width}`, { path: file, contentType: 'image/png' });
      }
    });

  test('shows names as text, whatever they look like', async ({ folder, page }) => {
    const recording = path.join(folder, 'hostile.bbprof');
    const hostile = '<img src=x onerror=alert(1)></script><script>document.title="mine"</script><!--';
    const drawing = `${'main'}\n  9 running+gil  ${hostile}@/srv/a.py:3 > work@/srv/a.py:5`;
    await writeFile(
      recording,
      traceFromText(drawing)
        .map((line) => `${encodeLine(line)}\n`)
        .join(''),
    );
    await report.goto(await makeReport(recording, folder));
    await expect(report.functions.getByRole('button', { name: hostile })).toBeVisible();
    expect(await (await report.walkTo(hostile)).getAttribute('aria-label')).toContain(hostile);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('mine');
  });

  test('says so where it was cut, with what is left of it, or where nothing is', async ({
    demoTrace,
    folder,
    page,
  }) => {
    const whole = await readFile(await makeReport(demoTrace, folder), 'utf8');
    const cut = path.join(folder, 'cut.html');
    const [start, end] = [whole.indexOf(DATA_START), whole.lastIndexOf('</script>')];
    await writeFile(cut, whole.slice(0, Math.floor(start + (end - start) * 0.8)));
    await report.goto(cut);
    await expect(page.getByText('It ends unexpectedly.')).toBeVisible();
    expect(await report.totalWeight()).toBeGreaterThan(0);
    await writeFile(cut, whole.slice(0, start) + whole.slice(end));
    await report.goto(cut);
    await expect(page.getByRole('alert')).toHaveText(/no recording/);
    await writeFile(cut, whole.slice(0, Math.floor((whole.indexOf('<script>') + start) / 2)));
    await page.goto(pathToFileURL(cut).href);
    await expect(page.locator('body')).toHaveText(/the file is not whole/);
  });

  test('changes its colours with the theme', async ({ demoTrace, folder, page }) => {
    await page.emulateMedia({ colorScheme: 'light' });
    await report.goto(await makeReport(demoTrace, folder));
    const light = await report.picture();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => report.picture()).not.toBe(light);
    await page.emulateMedia({ colorScheme: 'light' });
    await expect.poll(() => report.picture()).toBe(light);
  });

  test('shows first the weight that was asked for', async ({ demoTrace, folder, page }) => {
    await report.goto(await makeReport(demoTrace, folder, ['--weight', 'gil']));
    await expect(page.getByRole('button', { name: 'GIL', exact: true })).toHaveAttribute('aria-pressed', 'true');
  });
});

test('the page saves what is open as a report, redacted too, and opens it again', async ({
  context,
  demoTrace,
  folder,
  profiler,
  startProfiler,
}) => {
  const viewer = await startProfiler(['view', '--recordings', folder]);
  await profiler.goto(viewer.url);
  await profiler.openFile(demoTrace);
  const whole = await profiler.totalWeight();
  await profiler.chooseDownload('Report (HTML)', true);
  const file = await profiler.saveDownload(folder);
  expect(path.basename(file)).toBe('demo.redacted.html');
  await profiler.openFile(file);
  expect(await profiler.totalWeight()).toBe(whole);

  const report = new ReportPage(await context.newPage());
  await report.goto(file);
  expect(await report.totalWeight()).toBe(whole);
  const names = [...(await report.readFunctionTotals()).keys()];
  expect(names.some((name) => name.startsWith('/folder-1/'))).toBe(true);
  expect(names.some((name) => name.includes('demo/minimaster'))).toBe(false);
});
