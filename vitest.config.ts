import { defineConfig } from 'vitest/config';

// One time zone and one locale for every run, here and in whatever a test starts.
process.env['TZ'] = 'UTC';
process.env['LC_ALL'] = 'C';

export default defineConfig({
  test: {
    include: ['{trace,plugin,scripts,e2e/bench}/**/*.spec.{ts,mjs}'],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 30_000,
    restoreMocks: true,
    // A focused test would silently leave out all others.
    allowOnly: false,
  },
});
