/** The call tree from its other end, and without the frames of frameworks; its frames as text. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeLine } from '#trace/contract/codec.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

const DEFER = '@/srv/v/lib/python3.13/site-packages/twisted/internet/defer.py';
const THREADING = '@/usr/lib/python3.13/threading.py';

/** 1 s at 100 Hz, of two threads. `split` takes 600 ms of the main thread in two ways, Twisted's callbacks 100 ms themselves. */
const DRAWING = `
  main
    40 running+gil  serve > Deferred.callback${DEFER} > Deferred._runCallbacks${DEFER} > parse > split
    20 running+gil  serve > load > split
    10 running+gil  serve > Deferred.callback${DEFER}
    30 running+gil  serve > load
  pool
    50 running  Thread._bootstrap${THREADING} > Thread.run${THREADING} > query
    50 waiting  Thread._bootstrap${THREADING} > Thread.run${THREADING} > query`;
const TOTAL_US = 2_000_000;

test.beforeEach(async ({ folder, profiler, startProfiler }) => {
  const file = path.join(folder, 'drawn.bbprof');
  await writeFile(
    file,
    traceFromText(DRAWING)
      .map((line) => `${encodeLine(line)}\n`)
      .join(''),
  );
  const viewer = await startProfiler(['view', file]);
  await profiler.goto(viewer.url);
  await expect.poll(() => profiler.totalWeight()).toBe(TOTAL_US);
});

test('bottom-up begins with the functions that took the time; a link and Back keep it', async ({ page, profiler }) => {
  await page.getByRole('button', { name: 'Bottom-up' }).click();
  await profiler.waitUntilIdle();
  expect(await profiler.totalWeight()).toBe(TOTAL_US);
  await profiler.clickFrame('split');
  await expect(profiler.activeFrame).toHaveAttribute('aria-level', '3');
  await expect(profiler.activeFrame).toHaveAccessibleName(
    /^split, 30 % of the thread time, 600 ms, 0 % with no caller/,
  );
  await profiler.frames.focus();
  await page.keyboard.press('ArrowDown');
  await expect(profiler.activeFrame).toHaveAccessibleName(/^parse, 20 % of the thread time, 400 ms/);
  await page.keyboard.press('ArrowLeft');
  await expect(profiler.activeFrame).toHaveAccessibleName(/^load, 10 % of the thread time, 200 ms/);
  await expect(page).toHaveURL(/tree=bottom-up/);

  await page.getByRole('checkbox', { name: 'Merge threads' }).focus();
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  await profiler.clickFrame('query');
  await expect(profiler.activeFrame).toHaveAttribute('aria-level', '2');
  await expect(profiler.activeFrame).toHaveAccessibleName(/^query, 50 % of the thread time, 1.0 s/);
  await expect(page).toHaveURL(/merge=threads/);
  const link = page.url();

  await page.getByRole('button', { name: 'Top-down' }).click();
  await profiler.waitUntilIdle();
  await profiler.clickFrame('serve');
  await expect(profiler.activeFrame).toHaveAccessibleName(/^serve, 50 % of the thread time, 1.0 s, 0 % itself/);
  await expect(page).not.toHaveURL(/tree=/);

  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.getByRole('button', { name: 'Bottom-up' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('checkbox', { name: 'Merge threads' })).toBeChecked();
  await expect.poll(() => profiler.totalWeight()).toBe(TOTAL_US);
  await profiler.waitUntilIdle();
  await profiler.clickFrame('split');
  await expect(profiler.activeFrame).toHaveAttribute('aria-level', '2');
});

test('a frame is copied with its figures: under the pointer, by keyboard, and where the browser keeps its clipboard', async ({
  context,
  page,
  profiler,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  const split = 'split\napp.py\n20 % of the thread time, 400 ms\n20 % itself, 400 ms\n40 % of what main spent\n';
  await profiler.hoverFrame('split');
  await expect(page.locator('.tooltip')).toContainText('Ctrl+C copies this');
  await page.keyboard.press('Control+C');
  await expect(page.locator('.tooltip')).toContainText('Copied');
  expect(await read()).toBe(`${split}total 0.400000 s, itself 0.400000 s`);

  // Marked text goes before the frame under the pointer.
  const search = page.getByRole('searchbox', { name: 'Search functions and files' });
  await search.fill('load');
  await search.press('Control+A');
  await page.keyboard.press('Control+C');
  expect(await read()).toBe('load');
  await search.fill('');

  await profiler.clickFrame('parse');
  await page.mouse.move(0, 0);
  await profiler.frames.focus();
  await page.keyboard.press('Control+C');
  await expect(page.locator('[data-copied]')).toHaveText('Copied');
  expect(await read()).toMatch(/^parse\napp\.py\n20 % of the thread time/);
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('[data-copied]')).toHaveText('');
  // As on a page that came over plain http.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
  const copy = page.getByRole('button', { name: 'Copy this frame' });
  await copy.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-copied]')).toHaveText('Copied');
  await expect(copy).toBeFocused();
  await page.evaluate(() => Reflect.deleteProperty(navigator, 'clipboard'));
  expect(await read()).toMatch(/^Deferred\._runCallbacks\n.*defer\.py\n/);
});

test('folding takes the plumbing out of every view and leaves all totals; the menu goes by keyboard', async ({
  page,
  profiler,
}) => {
  const fold = page.getByRole('button', { name: 'Fold plumbing' });
  await profiler.clickFrame('Deferred._runCallbacks');
  await expect(page.getByRole('heading', { name: 'Deferred._runCallbacks' })).toBeVisible();

  await fold.click();
  await profiler.waitUntilIdle();
  expect((await profiler.readFrameNames()).filter((name) => /Deferred|Thread/.test(name))).toEqual([]);
  expect(await profiler.totalWeight()).toBe(TOTAL_US);
  await expect(page.locator('[data-folded]')).toHaveText(
    '4 functions hidden; the 5.0 % of the thread time in them counts for their callers',
  );
  await expect(page.getByText('Folded away.')).toBeVisible();
  await profiler.clickFrame('parse');
  await expect(profiler.callers.getByRole('button')).toHaveText(['serve']);
  await profiler.showFunctions();
  const totals = await profiler.readFunctionTotals();
  expect([...totals].map(([key, { self }]) => `${key.split(' ')[1]} ${self}`)).toEqual([
    'query 1000000',
    'split 600000',
    'load 300000',
    'serve 100000',
    'parse 0',
  ]);
  await expect(page).toHaveURL(/fold=all.*view=functions/);

  const rules = page.getByRole('group', { name: 'What is folded' });
  await page.getByRole('button', { name: 'Choose what is folded' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(rules.getByRole('checkbox', { name: 'Deferreds' })).toBeFocused();
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  await expect(rules.getByRole('checkbox', { name: 'Deferreds' })).not.toBeChecked();
  await expect(profiler.functions.getByRole('button', { name: 'Deferred.callback' })).toBeVisible();
  await expect(fold).toHaveAttribute('aria-pressed', 'mixed');
  await page.keyboard.press('Escape');
  await expect(rules).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'parse' })).toBeVisible();
  await expect(page).toHaveURL(/fold=reactor/);

  await page.goBack();
  await expect(fold).toHaveAttribute('aria-pressed', 'true');
  await profiler.waitUntilIdle();
  await expect(profiler.functions.getByRole('button', { name: 'Deferred.callback' })).toHaveCount(0);
});

test('chains are folded into one frame that tells what is in it, by both renderers; a link keeps it', async ({
  page,
  profiler,
}) => {
  const fold = page.getByRole('checkbox', { name: 'Fold chains' });
  await profiler.clickFrame('parse');
  await fold.focus();
  await page.keyboard.press('Space');
  await profiler.waitUntilIdle();
  const chain = 'Deferred._runCallbacks › … › split (3 frames)';
  const names = ['all', 'main', 'serve', 'Deferred.callback', chain, 'load', 'split'];
  const pool = ['pool', 'Thread._bootstrap › … › query (3 frames)'];
  expect(await profiler.readFrameNames()).toEqual([...names, ...pool]);
  expect(await profiler.totalWeight()).toBe(TOTAL_US);
  // The frame that keys go to is in it, and so is the function that is selected.
  await expect(profiler.activeFrame).toHaveAccessibleName(
    /^3 frames as one, Deferred\._runCallbacks to split, 20 % of the thread time, 400 ms, 20 % itself/,
  );
  await expect(profiler.flameGraph.locator('g.bbp-same-function')).toHaveAttribute('name', chain);
  await page.getByRole('searchbox', { name: 'Search functions and files' }).fill('parse');
  await expect(page.getByText('1 frame, 20 % of what is shown')).toBeVisible();
  await profiler.hoverFrame(chain);
  await expect(page.locator('.tooltip .file')).toHaveText([/^Deferred\._runCallbacks \(/, /^parse \(/, /^split \(/]);
  await expect(page).toHaveURL(/chains=folded/);

  const letGo = await profiler.holdBrush(0.05, 0.3);
  await expect(profiler.flameGraph.locator('canvas').first()).toBeAttached();
  expect(await profiler.readFrameNames()).toContain('serve › … › split (5 frames)');
  await letGo();
  const drawn = profiler.flameGraph.locator('g.frame[name="serve › … › split (5 frames)"]');
  await expect(drawn).toHaveCount(1);

  await profiler.clickFrame('serve › … › split (5 frames)');
  await expect(page.getByRole('heading', { name: 'split' })).toBeVisible();
  await expect(page).toHaveURL(/range=.*function=split/);
  await page.reload();
  await expect(fold).toBeChecked();
  await expect(drawn).toHaveCount(1);
  await fold.click();
  await profiler.waitUntilIdle();
  expect(await profiler.readFrameNames()).toContain('parse');
});

test('the table tells what each package takes, and lists the functions of one; a link and Esc know it', async ({
  page,
  profiler,
}) => {
  await profiler.showFunctions();
  const packages = page.getByRole('group', { name: 'Packages' }).getByRole('button');
  await expect(packages).toHaveText(['your code 95 %', 'twisted 5.0 %', 'standard library 0 %']);
  await packages.nth(1).click();
  await expect(packages.nth(1)).toHaveAttribute('aria-pressed', 'true');
  const listed = profiler.functions.locator('tr[data-function]');
  await expect(listed).toHaveCount(2);
  await expect(listed.first()).toHaveAttribute('data-function', 'Deferred.callback');
  await expect(profiler.functions).toHaveAttribute('data-total-weight-us', String(TOTAL_US));
  await expect(page).toHaveURL(/package=twisted/);
  await page.reload();
  await expect(packages.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(listed).toHaveCount(2);

  await packages.nth(1).focus();
  await page.keyboard.press('Escape');
  await expect(packages.nth(1)).toHaveAttribute('aria-pressed', 'false');
  await expect(listed).toHaveCount(9);
  await packages.nth(2).focus();
  await page.keyboard.press('Space');
  await expect(listed).toHaveCount(2);
  await page.keyboard.press('Space');
  await expect(listed).toHaveCount(9);
});

test('the options have no barrier that axe knows of, and fit a narrow window', async ({ page, profiler }) => {
  await page.getByRole('button', { name: 'Bottom-up' }).click();
  await page.getByRole('button', { name: 'Choose what is folded' }).click();
  await page.getByRole('checkbox', { name: 'Thread pools' }).check();
  await profiler.waitUntilIdle();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoBarrier(page, 'bbp-tree-options', 'bbp-flame-graph');
  }
  await page.setViewportSize({ width: 480, height: 900 });
  await profiler.waitUntilIdle();
  await expect(page.getByRole('group', { name: 'What is folded' })).toBeInViewport({ ratio: 1 });
  await expectToFit(page);
});
