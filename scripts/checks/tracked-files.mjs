/** The files that are, or would be, in the repository: those that git tracks or does not ignore, and that are on disk. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fromRoot, ROOT } from '../steps/project.mjs';

const LIST_MAX_BYTES = 64 * 1024 * 1024;

export const trackedFiles = (...patterns) =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: LIST_MAX_BYTES,
  })
    .split('\0')
    .filter((file) => file !== '' && existsSync(fromRoot(file)));
