import { cp, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { ROOT } from './processes/child-process.ts';
import { DemoMaster } from './processes/demo-master.ts';
import { expect, test } from './profiler-test.ts';

const PICTURE = path.join(ROOT, 'docs/images/profiler.png');
/** Two rounds of the demo and a bit, so that every phase is seen whole. */
const RECORDED_MICROSECONDS = 34_000_000;

test.use({ viewport: { width: 1280, height: 860 } });

test('the page with a recording of the demo', async ({ folder, page, profiler, startProfiler }) => {
  // From a folder that says nothing of the machine that the picture was taken on.
  const demoFolder = await mkdtemp('/tmp/demo-');
  await cp(path.join(ROOT, 'plugin/demo'), demoFolder, { recursive: true });
  const demo = await DemoMaster.start(demoFolder);
  const server = await startProfiler(['serve', '--pid', String(demo.pid), '--recordings', folder]);
  await profiler.goto(server.url);
  await profiler.record('real');
  await expect.poll(() => profiler.duration(), { timeout: 60_000 }).toBeGreaterThan(RECORDED_MICROSECONDS);
  await profiler.stop();
  await profiler.brush(0.25, 0.75);
  await profiler.clickFrame('Reactor.run_until_current');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: PICTURE });
  await demo.stop();
  await rm(demoFolder, { recursive: true });
});
