/**
 * Builds `scripts.js`, the small script that Buildbot loads with every page, and `page.js` of the plugin's own page, beside the files of
 * `ng build buildbot`: they know the hashed name of their entry. Their own names never change.
 */
import { readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { explainFailure } from './steps/explain-failure.mjs';
import { fromRoot, PINNED_NODE } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const FOLDER = fromRoot('dist', 'buildbot');
const SOURCES = ['scripts.ts', 'page.ts'].map((name) => fromRoot('src', 'buildbot', 'loader', name));
const ESBUILD = fromRoot('node_modules', 'esbuild', 'bin', 'esbuild');
const ENTRY_NAME = /^main-\w{8}\.js$/;
/** Modules, and so Buildbot's React UI, need a browser of this year or later. */
const OLDEST_BROWSERS = 'es2020';

export const LOADER = fromRoot('dist', 'buildbot', 'scripts.js');

const findEntry = async () => {
  const entries = (await readdir(FOLDER)).filter((name) => ENTRY_NAME.test(name));
  if (entries.length !== 1) throw new Error(`Not one entry in ${FOLDER}: ${entries.join(', ') || 'none'}`);
  return entries[0];
};

export const buildLoader = async () =>
  runCommand(PINNED_NODE, [
    ESBUILD,
    ...SOURCES,
    '--bundle',
    '--format=iife',
    '--minify',
    `--target=${OLDEST_BROWSERS}`,
    `--define:BBP_ENTRY=${JSON.stringify(await findEntry())}`,
    `--outdir=${FOLDER}`,
  ]);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildLoader().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
