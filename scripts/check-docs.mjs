/** Fails when a document names a path, a heading or a command that does not exist, or a file ties the project to one machine. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { brokenReferences } from './checks/markdown-references.mjs';
import { foreignText } from './checks/foreign-text.mjs';
import { trackedFiles } from './checks/tracked-files.mjs';
import { fromRoot } from './steps/project.mjs';

const files = trackedFiles();
const fileNames = new Set(files.map((file) => path.posix.basename(file)));
const read = (file) => readFileSync(fromRoot(file), 'utf8');

const world = {
  read,
  exists: (file) => existsSync(fromRoot(file)),
  hasFileNamed: (name) => fileNames.has(name),
  npmScripts: Object.keys(JSON.parse(read('package.json')).scripts),
};

const isText = (text) => !text.includes('\0');

const problems = [
  ...files.filter((file) => file.endsWith('.md')).flatMap((file) => brokenReferences(file, world)),
  ...files.flatMap((file) => {
    const text = read(file);
    return isText(text) ? foreignText(file, text) : [];
  }),
];

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`${files.length} files: all references resolve`);
