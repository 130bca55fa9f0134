import path from 'node:path';
import { listServiceFiles } from './master/service-files.ts';
import { BuildbotMaster } from './processes/buildbot-master.ts';
import { loadModel } from './processes/load-model.ts';
import { PythonWithPlugin } from './processes/python-with-plugin.ts';
import { expectSameTime, readJournal, readStallReport, seenPart } from './processes/stall-report.ts';
import { expect, test } from './profiler-test.ts';

const STEPS = path.resolve(import.meta.dirname, 'buildbot/steps');
/** Longer than from one of the builds that hold the reactor to the end of the next. */
const FILE_SECONDS = 15;
/** The first has the start of the master in it. */
const FILES = 2;

const ADDITIONS = `
from holding_step import HoldingStep
c["services"] = [util.ProfilerService(gatherperiod=${String(FILE_SECONDS)}, mode="real")]
c["builders"].append(
    util.BuilderConfig(
        name="holding-builder", workernames=["local-worker"], factory=util.BuildFactory([HoldingStep()])
    )
)
c["schedulers"].append(
    schedulers.Periodic(name="now and then", builderNames=["holding-builder"], periodicBuildTimer=10)
)`;

test('what the service of a Buildbot master recorded tells the step that held its reactor, and its builds', async ({
  folder,
  page,
  profiler,
  startProfiler,
}) => {
  test.setTimeout(300_000);
  const journalFile = path.join(folder, 'journal');
  const plugin = await PythonWithPlugin.create();
  const environment = { PYTHONPATH: STEPS, HOLDING_JOURNAL: journalFile };
  const master = await BuildbotMaster.start({ python: plugin.python, additions: ADDITIONS, environment });
  try {
    const whole = (): Promise<string[]> => listServiceFiles(master.basedir, '.bbprof.gz');
    await expect.poll(async () => (await whole()).length, { timeout: 120_000 }).toBeGreaterThanOrEqual(FILES);
    const file = path.join(master.basedir, (await whole())[FILES - 1]!);
    const model = await loadModel(file);
    const seen = (await readJournal(journalFile))
      .map((entry) => ({ ...seenPart(model, entry), function: entry.function }))
      .sort((a, b) => b.end - b.start - (a.end - a.start));
    const longest = seen[0]!;
    const builds = model.events.filter((event) => event.kind === 'build');
    const steps = model.events.filter((event) => event.kind === 'step');

    const told = await test.step('the command line tells the step as the first stall', async () => {
      const [first] = (await readStallReport(file)).stalls;
      expectSameTime(first!, longest, model);
      expect(first!.functions.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['HoldingStep.run', longest.function]),
      );
      expect(first!.builds.map(({ builder }) => builder)).toContain('holding-builder');
      return first!;
    });

    const viewer = await startProfiler(['view', file]);
    await profiler.goto(viewer.url);

    await test.step('the page says the same', async () => {
      await profiler.showStalls();
      const [first] = await profiler.readStalls('Stalls');
      expect(first).toMatchObject({ start: told.start, duration: told.duration });
      expect(first?.functions.slice(0, 2)).toEqual([longest.function, 'HoldingStep.run']);
      expect(first?.builds).toEqual(told.builds.map(({ builder, number }) => `${builder} #${String(number)}`));
    });

    await test.step('the builds have name, result and length, and select their time', async () => {
      await profiler.showBuilds();
      const build = builds.find(({ builder, end }) => builder === 'busy-builder' && end !== undefined && end > 0)!;
      const name = `busy-builder #${String(build.number)}`;
      const row = profiler.builds.locator(`tr[data-build="${name}"]`);
      await expect(row).toContainText(build.result!);
      await expect(row).toContainText('local-worker');
      // Buildbot knows whole seconds.
      const seconds = (build.end! - build.start) / 1_000_000;
      await expect(row).toContainText(`${String(Number(seconds.toPrecision(2)))}`);
      await row.getByRole('button', { name, exact: true }).click();
      await profiler.waitUntilIdle();
      expect(await profiler.selectedRange()).toEqual({ start: Math.max(0, build.start), end: build.end });
      await row.getByRole('button', { name: `of ${name}` }).click();
      const step = steps.find(({ buildId }) => buildId === build.id)!;
      await expect(profiler.builds.locator(`tr[data-step="${step.name}"]`)).toContainText(step.result!);
    });

    await test.step('the same build is in the lanes', async () => {
      await expect(page.getByRole('group', { name: 'Builds' }).getByRole('button').first()).toBeVisible();
    });
  } finally {
    await master.stop();
    await plugin.remove();
  }
});
