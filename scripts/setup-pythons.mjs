/**
 * CPythons of several suites of Debian, unpacked side by side in `.cache/pythons`, each with the C library of its suite. A start script sets the path of the libraries; the name of the dynamic
 * loader in the program itself is overwritten, so that the program that runs is Python and not the loader.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readFile, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { unpackPackages } from './pythons/private-apt.mjs';
import { interpreterOf, setInterpreter } from './pythons/program-interpreter.mjs';
import { packagesOf, SUITES } from './pythons/suites.mjs';
import { explainFailure } from './steps/explain-failure.mjs';
import { withProgress } from './steps/progress.mjs';
import { fromRoot, ROOT } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const FOLDER = fromRoot('.cache', 'pythons');
/** Names of loaders have 27 bytes at most: too few for a path into the clone. So each clone has links with short names. */
const LINKS = path.join(tmpdir(), `bbp${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`);

const startScript = (version) => path.join(FOLDER, `python${version}`);

/** Makes the link if it is not there; another user's is not believed. */
const linkLoader = async (suite, loader) => {
  await mkdir(LINKS, { mode: 0o700, recursive: true });
  const { uid } = await lstat(LINKS);
  if (uid !== process.getuid()) throw new Error(`${LINKS} belongs to another user: remove it.`);
  const link = path.join(LINKS, suite);
  const target = await readlink(link).catch(() => undefined);
  if (target === loader) return link;
  await rm(link, { force: true });
  await symlink(loader, link);
  return link;
};

/** A path of the unpacked root, followed as if that were the root: libraries are linked by absolute names in some suites. */
const within = async (root, name) => {
  const file = path.join(root, name);
  const target = await readlink(file).catch(() => undefined);
  return target?.startsWith('/') ? path.join(root, target) : realpath(file);
};

const LIBRARY_FOLDERS = ['lib', 'usr/lib'];

const unpackSuite = async ({ suite, versions }) => {
  const root = path.join(FOLDER, suite);
  const fresh = `${root}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await unpackPackages(suite, versions.flatMap(packagesOf), fresh);
  // In newer suites these are links, and those belong to a package that nothing here needs.
  for (const name of ['lib', 'lib64'])
    if (!existsSync(path.join(fresh, name))) await symlink(path.join('usr', name), path.join(fresh, name));
  await rm(root, { recursive: true, force: true });
  await rename(fresh, root);
  for (const version of versions) await prepareProgram(suite, root, version);
};

const prepareProgram = async (suite, root, version) => {
  const file = path.join(root, 'usr', 'bin', `python${version}`);
  const program = await readFile(file);
  const loader = await within(root, interpreterOf(program));
  setInterpreter(program, await linkLoader(suite, loader));
  await writeFile(file, program);
  const triplet = path.basename(path.dirname(loader));
  const libraries = LIBRARY_FOLDERS.map((folder) => path.join(root, folder, triplet)).join(':');
  const script = startScript(version);
  await writeFile(script, `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${file} "$@"\n`);
  await chmod(script, 0o755);
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
