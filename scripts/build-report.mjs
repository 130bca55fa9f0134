/**
 * Builds dist/report/report.html, the page of reports: one file, which needs nothing else. A copy goes beside each built page, for its own
 * exports. Script and style are named by their hashes in the page's own Content-Security-Policy; nothing else may run or be loaded.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { explainFailure } from './steps/explain-failure.mjs';
import { fromRoot } from './steps/project.mjs';

export const REPORT_PAGE = fromRoot('dist', 'report', 'report.html');
/** Where each built page looks for it. */
export const REPORT_COPIES = ['web', 'buildbot'].map((name) => fromRoot('dist', name, 'report.html'));
/** Every report carries it, also the report of a second. */
export const MAX_PAGE_BYTES = 128 * 1024;
/** `light-dark()`, which all colours use, is of 2024. */
const OLDEST_BROWSERS = ['chrome123', 'firefox120', 'safari17.5'];

/** As trace/formats/ has them: a test makes a report of the page and reads it back. */
const MARK = '<meta name="generator" content="bbprofiler report">';
const SLOT = '<!-- recording -->';

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const policyFor = (script, style) =>
  [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

const composePage = (script, style) =>
  [
    '<!doctype html>',
    '<html lang="en" data-bbp-state="busy">',
    '<head>',
    '<meta charset="utf-8">',
    MARK,
    `<meta http-equiv="Content-Security-Policy" content="${policyFor(script, style)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Else a browser asks for /favicon.ico beside the file.
    '<title>Profile</title>',
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    // Before the script, which takes it away: of a file that was cut inside it, no part runs.
    '<p class="notice">Opening the report. If nothing else comes, the file is not whole.</p>',
    '<noscript>This report needs JavaScript.</noscript>',
    `<script>${script}</script>`,
    SLOT,
    '</body>',
    '</html>',
    '',
  ].join('\n');

const bundle = async () => {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    entryPoints: [fromRoot('src', 'report', 'main.ts'), fromRoot('src', 'report', 'report.css')],
    outdir: path.dirname(REPORT_PAGE),
    absWorkingDir: fromRoot(),
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: OLDEST_BROWSERS,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const textOf = (extension) => outputFiles.find(({ path: file }) => file.endsWith(extension)).text.trim();
  return { script: textOf('.js'), style: textOf('.css'), outputs: Object.values(metafile.outputs) };
};

/** The page, with the one place for a recording in it. */
export const composeReport = async () => {
  const { script, style, outputs } = await bundle();
  // A report carries no licences of others, and so nothing of others.
  const foreign = outputs
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([name, { bytesInOutput }]) => name.includes('node_modules/') && bytesInOutput > 0)
    .map(([name]) => name);
  if (foreign.length > 0) throw new Error(`Packages in the page of reports: ${foreign.join(', ')}`);
  const page = composePage(script, style);
  const size = Buffer.byteLength(page);
  if (size > MAX_PAGE_BYTES) throw new Error(`The page of reports has ${size} bytes; it may have ${MAX_PAGE_BYTES}`);
  if (page.split(SLOT).length !== 2 || /<\/?script|<!--/i.test(script) || /<\/style/i.test(style))
    throw new Error('What is in the page of reports would end its own element');
  return page;
};

export const buildReport = async () => {
  const page = await composeReport();
  await mkdir(path.dirname(REPORT_PAGE), { recursive: true });
  // Whole at any time: somebody may read it now.
  const temporary = `${REPORT_PAGE}.${process.pid}`;
  await writeFile(temporary, page);
  await rename(temporary, REPORT_PAGE);
  for (const copy of REPORT_COPIES) if (existsSync(path.dirname(copy))) await copyFile(REPORT_PAGE, copy);
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  buildReport().catch((error) => {
    explainFailure(error);
    process.exitCode = 1;
  });
}
