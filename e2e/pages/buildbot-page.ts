/** What a user sees and does in Buildbot's web UI around the profiler. */
import { expect, type Locator, type Page } from '@playwright/test';

export class BuildbotPage {
  readonly #page: Page;
  readonly menu: Locator;
  readonly topbar: Locator;
  readonly profilerLink: Locator;
  /** The profiler itself. */
  readonly element: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.menu = page.getByRole('complementary', { name: 'Menu' });
    this.topbar = page.getByRole('navigation', { name: 'Here' });
    this.profilerLink = this.menu.getByRole('link', { name: 'Profiler', exact: true });
    this.element = page.locator('bbp-profiler');
  }

  async goto(url: URL): Promise<void> {
    await this.#page.goto(url.href);
    await expect(this.menu.getByRole('listitem').first()).toBeVisible();
  }

  async openProfiler(): Promise<void> {
    if (!(await this.profilerLink.isVisible())) await this.menu.getByRole('button', { name: 'Debug' }).click();
    await this.profilerLink.click();
    await this.waitForProfiler();
  }

  async waitForProfiler(): Promise<void> {
    await expect(this.element).toHaveAttribute('data-bbp-state', 'idle');
  }

  /** Another view of the host. */
  async leaveTo(view: 'Home' | 'About' | 'Settings'): Promise<void> {
    await this.menu.getByRole('link', { name: view }).click();
    await expect(this.element).toHaveCount(0);
  }

  async selectTheme(name: 'Light' | 'Dark'): Promise<void> {
    await this.leaveTo('Settings');
    await this.#page.getByRole('combobox', { name: 'Theme' }).selectOption(name);
  }
}
