import fs from 'node:fs';
import path from 'node:path';
import { pipeline as pipelineOf, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { Command, Option } from 'commander';
import { EXPORT_FORMATS, type ExportFormat } from '#trace/contract/api.ts';
import { WEIGHTS, type Weight } from '#trace/analysis/selection.ts';
import { convertTrace } from '#trace/formats/convert-trace.ts';
import { EXPORT_FILES } from '#trace/formats/export-files.ts';
import { makeExportHost } from '../recording/export-host.ts';
import { describeWriteError } from '../recording/trace-file-writer.ts';
import { REPORT_PAGE } from './built-files.ts';
import { CompletenessWatch, loadWithProgress } from './load-recording.ts';
import { EXIT_INTERRUPTED, listenForStop } from './stop-signal.ts';
import { say, writeResult } from './terminal.ts';

interface ConvertOptions {
  readonly to: ExportFormat;
  readonly weight?: Weight;
  readonly redact?: true;
  readonly output?: string;
}

const EXAMPLES = `
Examples:
  $ bbprofiler convert slow.bbprof.gz --to html --output slow.html    a page that shows it, for anybody with a browser
  $ bbprofiler convert slow.bbprof.gz --to collapsed --weight cpu > slow.txt
  $ bbprofiler convert slow.bbprof.gz --to speedscope --output slow.speedscope.json
  $ bbprofiler convert slow.bbprof.gz --to bbprof --redact --output to-send.bbprof.gz
  $ bbprofiler convert prof_2017.json.gz --to bbprof --output prof.bbprof.gz

Reads .bbprof, also cut off, reports, .json of the original plugin, speedscope, pprof, collapsed stacks, processed profiles of Firefox
and .cpuprofile, each also packed with gzip. Weights are in microseconds where the format does not say; by default they are wall time for
recordings of the mode real and CPU time for the others. docs/formats.md says what each format cannot hold.`;

export const convertCommand = (): Command =>
  new Command('convert')
    .description('Write a recording in another format.')
    .argument('<file>', 'the recording')
    .addOption(new Option('--to <format>', 'the format to write').choices(EXPORT_FORMATS).makeOptionMandatory())
    .addOption(
      new Option('--weight <weight>', 'what other formats than bbprof count, and a report shows first').choices(
        WEIGHTS,
      ),
    )
    .option(
      '--redact',
      'replace folders and the names of builders, workers and the host, and leave out the command line',
    )
    .option('--output <file>', 'where to (default: standard output); a name ending in .gz is compressed')
    .addHelpText('after', EXAMPLES)
    .action(convert);

const convert = async (file: string, { to, weight, redact, output }: ConvertOptions): Promise<void> => {
  const lines = new CompletenessWatch(loadWithProgress(file));
  const parts = convertTrace(lines, { format: to, weight, isRedacted: redact }, makeExportHost(REPORT_PAGE));
  const isPacked = EXPORT_FILES[to].isPacked || output?.endsWith('.gz') === true;
  if (output === undefined) {
    for await (const part of isPacked ? packed(parts) : parts) await writeResult(part);
  } else {
    const stop = listenForStop();
    try {
      await writeFile(output, parts, isPacked, stop);
    } catch (error) {
      if (!stop.aborted) throw error;
      process.exitCode = EXIT_INTERRUPTED;
      return;
    }
  }
  if (lines.isCut) say(`${file} ends unexpectedly; what came before is converted`);
};

type Parts = AsyncIterable<string | Uint8Array>;

const packed = (parts: Parts): AsyncIterable<Buffer> =>
  // An error reaches whoever reads the stream.
  pipelineOf(Readable.from(parts), zlib.createGzip(), () => undefined);

/** Through a file beside it, so that a failure, or the user who breaks it off, leaves what was there. */
const writeFile = async (output: string, parts: Parts, isPacked: boolean, signal: AbortSignal): Promise<void> => {
  const temporary = path.join(path.dirname(output), `.${path.basename(output)}.${String(process.pid)}.tmp`);
  const file = fs.createWriteStream(temporary);
  const packing = isPacked ? [zlib.createGzip()] : [];
  const removeTemporary = (): void => fs.rmSync(temporary, { force: true });
  // Asked twice to end, this program does so at once.
  process.once('exit', removeTemporary);
  try {
    await pipeline([Readable.from(parts), ...packing, file], { signal });
    await fs.promises.rename(temporary, output);
  } catch (error) {
    removeTemporary();
    throw error instanceof Error && 'syscall' in error ? describeWriteError(output, error) : error;
  } finally {
    process.off('exit', removeTemporary);
  }
};
