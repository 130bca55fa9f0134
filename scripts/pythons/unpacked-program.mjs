/**
 * Programs of another suite of Debian, unpacked in a folder, that run with the C library of their suite. A start script sets the path of the libraries; the name of the dynamic loader in the program
 * itself is overwritten, so that what runs is the program and not the loader.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, readFile, readlink, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from '../steps/project.mjs';
import { unpackPackages } from './private-apt.mjs';
import { interpreterOf, setInterpreter } from './program-interpreter.mjs';

/** Names of loaders have 27 bytes at most: too few for a path into the clone. So each clone has links with short names. */
const LINKS = path.join(tmpdir(), `bbp${createHash('sha256').update(ROOT).digest('hex').slice(0, 8)}`);
const LIBRARY_FOLDERS = ['lib', 'usr/lib'];

/** Makes the link if it is not there; another user's is not believed. */
const linkLoader = async (name, loader) => {
  await mkdir(LINKS, { mode: 0o700, recursive: true });
  const { uid } = await lstat(LINKS);
  if (uid !== process.getuid()) throw new Error(`${LINKS} belongs to another user: remove it.`);
  const link = path.join(LINKS, name);
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

/** Unpacks packages of a suite, with all that they need, as the folder `root`, in place of what was there. */
export const unpackRoot = async (suite, packages, root) => {
  const fresh = `${root}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await unpackPackages(suite, packages, fresh);
  // In newer suites these are links, and those belong to a package that nothing here needs.
  for (const name of ['lib', 'lib64'])
    if (!existsSync(path.join(fresh, name))) await symlink(path.join('usr', name), path.join(fresh, name));
  await rm(root, { recursive: true, force: true });
  await rename(fresh, root);
};

/** Makes a program of `root` start with `script`. `link` is a short name, which no other root of the clone uses. */
export const prepareProgram = async ({ root, program, script, link }) => {
  const file = path.join(root, 'usr', 'bin', program);
  const bytes = await readFile(file);
  const loader = await within(root, interpreterOf(bytes));
  setInterpreter(bytes, await linkLoader(link, loader));
  await writeFile(file, bytes);
  const triplet = path.basename(path.dirname(loader));
  const libraries = LIBRARY_FOLDERS.map((folder) => path.join(root, folder, triplet)).join(':');
  await writeFile(script, `#!/bin/sh\nLD_LIBRARY_PATH=${libraries} exec ${file} "$@"\n`);
  await chmod(script, 0o755);
};
