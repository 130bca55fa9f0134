/**
 * Builds `scripts.js`, the small script that Buildbot loads with every page, beside the files of `ng build buildbot`: it knows the hashed name
 * of their entry. Its own name never changes.
 */
import { readdir } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { explainFailure } from './steps/explain-failure.mjs';
import { fromRoot, PINNED_NODE } from './steps/project.mjs';
import { runCommand } from './steps/run-command.mjs';

const FOLDER = fromRoot('dist', 'buildbot');
const SOURCE = fromRoot('src', 'buildbot', 'loader', 'scripts.ts');
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
    SOURCE,
    '--bundle',
    '--format=iife',
    '--minify',
    `--target=${OLDEST_BROWSERS}`,
    `--define:BBP_ENTRY=${JSON.stringify(await findEntry())}`,
    `--outfile=${LOADER}`,
  ]);

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildLoader().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
