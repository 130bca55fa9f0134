/** What a reader sees and does on the page of a report. */
import { pathToFileURL } from 'node:url';
import { expect, type Locator, type Page } from '@playwright/test';
import type { FunctionTotals } from './profiler-page.ts';

/** Steps of a drag: a hand moves through points, and the page has to draw at each. */
const DRAG_STEPS = 12;

export class ReportPage {
  readonly #page: Page;
  readonly timeline: Locator;
  readonly flameGraph: Locator;
  readonly functions: Locator;
  readonly stalls: Locator;
  readonly selected: Locator;
  readonly callers: Locator;
  readonly callees: Locator;
  readonly frames: Locator;
  readonly selectedTime: Locator;
  readonly search: Locator;
  readonly foldsChains: Locator;

  constructor(page: Page) {
    const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
    this.#page = page;
    this.timeline = region('Timeline');
    this.flameGraph = region('Flame graph');
    this.functions = region('Functions');
    this.stalls = region('Stalls');
    this.selected = region('Selected function');
    this.callers = region('Callers');
    this.callees = region('Callees');
    this.frames = page.getByRole('tree', { name: 'Frames, callers above callees' });
    this.selectedTime = page.getByRole('slider', { name: 'Selected time' });
    this.foldsChains = page.getByRole('checkbox', { name: 'Fold chains' });
    this.search = page.getByRole('searchbox', { name: 'Search functions and files' });
  }

  /** From disk. */
  async goto(file: string): Promise<void> {
    await this.#page.goto(pathToFileURL(file).href);
    await this.waitUntilIdle();
  }

  async waitUntilIdle(): Promise<void> {
    await expect(this.#page.locator('html')).toHaveAttribute('data-bbp-state', 'idle');
  }

  /** Weight of the selection in microseconds, as the flame graph shows it. */
  totalWeight(): Promise<number> {
    return readNumber(this.flameGraph, 'data-total-weight-us');
  }

  /** As the table of functions shows it. */
  totalWeightOfTable(): Promise<number> {
    return readNumber(this.functions, 'data-total-weight-us');
  }

  async chooseWeight(name: 'Wall' | 'CPU' | 'GIL'): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true }).click();
    await this.waitUntilIdle();
  }

  /** Drags over the timeline with the mouse, from one share of the plot's width to another. */
  async brush(from: number, to: number): Promise<void> {
    const box = await this.selectedTime.boundingBox();
    if (box === null) throw new Error('the timeline has no brush');
    const [left, width, middle] = [box.x + PLOT_LEFT, box.width - PLOT_LEFT - PLOT_RIGHT, box.y + box.height / 2];
    await this.#page.mouse.move(left + width * from, middle);
    await this.#page.mouse.down();
    await this.#page.mouse.move(left + width * to, middle, { steps: DRAG_STEPS });
    await this.#page.mouse.up();
    await this.waitUntilIdle();
  }

  /** What the flame graph looks like. */
  picture(): Promise<string> {
    return this.flameGraph
      .locator('canvas')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  }

  /** One of the frames that assistive technology is told of: those around the one that the keys are at. */
  told(name: string): Locator {
    return this.frames.getByRole('treeitem', { name: `${name}, ` });
  }

  /** Goes down along the widest frames to one of this name, by keys. */
  async walkTo(name: string): Promise<Locator> {
    const active = this.frames.locator('[role=treeitem][aria-selected=true]');
    await this.frames.press('Home');
    for (;;) {
      const [label, level] = [await active.getAttribute('aria-label'), await active.getAttribute('aria-level')];
      if (label?.startsWith(`${name}, `) === true) return active;
      await this.frames.press('ArrowDown');
      if ((await active.getAttribute('aria-level')) === level) throw new Error(`no frame ${name} among the widest`);
    }
  }

  async clickFrame(name: string, options: { clickCount?: number } = {}): Promise<void> {
    // What tells of frames lies above them, and takes no clicks.
    const box = await (await this.walkTo(name)).boundingBox();
    if (box === null) throw new Error(`no frame ${name}`);
    await this.#page.mouse.click(box.x + 3, box.y + box.height / 2, options);
    await this.waitUntilIdle();
  }

  /** Self and total of every function in microseconds, by file, first line and name. */
  async readFunctionTotals(): Promise<Map<string, FunctionTotals>> {
    const more = this.functions.getByRole('button', { name: /^Show more/ });
    while ((await more.count()) > 0) {
      await more.click();
      await this.waitUntilIdle();
    }
    const rows = await this.functions.locator('tr[data-function]').evaluateAll((found) =>
      found.map((row) => {
        const { function: name, file, firstLine, selfUs, totalUs } = (row as HTMLElement).dataset;
        const key = `${file ?? ''}:${firstLine ?? ''} ${name ?? ''}`;
        return [key, { self: Number(selfUs), total: Number(totalUs) }] as const;
      }),
    );
    return new Map(rows);
  }
}

/** CSS pixels beside the plot. */
const PLOT_LEFT = 46;
const PLOT_RIGHT = 28;

const readNumber = async (locator: Locator, attribute: string): Promise<number> =>
  Number((await locator.getAttribute(attribute)) ?? Number.NaN);
