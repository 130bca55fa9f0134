/** Whether node_modules holds what package-lock.json asks for: compared with the lock that npm itself leaves in node_modules. */
import { readFile } from 'node:fs/promises';

const ROOT_PACKAGE = '';

const load = async (file) => {
  try {
    return JSON.parse(await readFile(file, 'utf8')).packages ?? {};
  } catch (error) {
    // Nothing installed yet, or npm was interrupted while it wrote.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
};

/** Optional packages may be missing, since each is for one platform; if there, they have to be the right ones. */
const isSatisfied = (wanted, installed) =>
  installed === undefined
    ? wanted.optional === true || wanted.devOptional === true
    : installed.version === wanted.version && installed.integrity === wanted.integrity;

export const arePackagesInstalled = async (lockFile, installedLockFile) => {
  const [wanted, installed] = await Promise.all([load(lockFile), load(installedLockFile)]);
  return (
    Object.keys(installed).every((name) => wanted[name] !== undefined) &&
    Object.entries(wanted).every(([name, entry]) => name === ROOT_PACKAGE || isSatisfied(entry, installed[name]))
  );
};
