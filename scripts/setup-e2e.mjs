/** Chromium, and a Buildbot master with its worker, for the tests against a real master and in a real browser. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installDebianPackages } from './steps/debian-packages.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';
import { runCommand } from './steps/run-command.mjs';

const isOnPath = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });

const program = (name, debianPackages = [name]) => ({ name, debianPackages, isThere: async () => isOnPath(name) });

// A slim image has no font at all, and a page without letters is no page.
const BROWSER = [program('chromium', ['chromium', 'fonts-dejavu-core'])];
const MASTER = [program('buildbot'), program('buildbot-worker')];
/** For what is installed beside Debian's Buildbot, by Debian's Python. */
const VENV = {
  name: 'venv of /usr/bin/python3',
  debianPackages: ['python3-venv'],
  isThere: () =>
    runCommand('/usr/bin/python3', ['-c', 'import ensurepip']).then(
      () => true,
      () => false,
    ),
};

const findMissing = async (needs) => {
  const areThere = await Promise.all(needs.map((need) => need.isThere()));
  return needs.filter((_need, index) => !areThere[index]);
};

const provide = async (group, needs) => {
  const missing = await findMissing(needs);
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ debianPackages }) => debianPackages);
  await withProgress(`installing ${packages.join(', ')}`, () => installDebianPackages(`The ${group} group`, packages));
  const still = await findMissing(needs);
  if (still.length > 0) throw new Error(`Installed, but not there: ${still.map(({ name }) => name).join(', ')}`);
};

/** For tests in a browser. */
export const setUpEndToEnd = () => provide('e2e', [...BROWSER, ...MASTER]);

/** For tests of what runs inside a master. */
export const setUpMasters = () => provide('master', [...MASTER, VENV]);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpEndToEnd().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
