/** What a ProfilerService has written. */
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import zlib from 'node:zlib';
import { readTraceLines } from '#trace/contract/codec.ts';
import type { TraceChunk, TraceEnd, TraceHeader } from '#trace/contract/trace-lines.ts';

export interface ServiceFile {
  readonly name: string;
  readonly header: TraceHeader;
  readonly chunks: readonly TraceChunk[];
  readonly end: TraceEnd | undefined;
}

/** Wall-clock time of the last tick or counter, in milliseconds. */
export const lastMoment = ({ header, chunks }: ServiceFile): number => {
  let last = 0;
  for (const { ticks, counters } of chunks) {
    last = Math.max(
      last,
      ticks.reduce((sum, step) => sum + step, 0),
      ...counters.map(({ at }) => at),
    );
  }
  return header.clock.startedAt + last / 1000;
};

export const listServiceFiles = async (basedir: string, suffix: string): Promise<string[]> =>
  (await readdir(basedir)).filter((name) => name.startsWith('prof_') && name.endsWith(suffix)).sort();

/** By its name without `.gz`: it may be compressed at any moment, and is there as one or the other. */
const loadPlain = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    return zlib.gunzipSync(await readFile(`${file}.gz`));
  }
};

const load = async (basedir: string, name: string): Promise<ServiceFile> => {
  const plain = await loadPlain(path.join(basedir, name));
  let header: TraceHeader | undefined;
  let end: TraceEnd | undefined;
  const chunks: TraceChunk[] = [];
  for await (const line of readTraceLines(only(plain))) {
    if (line.kind === 'header') header = line;
    else if (line.kind === 'chunk') chunks.push(line);
    else end = line;
  }
  if (header === undefined) throw new Error(`${name} has no header`);
  return { name, header, chunks, end };
};

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

/** The names of all of them without `.gz`, in the order of their start. */
export const listServiceRecordings = async (basedir: string): Promise<string[]> => {
  const plain = await listServiceFiles(basedir, '.bbprof');
  const packed = await listServiceFiles(basedir, '.bbprof.gz');
  return [...new Set([...plain, ...packed.map((name) => name.slice(0, -'.gz'.length))])].sort();
};

/** All of them, in the order of their start. */
export const loadServiceFiles = async (basedir: string): Promise<ServiceFile[]> =>
  Promise.all((await listServiceRecordings(basedir)).map((name) => load(basedir, name)));
