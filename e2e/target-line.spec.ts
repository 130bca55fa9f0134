import { expect, test } from './profiler-test.ts';

/** As Debian's service starts a master. */
const COMMAND_LINE = [
  '/usr/bin/python3',
  '/usr/bin/twistd',
  '--nodaemon',
  '--no_save',
  '--pidfile=/run/buildbot/buildmaster-of-the-release-branches.pid',
  '--logfile=twistd-of-the-release-branches.log',
  '--python=/var/lib/buildbot/masters/release-branches/buildbot.tac',
];

test.describe('behind a long command line', () => {
  test.beforeEach(async ({ page, profiler, startProfiler }) => {
    await page.route('**/api/v1/status', async (route) => {
      const response = await route.fetch();
      const status = (await response.json()) as { target: object };
      const target = { ...status.target, commandLine: COMMAND_LINE, buildbotVersion: '4.2.0', host: 'ci.example.org' };
      await route.fulfill({ response, json: { ...status, target } });
    });
    const server = await startProfiler(['serve', '--demo']);
    await profiler.goto(server.url);
  });

  for (const width of [1280, 480]) {
    test(`pid and versions can be read, and the keyboard has the whole of it, ${String(width)} px wide`, async ({
      page,
    }) => {
      await page.setViewportSize({ width, height: 900 });
      const versions = page.locator('bbp-toolbar .versions');
      const command = page.locator('bbp-toolbar .command');
      await expect(versions).toHaveText(/^pid \d+, Python 3\.\S+, Buildbot 4\.2\.0, on ci\.example\.org$/);
      const seen = await versions.evaluate((element) => {
        const { left, right } = element.getBoundingClientRect();
        return { isWhole: element.scrollWidth <= element.clientWidth, left, right };
      });
      expect(seen.isWhole).toBe(true);
      expect(seen.left).toBeGreaterThan(0);
      expect(seen.right).toBeLessThanOrEqual(width);
      expect(await command.evaluate((element) => element.getBoundingClientRect().width)).toBeGreaterThan(40);

      await expect(command).toHaveAttribute('title', COMMAND_LINE.join(' '));
      await command.focus();
      await expect(command.getByText(COMMAND_LINE.join(' '))).toBeVisible();
      expect(await command.evaluate((element) => element.scrollWidth <= element.clientWidth)).toBe(true);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await command.blur();
    });
  }
});
