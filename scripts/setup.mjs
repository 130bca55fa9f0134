/** `npm run setup`: makes a clone ready to run. Does only what is missing or out of date, so it is cheap to call first. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { buildLoader, LOADER } from './build-loader.mjs';
import { buildReport, REPORT_COPIES, REPORT_PAGE } from './build-report.mjs';
import { hashContent, hasStamp, writeStamp } from './steps/content-stamp.mjs';
import { installDebianPackages } from './steps/debian-packages.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { arePackagesInstalled } from './steps/installed-packages.mjs';
import { withProgress } from './steps/progress.mjs';
import { fromRoot, PINNED_NODE, ROOT } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const LOCK = fromRoot('package-lock.json');
const INSTALLED_LOCK = fromRoot('node_modules', '.package-lock.json');
const PAGE_STAMP = fromRoot('dist', 'page-sources-hash');
/** What each build writes last. */
const PAGE_ENTRIES = [fromRoot('dist', 'web', 'index.html'), LOADER, REPORT_PAGE, ...REPORT_COPIES];
const PAGE_SOURCES = [
  'src',
  'trace',
  'scripts/build-loader.mjs',
  'scripts/build-report.mjs',
  'angular.json',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
];

const isPageSource = (name) => !/\.spec\.ts$|\.md$|\/fixtures\//.test(name);

export const installPackages = async () => {
  if (await arePackagesInstalled(LOCK, INSTALLED_LOCK)) return;
  await withProgress('installing packages (npm ci)', () => runCommand('npm', ['ci', '--no-progress']));
};

/** The pinned Node is linked with libatomic, which slim images lack. */
export const ensurePinnedNode = async () => {
  if (!existsSync(PINNED_NODE)) {
    throw new Error(
      `There is no Node 26 for ${process.platform} ${process.arch} among the packages: Linux on x64 or arm64 is needed, ` +
        'and npm must not leave out optional packages.',
    );
  }
  try {
    await runCommand(PINNED_NODE, ['--version']);
  } catch (error) {
    if (!/libatomic/.test(error.output)) throw error;
    await withProgress('installing libatomic1', () => installDebianPackages('Node 26', ['libatomic1']));
    await runCommand(PINNED_NODE, ['--version']);
  }
};

export const buildPage = async () => {
  const wanted = await hashContent(ROOT, PAGE_SOURCES, isPageSource);
  if (PAGE_ENTRIES.every((file) => existsSync(file)) && (await hasStamp(PAGE_STAMP, wanted))) return;
  for (const [project, name] of [
    ['web', 'the page'],
    ['buildbot', "the page for Buildbot's web UI"],
  ]) {
    await withProgress(`building ${name} (ng build ${project})`, () =>
      runCommand(PINNED_NODE, [fromRoot('node_modules', '@angular', 'cli', 'bin', 'ng.js'), 'build', project]),
    );
  }
  await buildLoader();
  await withProgress('building the page of reports', buildReport);
  await writeStamp(PAGE_STAMP, wanted);
};

export const setUp = async () => {
  await installPackages();
  await ensurePinnedNode();
  await buildPage();
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUp().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
