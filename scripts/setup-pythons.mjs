/** CPythons of several suites of Debian, unpacked side by side in `.cache/pythons`, each with the C library of its suite. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { packagesOf, SUITES } from './pythons/suites.mjs';
import { prepareProgram, unpackRoot } from './pythons/unpacked-program.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';
import { fromRoot } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const FOLDER = fromRoot('.cache', 'pythons');

const startScript = (version) => path.join(FOLDER, `python${version}`);

const unpackSuite = async ({ suite, versions }) => {
  const root = path.join(FOLDER, suite);
  await unpackRoot(suite, versions.flatMap(packagesOf), root);
  for (const version of versions)
    await prepareProgram({ root, program: `python${version}`, script: startScript(version), link: suite });
};

/** Whether it starts: the links may be gone with the machine's temporary files. */
const isUsable = async ({ versions }) => {
  for (const version of versions) {
    const script = startScript(version);
    if (!existsSync(script)) return false;
    const works = await runCommand(script, ['-c', 'import threading, socket']).then(
      () => true,
      () => false,
    );
    if (!works) return false;
  }
  return true;
};

/** Unpacks what is missing, and gives the programs that start them. */
export const setUpPythons = async () => {
  const missing = [];
  for (const suite of SUITES) if (!(await isUsable(suite))) missing.push(suite);
  if (missing.length > 0) {
    const names = missing.flatMap(({ versions }) => versions).join(', ');
    await withProgress(`unpacking CPython ${names} of Debian`, async () => {
      for (const suite of missing) await unpackSuite(suite);
    });
    for (const suite of missing)
      if (!(await isUsable(suite)))
        throw new Error(`Unpacked, but does not start: CPython ${suite.versions.join(', ')} of ${suite.suite}`);
  }
  return SUITES.flatMap(({ versions }) => versions.map((version) => startScript(version)));
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  setUpPythons().then(
    (programs) => console.log(programs.join('\n')),
    (error) => {
      explainFailure(error);
      process.exitCode = 1;
    },
  );
}
