import fs from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ProfilerError } from '#trace/contract/errors.ts';
import { unwrapReport } from '#trace/formats/report-file.ts';
import { systemErrorCode } from './trace-file-writer.ts';

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** Hears of the bytes taken from the file, compressed or not: for progress. */
export type BytesReadListener = (bytes: number) => void;

export const describeReadError = (path: string, error: unknown): ProfilerError => {
  const code = systemErrorCode(error);
  const what =
    code === 'ENOENT'
      ? 'it does not exist'
      : code === 'EACCES'
        ? 'permission denied'
        : code === 'EISDIR'
          ? 'it is a folder'
          : code;
  return new ProfilerError(
    'file-unreadable',
    `Cannot read ${path}: ${what || String(error)}`,
    { path, code },
    { cause: error },
  );
};

/** What is wrong with a file's content, told with its path: of several files, it could be any. */
export const nameFile = (path: string, error: unknown): unknown =>
  error instanceof ProfilerError && !error.message.includes(path)
    ? new ProfilerError(error.code, `${path}: ${error.message}`, { ...error.fields, path }, { cause: error })
    : error;

/** A file that is open already, so that it can be read to its end even when its name is gone. Whoever reads it closes it. */
export interface OpenFile {
  readonly path: string;
  readonly handle: fs.promises.FileHandle;
}

const openFile = async (path: string): Promise<OpenFile> => ({ path, handle: await fs.promises.open(path, 'r') });

/** Closes the file where it cannot be read. */
const startsWithGzip = async ({ handle }: OpenFile): Promise<boolean> => {
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0);
    return buffer.subarray(0, bytesRead).equals(GZIP_MAGIC);
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/**
 * The bytes of a trace file, unpacked and taken out of a report if need be: told by its first bytes, not by its name. Of a gzip file that is cut off comes everything
 * that its bytes hold.
 * @throws ProfilerError 'file-unreadable', or 'bad-trace' where the compressed data is broken.
 */
export async function* loadTraceBytes(
  source: string | OpenFile,
  onBytesRead?: BytesReadListener,
): AsyncGenerator<Uint8Array, void> {
  const path = typeof source === 'string' ? source : source.path;
  try {
    const file = typeof source === 'string' ? await openFile(source) : source;
    const isGzip = await startsWithGzip(file);
    const blocks = loadBlocks(file, onBytesRead);
    const unpack = (packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> => unpackGzip(packed, path);
    yield* unwrapReport(isGzip ? unpack(blocks) : blocks, unpack);
  } catch (error) {
    throw error instanceof ProfilerError ? error : describeReadError(path, error);
  }
}

async function* loadBlocks({ handle }: OpenFile, onBytesRead?: BytesReadListener): AsyncGenerator<Buffer, void> {
  for await (const block of handle.createReadStream({ start: 0 }) as AsyncIterable<Buffer>) {
    onBytesRead?.(block.length);
    yield block;
  }
}

async function* unpackGzip(blocks: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array, void> {
  // The end of the stream is flushed like any other place, so that a cut file gives what it holds instead of an error.
  const gunzip = zlib.createGunzip({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
  const packed = Readable.from(blocks);
  // An error of either reaches the loop below through the stream that it reads.
  pipeline(packed, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (!systemErrorCode(error).startsWith('Z_')) throw error;
    throw new ProfilerError(
      'bad-trace',
      `${path} is no whole gzip file: its compressed data is damaged`,
      { path },
      { cause: error },
    );
  }
}
