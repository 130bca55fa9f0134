/** Chromium and a Buildbot master with its worker, for the tests in a real browser against a real master. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { installDebianPackages } from './steps/debian-packages.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';

/** What has to be on PATH, and Debian's packages for it. */
const PROGRAMS = [
  // A slim image has no font at all, and a page without letters is no page.
  { program: 'chromium', debianPackages: ['chromium', 'fonts-dejavu-core'] },
  { program: 'buildbot', debianPackages: ['buildbot'] },
  { program: 'buildbot-worker', debianPackages: ['buildbot-worker'] },
];

const isOnPath = (program) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // Not in this folder.
    }
  });

const missingPrograms = () => PROGRAMS.filter(({ program }) => !isOnPath(program));

export const setUpEndToEnd = async () => {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = missing.flatMap(({ debianPackages }) => debianPackages);
  await withProgress(`installing ${packages.join(', ')}`, () => installDebianPackages('The e2e group', packages));
  const still = missingPrograms();
  if (still.length > 0) {
    throw new Error(`Installed, but not on PATH: ${still.map(({ program }) => program).join(', ')}`);
  }
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpEndToEnd().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
