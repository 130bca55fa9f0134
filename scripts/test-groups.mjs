/** The groups of `npm test`, in the order in which they run: each a name, what it takes, and how it is run and counted. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { trackedFiles } from './checks/tracked-files.mjs';
import { makeWheels } from './package.mjs';
import { buildPage } from './setup.mjs';
import { fromRoot, PINNED_NODE } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';
import { countPlaywright, countVitest, failuresOfPlaywright, failuresOfVitest } from './steps/test-report.mjs';

const REPORTS = fromRoot('dist', 'test-reports');

const packageBin = (...parts) => fromRoot('node_modules', ...parts);
const ESLINT = packageBin('eslint', 'bin', 'eslint.js');
const NG = packageBin('@angular', 'cli', 'bin', 'ng.js');
const PLAYWRIGHT = packageBin('@playwright', 'test', 'cli.js');
const PRETTIER = packageBin('prettier', 'bin', 'prettier.cjs');
const TSC = packageBin('typescript', 'bin', 'tsc');
const VITEST = packageBin('vitest', 'vitest.mjs');

const TYPE_PROJECTS = ['trace', 'plugin', 'e2e'].map((folder) => `${folder}/tsconfig.json`);
const PAGE_TYPE_PROJECTS = ['app', 'worker', 'spec'].map((name) => `src/tsconfig.${name}.json`);

/** Debian's own, which has its Buildbot. */
const DEBIAN_PYTHON = '/usr/bin/python3';
const TRIAL_FOLDER = fromRoot('dist', 'trial');
const listPythonTests = () => trackedFiles('plugin/test/python/test_*.py').map((file) => fromRoot(file));

const node = (program, args, options) => runCommand(PINNED_NODE, [program, ...args], { show: true, ...options });

const ACCURACY = 'plugin/test/accuracy/**';
const vitestArguments = (report, selection) => [
  'run',
  ...selection,
  '--reporter=dot',
  '--reporter=json',
  `--outputFile.json=${report}`,
];

/** A check without tests of its own: each command that ends well is one passed. */
const checks = async (commands) => {
  let passed = 0;
  let failure;
  for (const command of commands) {
    try {
      await command();
      passed += 1;
    } catch (error) {
      failure ??= error;
    }
  }
  return { counts: { passed, failed: commands.length - passed, skipped: 0 }, failure };
};

const VITEST_REPORT = { count: countVitest, failuresOf: failuresOfVitest };
const PLAYWRIGHT_REPORT = { count: countPlaywright, failuresOf: failuresOfPlaywright };

/** A test runner that writes a report: counted from there, even if it failed. */
const runner = async (name, run, { count, failuresOf }) => {
  const report = `${REPORTS}/${name}.json`;
  await rm(report, { force: true });
  const failure = await run(report).then(
    () => undefined,
    (error) => error,
  );
  try {
    const content = JSON.parse(await readFile(report, 'utf8'));
    return { counts: count(content), failures: failuresOf(content), failure };
  } catch (error) {
    // A runner that died wrote no report, or half of one: its own error says more than that.
    return { counts: { passed: 0, failed: 1, skipped: 0 }, failure: failure ?? error };
  }
};

export const TEST_GROUPS = [
  {
    name: 'types',
    fix: 'npm run types shows these errors alone',
    run: () => checks([...TYPE_PROJECTS, ...PAGE_TYPE_PROJECTS].map((file) => () => node(TSC, ['-p', file]))),
  },
  {
    name: 'lint',
    fix: 'npm run format mends layout and what can be mended by itself',
    run: () =>
      checks([
        () => node(ESLINT, ['.', '--max-warnings', '0']),
        () => node(PRETTIER, ['--check', '--log-level', 'warn', '.']),
      ]),
  },
  {
    name: 'docs',
    fix: 'npm test -- docs runs this check alone',
    run: () => checks([() => node(fromRoot('scripts', 'check-docs.mjs'), [])]),
  },
  {
    name: 'python',
    needs: ['masters'],
    fix: 'npm test -- python runs these checks alone',
    run: () =>
      checks([
        () => runCommand('python3', [fromRoot('scripts', 'check-python.py'), ...trackedFiles('*.py')], { show: true }),
        async () => {
          // Trial puts its lock beside its folder.
          await mkdir(fromRoot('dist'), { recursive: true });
          await runCommand(
            DEBIAN_PYTHON,
            ['-m', 'twisted.trial', `--temp-directory=${TRIAL_FOLDER}`, ...listPythonTests()],
            { show: true, env: { PYTHONPATH: fromRoot('plugin'), PYTHONDONTWRITEBYTECODE: '1' } },
          );
        },
      ]),
  },
  {
    name: 'unit',
    needs: ['pythons'],
    fix: 'npx vitest run PATH runs one file',
    run: () =>
      runner('unit', (report) => node(VITEST, vitestArguments(report, ['--exclude', ACCURACY])), VITEST_REPORT),
  },
  {
    // Statistics that other work would disturb, so nothing else runs beside it.
    name: 'accuracy',
    // Buildbot brings Twisted.
    needs: ['pythons', 'browser'],
    fix: 'npx vitest run plugin/test/accuracy runs these alone',
    run: () =>
      runner(
        'accuracy',
        (report) => node(VITEST, vitestArguments(report, ['--no-file-parallelism', 'plugin/test/accuracy'])),
        VITEST_REPORT,
      ),
  },
  {
    name: 'page',
    fix: 'npx ng test runs these tests alone',
    run: () =>
      runner(
        'page',
        (report) =>
          node(NG, ['test', '--no-watch', '--reporters=dot', '--reporters=json', `--output-file=${report}`], {
            // Numbers and dates are as the locale writes them.
            env: { LC_ALL: 'C', TZ: 'UTC' },
          }),
        VITEST_REPORT,
      ),
  },
  { name: 'build', fix: 'npm run build shows the errors alone', run: () => checks([buildPage]) },
  {
    name: 'e2e',
    fix: 'npx playwright show-trace FILE shows what the browser did: the files are in test-results',
    needs: ['browser', 'masters'],
    run: async () => {
      await buildPage();
      await makeWheels();
      return runner(
        'e2e',
        (report) =>
          node(PLAYWRIGHT, ['test', '--config', 'e2e', '--reporter=list,json'], {
            env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
          }),
        PLAYWRIGHT_REPORT,
      );
    },
  },
  {
    name: 'master',
    fix: 'npm test -- master runs these alone; dist/wheels has what they install',
    needs: ['masters'],
    run: async () => {
      await buildPage();
      await makeWheels();
      return runner(
        'master',
        (report) =>
          node(PLAYWRIGHT, ['test', '--config', 'e2e/master', '--reporter=list,json'], {
            env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
          }),
        PLAYWRIGHT_REPORT,
      );
    },
  },
];
