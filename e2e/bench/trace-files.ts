/** The same generated trace as two files: ours, and speedscope's own format for speedscope. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync } from 'node:zlib';
import { encodeLine, readTraceLines } from '#trace/contract/codec.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import { TraceModel } from '#trace/model/trace-model.ts';
import { parseOriginalPlugin } from '#trace/formats/original-plugin.ts';
import { formatSpeedscope } from '#trace/formats/speedscope.ts';
import { ROOT } from '../processes/child-process.ts';
import { GeneratedTrace, type TraceSize, type TraceTotals } from './generated-trace.ts';

const FIXTURE = path.join(ROOT, 'trace/formats/fixtures/original-prof.json.gz');
const FOLDER = path.join(ROOT, 'dist/bench-ui');

/** Another one after each change to what the generator gives. */
const GENERATOR_VERSION = 2;

/** More than half a megabyte packed: the page has it unpacked beside. */
export const LONG_TRACE: TraceSize = { samples: 100_000, chains: 5000 };

export interface TraceFiles extends TraceSize {
  readonly ours: string;
  readonly speedscope: string;
  readonly totals: TraceTotals;
}

export const loadFixture = async (): Promise<TraceModel> => {
  const model = new TraceModel();
  for (const line of parseOriginalPlugin(gunzipSync(await readFile(FIXTURE)).toString())) model.append(line);
  return model;
};

/** Made once: the generator gives the same trace for the same size. */
export const makeTraceFiles = async (source: TraceModel, size: TraceSize): Promise<TraceFiles> => {
  const name = `${size.samples}-${size.chains}-${GENERATOR_VERSION}`;
  const ours = path.join(FOLDER, `${name}.bbprof.gz`);
  const speedscope = path.join(FOLDER, `${name}.speedscope.json.gz`);
  const description = path.join(FOLDER, `${name}.totals.json`);
  if (!existsSync(description)) {
    await mkdir(FOLDER, { recursive: true });
    const totals = await writeGeneratedTrace(ours, source, size);
    const model = await loadTraceModel(readTraceLines(createReadStream(ours).pipe(createGunzip())));
    await writeGzip(speedscope, formatSpeedscope(model, { weight: 'wall' }));
    await writeFile(`${description}.part`, JSON.stringify(totals));
    await rename(`${description}.part`, description);
  }
  const totals = JSON.parse(await readFile(description, 'utf8')) as TraceTotals;
  return { ...size, ours, speedscope, totals };
};

/** Packed, as recordings are kept. @returns what it adds up to */
export const writeGeneratedTrace = async (file: string, source: TraceModel, size: TraceSize): Promise<TraceTotals> => {
  const trace = new GeneratedTrace(source, size);
  await writeGzip(file, encodeLines(trace));
  return trace.totals;
};

function* encodeLines(trace: GeneratedTrace): Generator<string, void> {
  for (const line of trace.lines()) yield `${encodeLine(line)}\n`;
}

const writeGzip = (file: string, text: Iterable<string>): Promise<void> =>
  pipeline(Readable.from(text), createGzip(), createWriteStream(file));
