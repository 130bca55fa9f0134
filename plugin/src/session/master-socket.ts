import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ProfilerError } from '#trace/contract/errors.ts';

/** What a UNIX socket's address has room for (unix(7): 108 bytes, the last one 0). */
export const MAX_SOCKET_PATH_BYTES = 107;
/** Of the plugin, in a master's basedir: its socket and the recordings made in its tab. */
const MASTER_FOLDER = '.bbprofiler';
const SOCKET_NAME = 'sampler.sock';
const PRIVATE_FOLDER_MODE = 0o700;
const OTHERS_MASK = 0o077;
const HASH_CHARACTERS = 16;

export const masterFolder = (basedir: string): string => path.join(path.resolve(basedir), MASTER_FOLDER);

/**
 * Where the sampler of a master listens: in its basedir, or in the temporary folder where that path is too long. There its name comes from the
 * basedir's, so that both sides find it.
 */
export const masterSocketPath = (basedir: string, temporaryFolder = os.tmpdir()): string => {
  const inBasedir = path.join(masterFolder(basedir), SOCKET_NAME);
  if (Buffer.byteLength(inBasedir) <= MAX_SOCKET_PATH_BYTES) return inBasedir;
  const hash = createHash('sha256').update(path.resolve(basedir)).digest('hex').slice(0, HASH_CHARACTERS);
  return path.join(temporaryFolder, `bbprofiler-${hash}`, SOCKET_NAME);
};

/**
 * Makes the folder of a socket, closed to everybody but its owner. The temporary folder is everyone's: somebody may have made it before.
 * @throws ProfilerError 'file-unwritable'
 */
export const preparePrivateFolder = (folder: string): void => {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
    const stat = fs.lstatSync(folder);
    if (!stat.isDirectory() || stat.uid !== process.geteuid?.()) {
      throw new ProfilerError('file-unwritable', `${folder} is not a folder of this user`, { path: folder });
    }
    if ((stat.mode & OTHERS_MASK) !== 0) fs.chmodSync(folder, PRIVATE_FOLDER_MODE);
  } catch (error) {
    if (error instanceof ProfilerError) throw error;
    throw new ProfilerError(
      'file-unwritable',
      `Cannot make ${folder}: ${String(error)}`,
      { path: folder },
      { cause: error },
    );
  }
};

/**
 * The socket that a master's sampler has left or listens on, if it is to be trusted: in a folder of root, of this user, or of the
 * basedir's owner. Undefined where there is none that may be opened.
 */
export const findMasterSocket = (basedir: string, temporaryFolder = os.tmpdir()): string | undefined => {
  const socket = masterSocketPath(basedir, temporaryFolder);
  try {
    const folder = fs.lstatSync(path.dirname(socket));
    const trusted = [0, process.geteuid?.(), fs.statSync(basedir).uid];
    if (!folder.isDirectory() || !trusted.includes(folder.uid)) return undefined;
    return fs.lstatSync(socket).isSocket() ? socket : undefined;
  } catch {
    // Not there, or in a folder that is closed to this user.
    return undefined;
  }
};
