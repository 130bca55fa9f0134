/** Remembers from which content something was made: file times do not survive a clone or a change of branch. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

async function* filesBelow(entry) {
  const info = await stat(entry);
  if (!info.isDirectory()) {
    yield entry;
    return;
  }
  for (const name of (await readdir(entry)).sort()) yield* filesBelow(path.join(entry, name));
}

/** One hash over the names and the bytes of all files in `entries` (files and folders below `root`) that `isSource` keeps. */
export const hashContent = async (root, entries, isSource = () => true) => {
  const hash = createHash('sha256');
  for (const entry of entries) {
    for await (const file of filesBelow(path.join(root, entry))) {
      const name = path.relative(root, file);
      if (!isSource(name)) continue;
      const content = await readFile(file);
      hash.update(`${name}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest('hex');
};

/** Whether `stampFile` says `content`. A stamp that is missing says nothing. */
export const hasStamp = async (stampFile, content) => {
  try {
    return (await readFile(stampFile, 'utf8')) === content;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
    throw error;
  }
};

export const writeStamp = async (stampFile, content) => {
  await mkdir(path.dirname(stampFile), { recursive: true });
  await writeFile(stampFile, content);
};
