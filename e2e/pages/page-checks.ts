/** What has to hold of every page, however it looks. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** No barrier that axe knows of, in the whole page or `within` what these selectors name. */
export const expectNoBarrier = async (page: Page, ...within: readonly string[]): Promise<void> => {
  const axe = within.reduce((builder, selector) => builder.include(selector), new AxeBuilder({ page }));
  const { violations } = await axe.options({ resultTypes: ['violations'] }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual([]);
};

/** The window is wide enough, so that nothing has to be scrolled to sideways. */
export const expectToFit = async (page: Page, what = 'the page'): Promise<void> => {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, `${what} is wider than the window`).toBeLessThanOrEqual(0);
};
