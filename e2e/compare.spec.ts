/** Two recordings, or two ranges of one, side by side. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeLine } from '#trace/contract/codec.ts';
import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import { expectNoBarrier, expectToFit } from './pages/page-checks.ts';
import { expect, test } from './profiler-test.ts';

/** 1 s each, at 100 Hz. `parse` takes 20 % of the first and 65 % of the second, in a virtualenv of another Python. */
const MONDAY = `
  main
    20 running+gil run@/srv/a/lib/python3.11/site-packages/app/loop.py > parse@/srv/a/lib/python3.11/site-packages/app/log.py
    50 running+gil run@/srv/a/lib/python3.11/site-packages/app/loop.py > store@/srv/a/lib/python3.11/site-packages/app/db.py
    30 running+gil run@/srv/a/lib/python3.11/site-packages/app/loop.py > retire@/srv/a/lib/python3.11/site-packages/app/db.py`;
const TUESDAY = `
  main
    65 running+gil run@/srv/b/lib/python3.13/site-packages/app/loop.py > parse@/srv/b/lib/python3.13/site-packages/app/log.py
    25 running+gil run@/srv/b/lib/python3.13/site-packages/app/loop.py > store@/srv/b/lib/python3.13/site-packages/app/db.py
    10 running+gil run@/srv/b/lib/python3.13/site-packages/app/loop.py > notify@/srv/b/lib/python3.13/site-packages/app/mail.py`;
const DIFFERENCES = ['+45 parse grew', '+10 notify added', '0 run same', '−25 store shrank', '−30 retire removed'];

const writeTrace = async (folder: string, name: string, drawing: string, mode: RecordingMode = 'real') => {
  const file = path.join(folder, name);
  const startedAt = name.startsWith('monday') ? 1_700_000_000_000 : 1_700_086_400_000;
  const [header, ...chunks] = traceFromText(drawing, { mode, recordingId: name });
  const clock = { startedAt, monotonic: 0 };
  const lines = [{ ...header, clock }, ...chunks] as ReturnType<typeof traceFromText>;
  await writeFile(file, lines.map((line) => `${encodeLine(line)}\n`).join(''));
  return file;
};

/** The later one first. */
const writeBoth = async (folder: string): Promise<readonly string[]> => [
  await writeTrace(folder, 'tuesday.bbprof', TUESDAY),
  await writeTrace(folder, 'monday.bbprof', MONDAY),
];

test.describe('two recordings', () => {
  test('are chosen in the list, compared, swapped, and come back by link, Back and Forward', async ({
    folder,
    page,
    profiler,
    startProfiler,
  }) => {
    const viewer = await startProfiler(['view', ...(await writeBoth(folder))]);
    await profiler.goto(viewer.url);
    await profiler.openRecordings();
    await page.getByRole('button', { name: /^Compare with…, .*tuesday/ }).click();
    await page.getByRole('link', { name: /^Compare with this, .*monday/ }).click();
    await profiler.waitUntilIdle();
    await expect(profiler.differences).toBeVisible();
    expect(await profiler.readDifferences()).toEqual(DIFFERENCES);
    await expect(profiler.comparison.locator('[data-side=before]')).toContainText('monday');
    const link = page.url();

    await page.getByRole('button', { name: 'Swap' }).click();
    await expect.poll(() => page.url()).not.toBe(link);
    await profiler.waitUntilIdle();
    expect((await profiler.readDifferences()).slice(0, 2)).toEqual(['+30 retire added', '+25 store grew']);
    await page.goBack();
    await expect.poll(() => profiler.readDifferences()).toEqual(DIFFERENCES);
    await page.goForward();
    await expect.poll(async () => (await profiler.readDifferences())[0]).toBe('+30 retire added');

    await page.goto('about:blank');
    await page.goto(link);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.readDifferences()).toEqual(DIFFERENCES);
  });

  test('are one flame graph, whose frames tell both sides, also by link', async ({
    folder,
    page,
    profiler,
    startProfiler,
  }) => {
    const viewer = await startProfiler(['view', ...(await writeBoth(folder))]);
    await profiler.goto(viewer.url);
    await profiler.showComparison();
    await profiler.comparison.getByRole('button', { name: 'Compare', exact: true }).click();
    await profiler.waitUntilIdle();
    await page.getByRole('button', { name: 'Graph', exact: true }).click();
    await profiler.waitUntilIdle();
    expect(await profiler.readFrameNames()).toEqual(['all', 'run', 'notify', 'parse', 'retire', 'store']);
    await profiler.clickFrame('parse');
    await expect(profiler.activeFrame).toHaveAccessibleName(
      /^parse, grew, from 20 % to 65 % of the .* \(\+45 points\)/,
    );
    await expect(page.getByRole('heading', { name: 'parse' })).toBeVisible();
    await page.keyboard.press('ArrowRight');
    await expect(profiler.activeFrame).toHaveAccessibleName(/^retire, removed, from 30 % to 0 %/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expectNoBarrier(page, 'bbp-comparison-panel');
    }
    await profiler.doubleClickFrame('parse');
    expect(await profiler.readFrameNames()).toEqual(['all', 'parse']);
    await expect(page.getByText('Only what parse (app/log.py) spent.')).toBeVisible();
    await expect(page).toHaveURL(/focus=parse/);
    await profiler.frames.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await profiler.waitUntilIdle();
    expect(await profiler.readFrameNames()).toContain('run');
    await expect(page).not.toHaveURL(/focus=/);
    await expect(page).toHaveURL(/differences=flame/);
    const link = page.url();
    await page.goto('about:blank');
    await page.goto(link);
    await profiler.waitUntilIdle();
    await expect.poll(() => profiler.readFrameNames()).toContain('retire');
  });

  test('can be files from disk, which a link asks for again', async ({ folder, page, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', '--recordings', folder]);
    const [monday, tuesday] = [
      await writeTrace(folder, 'monday.bbprof', MONDAY),
      await writeTrace(folder, 'tuesday.bbprof', TUESDAY),
    ];
    await profiler.goto(viewer.url);
    await profiler.openFile(tuesday);
    await profiler.showComparison();
    await profiler.chooseComparedFile(monday, 'A file');
    expect(await profiler.readDifferences()).toEqual(DIFFERENCES);

    await expect.poll(() => page.url()).toContain('before-file=');
    await page.reload();
    await profiler.waitUntilIdle();
    await profiler.openFile(tuesday);
    await expect(page.getByText('The side before is monday.bbprof, a file opened from disk.')).toBeVisible();
    await profiler.chooseComparedFile(monday, 'Open the file');
    expect(await profiler.readDifferences()).toEqual(DIFFERENCES);
  });

  test('of different modes are refused, with the reason', async ({ folder, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', '--recordings', folder]);
    const [before, after] = [
      await writeTrace(folder, 'monday.bbprof', MONDAY, 'prof'),
      await writeTrace(folder, 'tuesday.bbprof', TUESDAY),
    ];
    await profiler.goto(viewer.url);
    await profiler.openFile(after);
    await profiler.showComparison();
    await profiler.chooseComparedFile(before, 'A file');
    await expect(profiler.alert).toContainText('One side was recorded in the mode prof, the other in the mode real');
    await expect(profiler.differences).toHaveCount(0);
  });
});

test('two ranges of a recording are compared by mouse, and by keyboard alone', async ({
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  const viewer = await startProfiler(['view', await writeTrace(folder, 'tuesday.bbprof', TUESDAY)]);
  await profiler.goto(viewer.url);
  await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);

  await profiler.brush(0.05, 0.4);
  await page.getByRole('button', { name: 'Compare with…' }).click();
  await page.getByRole('button', { name: 'Another range' }).click();
  await expect(page.getByText('Select another range on the timeline.')).toBeVisible();
  await expect.poll(() => page.url()).toContain('before-range=');
  const chosen = page.url();
  await profiler.brush(0.92, 0.98);
  expect((await profiler.readDifferences())[0]).toBe('+100 notify added');
  await expect.poll(() => page.url()).not.toBe(chosen);
  await page.goBack();
  await expect(page.getByText('Select another range on the timeline.')).toBeVisible();

  // To the first tenth of the time with a key, and on to the rest of it.
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Compare the selection with' })).toBeVisible();
  await profiler.selectedTime.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('button', { name: 'The rest' }).focus();
  await page.keyboard.press('Enter');
  await profiler.waitUntilIdle();
  expect((await profiler.readDifferences())[0]).toBe('+39 parse grew');
  const difference = profiler.differences.getByRole('columnheader', { name: 'Difference' });
  await difference.getByRole('button').focus();
  await page.keyboard.press('Enter');
  expect((await profiler.readDifferences())[0]).toBe('−28 store removed');
  await expect(difference).toHaveAttribute('aria-sort', 'ascending');
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('the comparison has no barrier that axe knows of, and fits a narrow window', async ({
      folder,
      page,
      profiler,
      startProfiler,
    }) => {
      const viewer = await startProfiler(['view', ...(await writeBoth(folder))]);
      await profiler.goto(viewer.url);
      const check = (): Promise<void> => expectNoBarrier(page);
      await profiler.showComparison();
      await check();
      await profiler.comparison.getByRole('button', { name: 'Compare', exact: true }).click();
      await profiler.waitUntilIdle();
      await expect(profiler.differences).toBeVisible();
      await check();
      await page.setViewportSize({ width: 480, height: 900 });
      await expectToFit(page);
    });
  });
}
