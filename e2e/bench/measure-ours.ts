import { setTimeout as wait } from 'node:timers/promises';
import type { ElementHandle, Page } from '@playwright/test';
import { ProfilerPage } from '../pages/profiler-page.ts';
import type { BrowserRun, MemoryFigures } from './browser-run.ts';
import { computeDragFigures, measureShift, swingHand, type AxisPlace, type DragFigures } from './drag-figures.ts';
import { installProbe, readDrawnFrames, type ProbeRecord } from './page-probe.ts';
import type { TraceFiles } from './trace-files.ts';

export interface OpenFigures extends MemoryFigures {
  /** From the file chosen to the end of the first frame with a flame graph. */
  readonly firstPaintMs: number;
  /** To the first with the total of the whole trace. */
  readonly totalPaintMs: number;
}

export const OPEN_LIMIT_MS = 120_000;
/** After this time the memory counts as settled; nothing makes the browser collect garbage. */
const SETTLE_MS = 5000;
const DRAG_MS = 5000;
const MOVES_PER_SECOND = 60;
/** Where the hand begins, as a share of the time axis. */
const DRAG_FROM = 0.1;

/** Absent where it did not open in time. */
export const measureOpen = async (run: BrowserRun, url: URL, files: TraceFiles): Promise<OpenFigures | undefined> => {
  const { page } = run;
  await page.addInitScript(installProbe, { app: 'ours' as const, totalWeight: files.totals.wallMicroseconds });
  await new ProfilerPage(page).goto(url);
  return openFile(run, page.locator('input[type=file]').elementHandle(), files.ours);
};

export const openFile = async (
  run: BrowserRun,
  input: Promise<ElementHandle | null>,
  file: string,
): Promise<OpenFigures | undefined> => {
  const { page } = run;
  const chooser = await input;
  if (chooser === null) throw new Error('The page has nothing to choose a file with');
  await run.watchMemory();
  await chooser.setInputFiles(file);
  try {
    await page.waitForFunction(() => window.benchProbe.totalPaintAt !== undefined, undefined, {
      timeout: OPEN_LIMIT_MS,
    });
  } catch {
    return undefined; // Not in time, or its renderer has died: either is a result.
  }
  const { chosenAt, firstPaintAt, totalPaintAt } = await page.evaluate(() => window.benchProbe);
  await wait(SETTLE_MS);
  return {
    firstPaintMs: firstPaintAt! - chosenAt!,
    totalPaintMs: totalPaintAt! - chosenAt!,
    ...(await run.readMemory()),
  };
};

/** A hand that drags a range over the timeline for 5 seconds, sixty times a second, waits, and lets go. */
export const measureDrag = async ({ page, input }: BrowserRun, duration: number): Promise<DragFigures> => {
  const profiler = new ProfilerPage(page);
  await profiler.waitUntilIdle();
  const box = await page.locator('.bbp-brush .overlay').boundingBox();
  if (box === null) throw new Error('the timeline has no brush');
  const axis: AxisPlace = { left: box.x, width: box.width, duration };
  const y = box.y + box.height / 2;
  const at = (share: number): number => Math.round(box.x + box.width * share);
  const send = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', x: number): Promise<unknown> =>
    input.send('Input.dispatchMouseEvent', {
      type,
      x,
      y,
      button: 'left',
      buttons: type === 'mouseReleased' ? 0 : 1,
      clickCount: 1,
    });
  await input.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: at(DRAG_FROM), y });
  await send('mousePressed', at(DRAG_FROM));
  await page.evaluate(() => {
    window.benchProbe.moves.length = 0;
    window.benchProbe.painted.length = 0;
  });
  const pending: Promise<unknown>[] = [];
  const start = performance.now();
  const shares = swingHand((DRAG_MS / 1000) * MOVES_PER_SECOND);
  for (const [move, share] of shares.entries()) {
    await wait(Math.max(0, start + (move * 1000) / MOVES_PER_SECOND - performance.now()));
    pending.push(send('mouseMoved', at(share)));
  }
  await Promise.all(pending);
  await waitUntilStill(page);
  const record = await page.evaluate((): Pick<ProbeRecord, 'moves' | 'painted'> => window.benchProbe);
  const dragged = await page.evaluate(readDrawnFrames);
  const letGo = await page.evaluate(() => performance.now());
  await send('mouseReleased', at(shares.at(-1)!));
  await waitUntilStill(page);
  const settledAt = await page.evaluate(() => performance.now());
  const settled = await page.evaluate(readDrawnFrames);
  return {
    ...computeDragFigures(record, axis),
    settledShiftPixels: measureShift(dragged, settled),
    settledAfterMs: settledAt - letGo,
  };
};

/** To the frame: as long as a time is taken, nothing may be polled less often. */
const waitUntilStill = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () =>
      document.querySelector('[data-bbp-state=idle]') !== null &&
      document.querySelector('[role=tree][aria-busy=true]') === null,
  );

/** What the renderer holds for a page without anything on it. */
export const measureEmptyPage = async (run: BrowserRun): Promise<number> => {
  await run.page.goto('about:blank');
  await run.watchMemory();
  await wait(SETTLE_MS);
  return (await run.readMemory()).lastBytes;
};
