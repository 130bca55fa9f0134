import { defineConfig } from '@playwright/test';

/** Masters start and stop several times in a test. */
const TEST_TIMEOUT_MS = 300_000;
const EXPECT_TIMEOUT_MS = 60_000;

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
});
