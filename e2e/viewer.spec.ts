import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { loadFixture, LONG_TRACE, writeGeneratedTrace } from './bench/trace-files.ts';
import { ROOT } from './processes/child-process.ts';
import { expect, test } from './profiler-test.ts';

/** Written by the Buildbot profiler plugin of 2017. */
const ORIGINAL_PLUGIN_FILE = path.join(ROOT, 'trace/formats/fixtures/original-prof.json.gz');

test.describe('the standalone viewer', () => {
  test.beforeEach(async ({ folder, profiler, startProfiler }) => {
    const viewer = await startProfiler(['view', '--recordings', folder]);
    await profiler.goto(viewer.url);
  });

  test('says what to do while nothing is open, and offers no recording', async ({ profiler, page }) => {
    await expect(page.getByText(/open/i).first()).toBeVisible();
    await expect(profiler.recordButton).toHaveCount(0);
    await expect(profiler.downloadButton).toBeDisabled();
  });

  test("opens a file of the original plugin, with its master's functions", async ({ profiler }) => {
    await profiler.openFile(ORIGINAL_PLUGIN_FILE);
    await profiler.showFunctions();
    const functions = await profiler.readFunctionTotals();
    expect([...functions.keys()].filter((key) => /twisted|buildbot/.test(key)).length).toBeGreaterThan(0);
    await profiler.showFlameGraph();
    await profiler.brush(0.25, 0.5);
    expect(await profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('saves what is open in other formats, and opens those', async ({ demoTrace, folder, profiler }) => {
    await profiler.openFile(demoTrace);
    await profiler.chooseWeight('Wall');
    const whole = await profiler.totalWeight();
    for (const [format, ending] of [
      ['speedscope', '.speedscope.json'],
      ['pprof', '.pb.gz'],
      ['Firefox Profiler', '.firefox.json'],
      ['Collapsed stacks', '.collapsed.txt'],
    ] as const) {
      await profiler.openFile(demoTrace);
      await profiler.chooseDownload(format, false);
      const file = await profiler.saveDownload(folder);
      expect(path.basename(file)).toBe(`demo${ending}`);
      await profiler.openFile(file);
      await profiler.chooseWeight('Wall');
      expect(await profiler.totalWeight(), format).toBe(whole);
    }
  });

  test('saves a recording without what tells whose it is', async ({ demoTrace, folder, profiler }) => {
    await profiler.openFile(demoTrace);
    await profiler.chooseDownload('Recording', true);
    const file = await profiler.saveDownload(folder);
    expect(path.basename(file)).toBe('demo.redacted.bbprof.gz');
    const text = gunzipSync(await readFile(file)).toString();
    expect(text).toContain('/folder-1/');
    expect(text).not.toContain(ROOT);
    await profiler.openFile(file);
    expect(await profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('opens what is left of a file that was cut, and says so', async ({ demoTrace, folder, page, profiler }) => {
    const content = await readFile(demoTrace);
    const cut = path.join(folder, 'cut.bbprof.gz');
    await writeFile(cut, content.subarray(0, Math.floor(content.length * 0.6)));
    await profiler.openFile(cut);
    await expect(page.getByText(/ends unexpectedly/i).first()).toBeVisible();
    expect(await profiler.totalWeight()).toBeGreaterThan(0);
  });

  test('opens a file that is long enough to be unpacked beside, whole or cut', async ({ folder, page, profiler }) => {
    const long = path.join(folder, 'long.bbprof.gz');
    const { wallMicroseconds } = await writeGeneratedTrace(long, await loadFixture(), LONG_TRACE);
    const content = await readFile(long);
    await profiler.openFile(long);
    await profiler.chooseWeight('Wall');
    expect(await profiler.totalWeight()).toBe(wallMicroseconds);
    const cut = path.join(folder, 'cut.bbprof.gz');
    await writeFile(cut, content.subarray(0, content.length * 0.6));
    await profiler.openFile(cut);
    await expect(page.getByText(/ends unexpectedly/i).first()).toBeVisible();
    expect(await profiler.totalWeight()).toBeGreaterThan(0);
    expect(await profiler.totalWeight()).toBeLessThan(wallMicroseconds);
  });

  test('says in words that a file is no recording, and goes on with the next', async ({
    demoTrace,
    folder,
    profiler,
  }) => {
    const garbage = path.join(folder, 'holiday.bbprof');
    await writeFile(garbage, Buffer.from([0, 1, 2, 250, 13, 10, 0, 200, 150]));
    await profiler.openFile(garbage);
    await expect(profiler.alert).toBeVisible();
    expect((await profiler.alert.innerText()).length).toBeGreaterThan(20);
    await profiler.openFile(demoTrace);
    await expect(profiler.alert).toHaveCount(0);
    expect(await profiler.totalWeight()).toBeGreaterThan(0);
    await expect(profiler.curve).toBeVisible();
    await profiler.openFile(garbage);
    await expect(profiler.alert).toBeVisible();
    await expect(profiler.curve, 'nothing is left of the last recording').toBeHidden();
  });
});
