import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '#trace/contract/api.ts';
import { encodeLine } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { WEIGHTS, type Weight } from '#trace/analysis/selection.ts';
import { exportCollapsed, loadTraceModel } from '../recording/trace-export.ts';
import { describeWriteError } from '../recording/trace-file-writer.ts';
import { CompletenessWatch, loadWithProgress } from './load-recording.ts';
import { say, writeResult } from './terminal.ts';

interface ConvertOptions {
  readonly to: ExportFormat;
  readonly weight?: Weight;
  readonly output?: string;
}

const EXAMPLES = `
Examples:
  $ bbprofiler convert slow.bbprof.gz --to collapsed --weight cpu > slow.txt
  $ bbprofiler convert prof_2017.json.gz --to bbprof --output prof.bbprof.gz

Reads .bbprof and .bbprof.gz, also cut off, and .json and .json.gz of the original plugin. The weight of collapsed stacks is in
microseconds; by default it is wall time for recordings of the mode real and CPU time for the others.`;

export const convertCommand = (): Command =>
  new Command('convert')
    .description('Write a recording in another format.')
    .argument('<file>', 'the recording')
    .addOption(new Option('--to <format>', 'the format to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .addOption(new Option('--weight <weight>', 'what collapsed stacks count').choices(WEIGHTS))
    .option('--output <file>', 'where to (default: standard output); a name ending in .gz is compressed')
    .addHelpText('after', EXAMPLES)
    .action(convert);

const convert = async (file: string, { to, weight, output }: ConvertOptions): Promise<void> => {
  const lines = new CompletenessWatch(loadWithProgress(file));
  const text = to === 'collapsed' ? exportCollapsed(await loadTraceModel(lines), weight) : encodeAll(lines);
  if (output === undefined) {
    for await (const part of text) await writeResult(part);
  } else {
    await writeFile(output, text);
  }
  if (lines.isCut) say(`${file} ends unexpectedly; what came before is converted`);
};

async function* encodeAll(lines: AsyncIterable<TraceLine>): AsyncGenerator<string, void> {
  for await (const line of lines) yield `${encodeLine(line)}\n`;
}

/** Through a file beside it, so that a failure leaves what was there. */
const writeFile = async (output: string, text: Iterable<string> | AsyncIterable<string>): Promise<void> => {
  const temporary = path.join(path.dirname(output), `.${path.basename(output)}.${String(process.pid)}.tmp`);
  const file = fs.createWriteStream(temporary);
  const packing = output.endsWith('.gz') ? [zlib.createGzip()] : [];
  try {
    await pipeline([Readable.from(text), ...packing, file]);
    await fs.promises.rename(temporary, output);
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw error instanceof Error && 'syscall' in error ? describeWriteError(output, error) : error;
  }
};
