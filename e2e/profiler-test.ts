/** The `test` of this project: fails when the page complains about anything, whatever else the test looks at. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, type BrowserContext, type Page } from '@playwright/test';
import { HostPageServer } from './host-page/host-page-server.ts';
import { BuildbotPage } from './pages/buildbot-page.ts';
import { ProfilerPage } from './pages/profiler-page.ts';
import { BuildbotMaster } from './processes/buildbot-master.ts';
import { recordDemo } from './processes/demo-recording.ts';
import { ProfilerServer } from './processes/profiler-server.ts';

export { expect } from '@playwright/test';

declare global {
  interface Window {
    /** Put into every page by {@link watchContext}. */
    reportPolicyViolation?: (text: string) => void;
  }
}

/** A whole round of the demo master: quiet, busy and blocked. */
const DEMO_RECORDING_SECONDS = 16;

const watchPage = (page: Page, complaints: string[]): void => {
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    complaints.push(`failed request: ${request.url()} ${request.failure()?.errorText ?? ''}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`failed request: ${response.url()} ${String(response.status())}`);
  });
};

/** Watches every page of a context, those that open later too. */
export const watchContext = async (context: BrowserContext, complaints: string[]): Promise<void> => {
  for (const page of context.pages()) watchPage(page, complaints);
  context.on('page', (page) => watchPage(page, complaints));
  await context.exposeFunction('reportPolicyViolation', (text: string) => complaints.push(`policy: ${text}`));
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.reportPolicyViolation?.(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
};

interface TestFixtures {
  /** Starts `bbprofiler` with these arguments; it is stopped when the page is closed. */
  readonly startProfiler: (args: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<ProfilerServer>;
  /** Starts `bbprofiler` with these arguments, and a page like Buildbot's with the profiler in it; both end as above. */
  readonly startHostPage: (args: readonly string[]) => Promise<HostPageServer>;
  /** What the page complained about so far. A test that provokes a complaint takes it out, and so says that it expects it. */
  readonly complaints: string[];
  readonly profiler: ProfilerPage;
  readonly buildbot: BuildbotPage;
  /** A folder for recordings and downloads of this test. */
  readonly folder: string;
}

interface WorkerFixtures {
  /** A recording of the demo master with its builds in the mode `real`, made once. */
  readonly demoTrace: string;
  /** A master that builds all the time. */
  readonly buildbotMaster: BuildbotMaster;
}

const makeFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'profiler-e2e-'));

export const test = base.extend<TestFixtures, WorkerFixtures>({
  startProfiler: async ({}, use) => {
    const started: ProfilerServer[] = [];
    await use(async (args, environment) => {
      const server = await ProfilerServer.start(args, environment);
      started.push(server);
      return server;
    });
    for (const server of started) await server.stop();
  },

  startHostPage: async ({ startProfiler }, use) => {
    const started: HostPageServer[] = [];
    await use(async (args) => {
      const { url } = await startProfiler(args);
      const server = await HostPageServer.start(url);
      started.push(server);
      return server;
    });
    for (const server of started) await server.stop();
  },

  complaints: [
    // Asks for page and server so that they end after it has looked: what that breaks off is nobody's fault.
    async ({ startProfiler: _server, startHostPage: _host, context, page: _page }, use) => {
      const complaints: string[] = [];
      await watchContext(context, complaints);
      await use(complaints);
      if (complaints.length > 0) throw new Error(`The page complained:\n${complaints.join('\n')}`);
    },
    { auto: true },
  ],

  profiler: async ({ page }, use) => {
    await use(new ProfilerPage(page));
  },

  buildbot: async ({ page }, use) => {
    await use(new BuildbotPage(page));
  },

  folder: async ({}, use) => {
    const folder = await makeFolder();
    await use(folder);
    await rm(folder, { recursive: true });
  },

  demoTrace: [
    async ({}, use) => {
      const folder = await makeFolder();
      const file = path.join(folder, 'demo.bbprof.gz');
      await recordDemo(file, folder, DEMO_RECORDING_SECONDS);
      await use(file);
      await rm(folder, { recursive: true });
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  buildbotMaster: [
    async ({}, use) => {
      const master = await BuildbotMaster.start();
      await use(master);
      await master.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
});
