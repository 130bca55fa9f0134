import { randomUUID } from 'node:crypto';
import { processesMarked, StartedProcess, waitUntil } from './processes/child-process.ts';
import { URL_LINE } from './processes/profiler-server.ts';
import { expect, test } from './profiler-test.ts';

/** The set-up may have to build the page. */
const START_TIMEOUT_MS = 90_000;
const END_TIMEOUT_MS = 15_000;
const MARK = 'PROFILER_E2E_MARK';

test.describe('npm start', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`serves the demo at the address it prints, and leaves nothing behind after ${signal}`, async ({
      folder,
      page,
    }) => {
      const mark = randomUUID();
      const npm = new StartedProcess('npm', ['start', '--', '--port', '0', '--recordings', folder], { [MARK]: mark });
      try {
        const [, url = ''] = await npm.findLine(URL_LINE, START_TIMEOUT_MS);
        await page.goto(url);
        await expect(page.getByRole('button', { name: 'Record', exact: true })).toBeEnabled();
        expect(npm.output.trimEnd().split('\n').at(-1)).toContain(url);
        // npm, its shell, the script, the server and the demo.
        expect(processesMarked(MARK, mark).length).toBeGreaterThanOrEqual(3);
        await page.close();

        // Ctrl-C on a terminal reaches npm and all that runs in the foreground with it.
        npm.signal(signal, 'group');
        const left = (): number[] => processesMarked(MARK, mark);
        await waitUntil(
          () => left().length === 0,
          END_TIMEOUT_MS,
          () => `still there: ${left().join(' ')}\n${npm.output}`,
        );
      } finally {
        for (const pid of processesMarked(MARK, mark)) process.kill(pid, 'SIGKILL');
      }
    });
  }
});
