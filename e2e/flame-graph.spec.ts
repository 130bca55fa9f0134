/** That the two ways in which the flame graph is drawn are one picture, for the eye and for assistive technology. */
import type { Page } from '@playwright/test';
import { expect, test } from './profiler-test.ts';

interface Frame {
  readonly text: string;
  readonly left: number;
  readonly width: number;
  /** What is painted just inside its upper left corner, as `rgb(…)`. */
  readonly color: string;
}

/** Wide enough to have a corner without a line and without a letter. */
const WIDE_PIXELS = 6;
const INSIDE_PIXELS = 2;

/** What is told of each wide frame, and what the canvas shows at its place. */
const readCanvas = (page: Page): Promise<Frame[]> =>
  page.evaluate(
    ([wide, inside]) => {
      const pictures = Array.from(document.querySelectorAll<HTMLCanvasElement>('bbp-flame-graph canvas')).map(
        (tile) => {
          // To read from the canvas itself would change how the browser keeps it.
          const copy = new OffscreenCanvas(tile.width, tile.height).getContext('2d', { willReadFrequently: true });
          copy?.drawImage(tile, 0, 0);
          return { copy, place: tile.getBoundingClientRect() };
        },
      );
      return Array.from(document.querySelectorAll<HTMLElement>('bbp-flame-graph [role=treeitem]')).flatMap(
        (item): Frame[] => {
          const { left, top, width } = item.getBoundingClientRect();
          const picture = pictures.find(({ place }) => top >= place.top && top < place.bottom);
          if (width < wide || picture === undefined) return [];
          const [x, y] = [left - picture.place.left + inside, top - picture.place.top + inside];
          const data = picture.copy?.getImageData(x * devicePixelRatio, y * devicePixelRatio, 1, 1).data ?? [];
          return [{ text: item.ariaLabel ?? '', left, width, color: `rgb(${[...data].slice(0, 3).join(', ')})` }];
        },
      );
    },
    [WIDE_PIXELS, INSIDE_PIXELS] as const,
  );

/** The same of the elements that d3-flame-graph has made. */
const readElements = (page: Page): Promise<Omit<Frame, 'text'>[]> =>
  page.evaluate(
    (wide) =>
      Array.from(document.querySelectorAll('bbp-flame-graph g.frame > rect')).flatMap((rect) => {
        const { left, width } = rect.getBoundingClientRect();
        return width < wide ? [] : [{ left, width, color: getComputedStyle(rect).fill }];
      }),
    WIDE_PIXELS,
  );

for (const scale of [1, 2])
  test.describe(`on a screen with ${scale} dots a pixel`, () => {
    test.use({ deviceScaleFactor: scale });

    test('a range that is dragged is drawn on a canvas, as d3-flame-graph draws it once it is let go', async ({
      demoTrace,
      page,
      profiler,
      startProfiler,
    }) => {
      const viewer = await startProfiler(['view', demoTrace]);
      await profiler.goto(viewer.url);
      await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
      await expect(page.locator('bbp-flame-graph canvas')).toHaveCount(0);

      const letGo = await profiler.holdBrush(0.2, 0.8);
      await expect(page.locator('bbp-flame-graph g.frame')).toHaveCount(0);
      const dragged = await readCanvas(page);
      expect(dragged.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Reactor\.run, \d+ % of the /));
      await letGo();

      await expect(page.locator('bbp-flame-graph canvas')).toHaveCount(0);
      const rested = await readElements(page);
      for (const frame of dragged) {
        const same = rested.filter(
          ({ left, width, color }) =>
            color === frame.color && Math.abs(left - frame.left) < 2 && Math.abs(width - frame.width) < 2,
        );
        expect(same.length, `${frame.text} is where it was, in its colour`).toBeGreaterThan(0);
      }
    });
  });

test('what is drawn on the canvas follows the theme', async ({ demoTrace, page, profiler, startProfiler }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  const viewer = await startProfiler(['view', demoTrace]);
  await profiler.goto(viewer.url);
  await expect.poll(() => profiler.totalWeight()).toBeGreaterThan(0);
  const letGo = await profiler.holdBrush(0.2, 0.8);
  const readColors = async (): Promise<string[]> => (await readCanvas(page)).map(({ color }) => color);
  const light = await readColors();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => (await readColors()).filter((color, index) => color === light[index])).toEqual([]);
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(readColors).toEqual(light);
  await letGo();
});
