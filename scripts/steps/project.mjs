/** Where things are in this clone, and the environment in which its commands run. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const fromRoot = (...parts) => path.join(ROOT, ...parts);

/** The Node that package-lock.json pins: runs TypeScript, whatever Node the machine has. */
export const PINNED_NODE = fromRoot('node_modules', '.bin', 'node');

const BIN_FOLDER = fromRoot('node_modules', '.bin');

/** Commands find the clone's own programs first, and count and sort the same on every machine. */
export const commandEnvironment = (extra = {}) => ({
  ...process.env,
  TZ: 'UTC',
  LC_ALL: 'C',
  NG_CLI_ANALYTICS: 'false',
  PATH: `${BIN_FOLDER}${path.delimiter}${process.env.PATH ?? ''}`,
  ...extra,
});
