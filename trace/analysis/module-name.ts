/** Everything up to where modules begin: what a virtualenv in another place, or another version of Python, changes. */
const LIBRARY_FOLDERS = [
  /^.*\/(?:site|dist)-packages\//,
  /^.*\/(?:lib(?:64)?\/python3(?:\.\d+)?|python3\.\d+|python3\d+\.zip|Lib)\//,
];
/** Frozen modules have no file: `<frozen importlib._bootstrap>`. */
const FROZEN = /^<frozen (.+)>$/;
/** Of a file outside of the library folders: a checkout may be anywhere. */
const KEPT_PARTS = 2;

/**
 * The module that a file is, as far as the path tells: what stays the same where the same code is installed elsewhere. A script or a configuration
 * (`master.cfg`) is its name alone.
 */
export const nameModule = (file: string): string => {
  const frozen = FROZEN.exec(file)?.[1];
  if (frozen !== undefined) return frozen;
  const path = file.replaceAll('\\', '/');
  for (const folder of LIBRARY_FOLDERS) if (folder.test(path)) return dotted(path.replace(folder, ''));
  const parts = path.split('/');
  return path.endsWith('.py') ? dotted(parts.slice(-KEPT_PARTS).join('/')) : (parts.at(-1) ?? '');
};

const dotted = (path: string): string =>
  path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
