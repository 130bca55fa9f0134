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

const load = async (basedir: string, name: string): Promise<ServiceFile> => {
  const bytes = await readFile(path.join(basedir, name));
  const plain = name.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes;
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

/** All of them, in the order of their start. */
export const loadServiceFiles = async (basedir: string): Promise<ServiceFile[]> => {
  const names = [...(await listServiceFiles(basedir, '.bbprof')), ...(await listServiceFiles(basedir, '.bbprof.gz'))];
  return Promise.all(names.sort().map((name) => load(basedir, name)));
};
