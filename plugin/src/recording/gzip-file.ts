import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { describeWriteError, PRIVATE_FILE_MODE } from './trace-file-writer.ts';

/** Suffix of a file that is not yet whole; one left behind by a killed server is removed. */
export const TEMPORARY_SUFFIX = '.tmp';

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await fs.promises.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Compresses `source` into `target`, which appears under its name only when it is whole and on the disk; then removes `source`.
 * After a failure `source` is untouched.
 * @throws ProfilerError 'file-unwritable'
 */
export const replaceByGzip = async (source: string, target: string, signal?: AbortSignal): Promise<void> => {
  const temporary = target + TEMPORARY_SUFFIX;
  try {
    const output = fs.createWriteStream(temporary, { mode: PRIVATE_FILE_MODE, flush: true });
    await pipeline(fs.createReadStream(source), zlib.createGzip(), output, {
      ...(signal === undefined ? {} : { signal }),
    });
    await fs.promises.rename(temporary, target);
    await syncFolder(path.dirname(target));
    await fs.promises.unlink(source);
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw describeWriteError(target, error);
  }
};
