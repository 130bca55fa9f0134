import { defineConfig } from '@playwright/test';

// As root there is no sandbox, and without network every request of the browser's own would fail and be reported.
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const TEST_TIMEOUT_MS = 120_000;
/** How long a state of the page is waited for: the machine may be slow, the page is not. */
const EXPECT_TIMEOUT_MS = 15_000;

export default defineConfig({
  testDir: '.',
  // Of other groups, without a browser.
  testIgnore: ['master/**', 'bench/**'],
  outputDir: '../test-results',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS },
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    acceptDownloads: true,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
