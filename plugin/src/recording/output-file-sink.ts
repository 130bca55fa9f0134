import fs from 'node:fs';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { EncodedLine } from './encoded-line.ts';
import { replaceByGzip } from './gzip-file.ts';
import { TraceFileWriter, describeWriteError } from './trace-file-writer.ts';
import type { TraceSink } from './trace-sink.ts';

/** The file while it is being written: plain, whatever it becomes, so that a crash leaves something readable. */
const PART_SUFFIX = '.part';

/** A recording into a file that the user names. The file appears under its name when it is whole. */
export class OutputFileSink implements TraceSink {
  readonly #output: string;
  readonly #overwrite: boolean;
  #file: TraceFileWriter | undefined;

  private constructor(output: string, overwrite: boolean) {
    this.#output = output;
    this.#overwrite = overwrite;
  }

  /** Writes nothing before the first line. @throws ProfilerError 'file-unwritable' where there is such a file already. */
  static open(output: string, { overwrite }: { readonly overwrite: boolean }): OutputFileSink {
    const part = output + PART_SUFFIX;
    for (const file of overwrite ? [] : [output, part]) {
      if (fs.existsSync(file))
        throw new ProfilerError('file-unwritable', `${file} exists; --force overwrites it`, { path: file });
    }
    return new OutputFileSink(output, overwrite);
  }

  append(line: EncodedLine): void {
    this.#file ??= this.#create();
    this.#file.append(line);
  }

  appendEndAfterFailure(end: EncodedLine): void {
    this.#file?.appendEndAfterFailure(end);
  }

  async finish(): Promise<void> {
    if (this.#file === undefined) return;
    this.#file.close();
    const { path } = this.#file;
    if (this.#output.endsWith('.gz')) return replaceByGzip(path, this.#output);
    try {
      await fs.promises.rename(path, this.#output);
    } catch (error) {
      throw describeWriteError(this.#output, error);
    }
  }

  #create(): TraceFileWriter {
    const part = this.#output + PART_SUFFIX;
    if (this.#overwrite) fs.rmSync(part, { force: true });
    return TraceFileWriter.create(part);
  }
}
