/** The `test` of the plugin: masters of Debian's Buildbot with the wheel installed. No browser. */
import { test as base } from '@playwright/test';
import { processesMarked } from '../processes/child-process.ts';
import { BuildbotMaster } from '../processes/buildbot-master.ts';
import { PythonWithPlugin } from '../processes/python-with-plugin.ts';

export { expect } from '@playwright/test';

/** In the environment of a master and of all that it starts: the test's id. */
export const MASTER_MARK = 'BBP_TEST_MASTER';

interface TestFixtures {
  /** Starts a master with these additions to its configuration; it is ended after the test, which fails if anything of it is left then. */
  readonly startMaster: (additions: string, environment?: NodeJS.ProcessEnv) => Promise<BuildbotMaster>;
}

interface WorkerFixtures {
  readonly plugin: PythonWithPlugin;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  startMaster: async ({ plugin }, use, { testId }) => {
    const masters: BuildbotMaster[] = [];
    await use(async (additions, environment = {}) => {
      const marked = { ...environment, [MASTER_MARK]: testId };
      const master = await BuildbotMaster.start({ python: plugin.python, additions, environment: marked });
      masters.push(master);
      return master;
    });
    for (const master of masters) await master.stop();
    await base.expect.poll(() => processesMarked(MASTER_MARK, testId), { timeout: 30_000 }).toEqual([]);
  },

  plugin: [
    async ({}, use) => {
      const plugin = await PythonWithPlugin.create();
      await use(plugin);
      await plugin.remove();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});
