/** The folder of the Python package, as a wheel unpacks it: our Python files, the backend, the built pages. */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { trackedFiles } from '../checks/tracked-files.mjs';
import { fromRoot } from '../steps/project.mjs';
import { bundleBackend } from './bundle-backend.mjs';
import { collectLicences } from './licences.mjs';

const PACKAGE = 'buildbot_profiler';
/** The page on its own, for the viewer. */
const VIEWER_PAGE = 'web';
/** What the plugin serves: made for Buildbot's own UI, else the page on its own. */
const PLUGIN_PAGES = ['buildbot', VIEWER_PAGE];
/** Angular's build writes them for people, not for browsers. */
const NOT_SERVED = ['3rdpartylicenses.txt', 'prerendered-routes.json'];
/** Of what shrinks. The page itself does not come from a file as it is. */
const PACKED = /\.(js|css|svg|json|wasm)$/;

const stagePythonFiles = async (folder, version) => {
  const root = `plugin/${PACKAGE}/`;
  for (const file of trackedFiles(`${root}*.py`)) {
    const target = path.join(folder, PACKAGE, file.slice(root.length));
    await mkdir(path.dirname(target), { recursive: true });
    await cp(fromRoot(file), target);
  }
  await writeFile(path.join(folder, PACKAGE, 'VERSION'), `${version}\n`);
};

const stagePage = async (name, target) => {
  const source = fromRoot('dist', name);
  await cp(source, target, { recursive: true, filter: (file) => !NOT_SERVED.includes(path.basename(file)) });
};

/** Beside each file that shrinks, so that a master need not do it while it answers. */
const packFiles = async (folder) => {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !PACKED.test(entry.name)) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const content = await readFile(file);
    const packed = zlib.gzipSync(content, { level: zlib.constants.Z_BEST_COMPRESSION });
    if (packed.length < content.length) await writeFile(`${file}.gz`, packed);
  }
};

const loadPageLicences = async (pages) => {
  const texts = await Promise.all(
    pages.map((name) => readFile(fromRoot('dist', name, '3rdpartylicenses.txt'), 'utf8')),
  );
  return [...new Set(texts)].join('\n');
};

const stageDemo = async (backend) => {
  const root = 'plugin/demo/';
  for (const file of trackedFiles(`${root}*.py`)) {
    const target = path.join(backend, 'demo', file.slice(root.length));
    await mkdir(path.dirname(target), { recursive: true });
    await cp(fromRoot(file), target);
  }
};

/** @returns the licences of what was put in, by file name */
export const stagePackage = async (folder, version) => {
  await rm(folder, { recursive: true, force: true });
  await stagePythonFiles(folder, version);
  const pluginPage = PLUGIN_PAGES.find((name) => existsSync(fromRoot('dist', name, 'index.html')));
  if (pluginPage === undefined) throw new Error('The pages are not built: npm run build');
  const served = path.join(folder, PACKAGE, 'static');
  await stagePage(pluginPage, served);
  await packFiles(served);
  await stagePage(VIEWER_PAGE, path.join(folder, PACKAGE, 'page'));
  const backend = path.join(folder, PACKAGE, 'backend');
  const packages = await bundleBackend(backend, version);
  await stageDemo(backend);
  return {
    LICENSE: await readFile(fromRoot('LICENSE'), 'utf8'),
    'LICENSES-page.txt': await loadPageLicences([pluginPage, VIEWER_PAGE]),
    'LICENSES-backend.txt': await collectLicences(packages),
  };
};
