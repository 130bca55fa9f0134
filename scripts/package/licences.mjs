/** The licences of what is in a package beside our own code. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fromRoot } from '../steps/project.mjs';

const LICENCE_FILE = /^(licen[cs]e|copying)(\..*)?$/i;
const RULE = `${'-'.repeat(80)}\n`;

const loadLicence = async (folder) => {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
  const file = (await readdir(folder)).find((name) => LICENCE_FILE.test(name));
  const text = file === undefined ? '' : await readFile(path.join(folder, file), 'utf8');
  const name = `${manifest.name} ${manifest.version}`;
  const kind = typeof manifest.license === 'string' ? manifest.license : 'see its text';
  if (text === '' && typeof manifest.license !== 'string') throw new Error(`${name} says nothing of its licence`);
  return `${RULE}Package: ${name}\nLicense: ${kind}\n\n${text}\n`;
};

/** Of npm packages, given by their folders relative to the clone. */
export const collectLicences = async (packageFolders) =>
  (await Promise.all(packageFolders.map((folder) => loadLicence(fromRoot(folder))))).join('');
