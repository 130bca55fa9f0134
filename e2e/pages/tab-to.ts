/** How a user without a mouse gets somewhere. */
import type { Locator, Page } from '@playwright/test';

/** More than there are stops on a page: a walk that has not arrived by then never will. */
const MAX_TABS = 120;

/** Tab by Tab until the element has the focus, round the page where it lies before. */
export const tabTo = async (page: Page, target: Locator): Promise<void> => {
  for (let tabs = 0; tabs < MAX_TABS; tabs++) {
    await page.keyboard.press('Tab');
    // Within Buildbot's page it is in a shadow root, which has a focus of its own.
    if (await target.evaluate((element) => (element.getRootNode() as Document).activeElement === element)) return;
  }
  throw new Error('no way there with the Tab key');
};
