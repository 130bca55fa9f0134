/** What a user sees and does on the profiler page. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';

/** Far shorter than what it waits for lasts. */
const LOOK_INTERVAL_MS = 30;
/** Steps of a drag: a hand moves through points, and the page has to draw at each. */
const DRAG_STEPS = 12;

export type WeightName = 'Wall' | 'CPU' | 'GIL';

export interface FunctionTotals {
  readonly self: number;
  readonly total: number;
}

/** How long the loop was held; microseconds since the recording's start. */
export interface HeldTime {
  readonly start: number;
  readonly duration: number;
  readonly shortest: number;
  readonly longest: number;
}

export interface StallRow extends HeldTime {
  /** Innermost first. */
  readonly functions: readonly string[];
  /** That ran meanwhile, as `builder #12`. */
  readonly builds: readonly string[];
}

export class ProfilerPage {
  readonly #page: Page;
  readonly recordButton: Locator;
  readonly stopButton: Locator;
  readonly openButton: Locator;
  readonly downloadButton: Locator;
  readonly timeline: Locator;
  /** The first curve of the timeline. */
  readonly curve: Locator;
  readonly flameGraph: Locator;
  readonly functions: Locator;
  readonly stalls: Locator;
  readonly builds: Locator;
  readonly comparison: Locator;
  /** The table of the comparison. */
  readonly differences: Locator;
  readonly lines: Locator;
  readonly callers: Locator;
  readonly callees: Locator;
  /** The brush, as it is told to assistive technology. */
  readonly selectedTime: Locator;
  readonly frames: Locator;
  /** The frame to which keys go. */
  readonly activeFrame: Locator;
  readonly alert: Locator;
  /** What the recording that is shown lost. */
  readonly losses: Locator;

  constructor(page: Page) {
    this.#page = page;
    const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
    const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
    this.recordButton = button('Record');
    this.stopButton = button('Stop');
    this.openButton = button('Open');
    this.downloadButton = button('Download');
    this.timeline = region('Timeline');
    this.curve = this.timeline.locator('path.nv-line').first();
    this.flameGraph = region('Flame graph');
    this.functions = region('Functions');
    this.stalls = region('Stalls');
    this.builds = region('Builds');
    this.comparison = region('Comparison');
    this.differences = this.comparison.getByRole('table', { name: 'Differences' });
    this.lines = region('Lines');
    this.callers = region('Callers');
    this.callees = region('Callees');
    this.selectedTime = page.getByRole('slider', { name: 'Selected time' });
    this.frames = page.getByRole('tree', { name: /^Frames, / });
    this.activeFrame = this.frames.locator('[role=treeitem][aria-selected=true]');
    this.alert = page.getByRole('alert');
    this.losses = page.locator('[data-losses]');
  }

  async goto(url: URL): Promise<void> {
    await this.#page.goto(url.href);
    await this.waitUntilIdle();
  }

  /** Until everything that was asked for is painted. */
  async waitUntilIdle(): Promise<void> {
    await expect(this.#page.locator('[data-bbp-state]')).toHaveAttribute('data-bbp-state', 'idle');
    // What moves is told to assistive technology once it stands. A recording in progress moves twice a second: who looks as seldom may meet it moving each time.
    const untold = this.#page.locator('[role=tree][aria-busy=true]');
    await expect.poll(() => untold.count(), { intervals: [LOOK_INTERVAL_MS] }).toBe(0);
  }

  async record(mode: 'real' | 'virtual' | 'prof'): Promise<void> {
    await this.#page.getByRole('combobox', { name: 'Mode' }).selectOption(mode);
    await this.recordButton.click();
    await expect(this.stopButton).toBeEnabled();
  }

  async stop(): Promise<void> {
    await this.stopButton.click();
    await expect(this.recordButton).toBeEnabled();
    await this.waitUntilIdle();
  }

  /** Samples in the selection. */
  ticks(): Promise<number> {
    return this.#readNumber(this.#page.locator('[data-ticks]'), 'data-ticks');
  }

  /** Weight of the selection in microseconds. */
  totalWeight(): Promise<number> {
    return this.#readNumber(this.flameGraph, 'data-total-weight-us');
  }

  /** Where the recording ends on the time axis, in microseconds. */
  duration(): Promise<number> {
    return this.#readNumber(this.selectedTime, 'aria-valuemax');
  }

  /** The curves of the timeline as they are drawn. */
  async readCurves(): Promise<string> {
    const paths = await this.timeline
      .locator('path.nv-line')
      .evaluateAll((lines) => lines.map((line) => line.getAttribute('d')));
    return paths.join('');
  }

  /** Drags over the timeline with the mouse, from one share of its width to another. */
  async brush(from: number, to: number, steps = DRAG_STEPS): Promise<void> {
    const letGo = await this.holdBrush(from, to, steps);
    await letGo();
  }

  /** The same, with the button still pressed: the answer lets it go. */
  async holdBrush(from: number, to: number, steps = DRAG_STEPS): Promise<() => Promise<void>> {
    const box = await this.timeline.locator('.bbp-brush .overlay').boundingBox();
    if (box === null) throw new Error('the timeline has no brush');
    const middle = box.y + box.height / 2;
    await this.#page.mouse.move(box.x + box.width * from, middle);
    await this.#page.mouse.down();
    await this.#page.mouse.move(box.x + box.width * to, middle, { steps });
    await this.waitUntilIdle();
    return async () => {
      await this.#page.mouse.up();
      await expect(this.#page.getByRole('button', { name: 'Select everything' })).toBeVisible();
      await this.waitUntilIdle();
    };
  }

  async selectEverything(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Select everything' }).click();
    await this.waitUntilIdle();
  }

  async showFlameGraph(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Flame graph', exact: true }).click();
    await this.waitUntilIdle();
  }

  async showFunctions(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Functions', exact: true }).click();
    await expect(this.functions).toBeVisible();
    await this.waitUntilIdle();
  }

  async showStalls(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Stalls', exact: true }).click();
    await expect(this.stalls).toBeVisible();
    await this.waitUntilIdle();
  }

  async showBuilds(): Promise<void> {
    await this.#page.getByRole('button', { name: 'Builds', exact: true }).click();
    await expect(this.builds).toBeVisible();
    await this.waitUntilIdle();
  }

  async showComparison(): Promise<void> {
    await this.#page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Compare' }).click();
    await expect(this.comparison).toBeVisible();
    await this.waitUntilIdle();
  }

  /** Through the file chooser that the button of this name opens. */
  async chooseComparedFile(file: string, button: string): Promise<void> {
    const [chooser] = await Promise.all([
      this.#page.waitForEvent('filechooser'),
      this.comparison.getByRole('button', { name: button, exact: true }).click(),
    ]);
    await chooser.setFiles(file);
    await this.waitUntilIdle();
  }

  /** The rows of the comparison as `points function change`. */
  readDifferences(): Promise<string[]> {
    return this.differences
      .locator('tr[data-function]')
      .evaluateAll((rows) =>
        (rows as HTMLTableRowElement[]).map(
          ({ dataset, cells }) =>
            `${cells[0]?.textContent.trim() ?? ''} ${dataset['function'] ?? ''} ${dataset['change'] ?? ''}`,
        ),
      );
  }

  /** The stalls or the spells of saturation, in the order of their table. Times in microseconds. */
  readStalls(table: 'Stalls' | 'Saturation'): Promise<StallRow[]> {
    return this.stalls
      .getByRole('table', { name: table, exact: true })
      .locator('tr[data-start-us]')
      .evaluateAll((rows) =>
        (rows as HTMLElement[]).map((row) => ({
          start: Number(row.dataset['startUs']),
          duration: Number(row.dataset['durationUs']),
          shortest: Number(row.dataset['shortestUs']),
          longest: Number(row.dataset['longestUs']),
          functions: Array.from(row.querySelectorAll('.what button'), ({ textContent }) => textContent.trim()),
          builds: Array.from(row.querySelectorAll('.builds div'), ({ textContent }) => textContent.trim()),
        })),
      );
  }

  /** Selects the time of the row at this place of the list. */
  async selectStall(row: number): Promise<void> {
    await this.stalls.locator('tr[data-start-us]').nth(row).getByTitle('Select this time').click();
    await expect(this.#page.getByRole('button', { name: 'Select everything' })).toBeVisible();
    await this.waitUntilIdle();
  }

  /** Selects the time of a stall by its bar in the lanes. */
  async selectStallInLanes(name: RegExp): Promise<void> {
    await this.#page.getByRole('group', { name: 'Stalls' }).getByRole('button', { name }).first().click();
    await expect(this.#page.getByRole('button', { name: 'Select everything' })).toBeVisible();
    await this.waitUntilIdle();
  }

  /** As the address has it, which follows a choice a moment later. */
  async selectedRange(): Promise<{ readonly start: number; readonly end: number }> {
    await expect(this.#page).toHaveURL(/range=\d+-\d+/);
    const [, start, end] = /range=(\d+)-(\d+)/.exec(this.#page.url()) ?? [];
    return { start: Number(start), end: Number(end) };
  }

  async chooseWeight(name: WeightName): Promise<void> {
    await this.#page.getByRole('group', { name: 'Weight' }).getByRole('button', { name, exact: true }).click();
    await this.waitUntilIdle();
  }

  /** Self and total of every function of the table, in microseconds, by file, first line and name. */
  async readFunctionTotals(): Promise<ReadonlyMap<string, FunctionTotals>> {
    const more = this.functions.getByRole('button', { name: /^Show more/ });
    const listed = this.functions.locator('tr[data-function]');
    while (await more.isVisible()) {
      const count = await listed.count();
      await more.click();
      // The last click takes the button away, with the rows that it brings.
      await expect(listed).not.toHaveCount(count);
    }
    const rows = await listed.evaluateAll((elements) =>
      (elements as HTMLElement[]).map(({ dataset }) => ({
        key: `${dataset['file'] ?? ''}:${dataset['firstLine'] ?? ''} ${dataset['function'] ?? ''}`,
        self: Number(dataset['selfUs']),
        total: Number(dataset['totalUs']),
      })),
    );
    return new Map(rows.map(({ key, self, total }) => [key, { self, total }]));
  }

  /** Names of the frames, whatever draws them. */
  readFrameNames(): Promise<string[]> {
    return this.#frameItems().evaluateAll((items) =>
      (items as HTMLElement[]).map(({ dataset }) => dataset['frame'] ?? ''),
    );
  }

  /** Frames that are not drawn as wide as they are going to be, as `name: width of final width`. */
  readGrowingFrames(): Promise<string[]> {
    return this.flameGraph.locator('g.frame').evaluateAll((frames) =>
      frames.flatMap((frame) => {
        const drawn = Number(frame.querySelector('rect')?.getAttribute('width') ?? Number.NaN);
        const final = Number(frame.getAttribute('width'));
        return Math.abs(drawn - final) < 0.01 ? [] : [`${frame.getAttribute('name') ?? ''}: ${drawn} of ${final}`];
      }),
    );
  }

  /** Clicks the widest frame of a function with the mouse. */
  async clickFrame(name: string): Promise<void> {
    const { x, y } = await this.#findFrame(name);
    await this.#page.mouse.click(x, y);
    await this.waitUntilIdle();
  }

  /** Looks at a function alone, with the mouse. */
  async doubleClickFrame(name: string): Promise<void> {
    const { x, y } = await this.#findFrame(name);
    await this.#page.mouse.dblclick(x, y);
    await this.waitUntilIdle();
  }

  async hoverFrame(name: string): Promise<void> {
    const { x, y } = await this.#findFrame(name);
    await this.#page.mouse.move(x, y);
  }

  /** The middle of the widest frame of a function. */
  async #findFrame(name: string): Promise<{ readonly x: number; readonly y: number }> {
    const named = this.#frameItems().and(this.#page.locator(`[data-frame="${name}"]`));
    // A picture that has just come is told a moment later.
    await expect(named.first(), `a frame with the name ${name}`).toBeAttached();
    const items = await named.all();
    const boxes = await Promise.all(items.map((item) => item.boundingBox()));
    const widest = boxes.filter((box) => box !== null).sort((left, right) => right.width - left.width)[0];
    if (widest === undefined) throw new Error(`no frame has the name ${name}`);
    return { x: widest.x + widest.width / 2, y: widest.y + widest.height / 2 };
  }

  /** The list of recordings; in a narrow window the navigation has to be opened first. */
  async openRecordings(): Promise<void> {
    const link = this.#page.getByRole('link', { name: 'Recordings', exact: true });
    if (!(await link.isVisible())) await this.#page.getByRole('button', { name: 'Navigation' }).click();
    await link.click();
    await expect(this.#page.getByRole('heading', { name: 'Recordings' })).toBeAttached();
    await this.waitUntilIdle();
  }

  /** What the next downloads are, by the words of the toolbar. */
  async chooseDownload(format: string, isRedacted: boolean): Promise<void> {
    await this.#page.getByLabel('Format of the download').selectOption({ label: format });
    await this.#page.getByRole('checkbox', { name: 'Redact' }).setChecked(isRedacted);
  }

  async saveDownload(folder: string): Promise<string> {
    const [download] = await Promise.all([this.#page.waitForEvent('download'), this.downloadButton.click()]);
    const file = path.join(folder, download.suggestedFilename());
    await download.saveAs(file);
    await this.waitUntilIdle();
    return file;
  }

  async openFile(file: string): Promise<void> {
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.openButton.click()]);
    await chooser.setFiles(file);
    await this.waitUntilIdle();
  }

  /** As when a file is dragged from the desktop and let go over the page. */
  async dropFile(file: string): Promise<void> {
    const content = (await readFile(file)).toString('base64');
    const transfer = await this.#page.evaluateHandle(
      ([name, base64]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
        return data;
      },
      [path.basename(file), content] as const,
    );
    for (const event of ['dragenter', 'dragover', 'drop']) {
      await this.timeline.or(this.#page.locator('main')).first().dispatchEvent(event, { dataTransfer: transfer });
    }
    await this.waitUntilIdle();
  }

  #frameItems(): Locator {
    return this.frames.getByRole('treeitem');
  }

  async #readNumber(element: Locator, attribute: string): Promise<number> {
    return Number(await element.getAttribute(attribute));
  }
}
