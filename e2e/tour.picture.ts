import path from 'node:path';
import { ROOT } from './processes/child-process.ts';
import { recordDemo } from './processes/demo-recording.ts';
import { runBbprofiler } from './processes/profiler-server.ts';
import { expect, test } from './profiler-test.ts';

/** Two rounds of the demo and a bit, so that every phase is seen whole. */
const RECORDED_SECONDS = 34;

const picture = (name: string): string => path.join(ROOT, 'docs/images', `tour-${name}.png`);

test.use({ viewport: { width: 1280, height: 900 } });

test('the views of a recording of the demo', async ({ folder, page, profiler, startProfiler }) => {
  test.setTimeout(300_000);
  const recording = path.join(folder, 'demo.bbprof.gz');
  await recordDemo(recording, folder, RECORDED_SECONDS);
  const viewer = await startProfiler(['view', recording]);
  await profiler.goto(viewer.url);
  await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  await profiler.showStalls();
  await page.screenshot({ path: picture('stalls') });
  await profiler.showBuilds();
  await page.screenshot({ path: picture('builds') });
  await profiler.brush(0.45, 0.7);
  await page.getByRole('button', { name: 'Compare with…' }).click();
  await page.getByRole('button', { name: 'The rest' }).click();
  await profiler.waitUntilIdle();
  await page.screenshot({ path: picture('comparison') });

  // Without the folders of the machine that the picture is taken on.
  const redacted = path.join(folder, 'redacted.bbprof.gz');
  await runBbprofiler('convert', recording, '--to', 'bbprof', '--redact', '--output', redacted);
  await profiler.openFile(redacted);
  await profiler.showFunctions();
  await profiler.functions.locator('tr[data-function] button').first().click();
  await profiler.waitUntilIdle();
  await page.screenshot({ path: picture('functions') });
});
