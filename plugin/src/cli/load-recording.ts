import fs from 'node:fs';
import cliProgress from 'cli-progress';
import type { TraceCompleteness } from '#trace/contract/codec.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { describeReadError, nameFile, type BytesReadListener } from '../recording/trace-bytes.ts';
import { loadTraceLines } from '../recording/trace-scan.ts';

/** Remembers how the lines ended, which a loop over them drops. */
export class CompletenessWatch implements AsyncIterable<TraceLine> {
  readonly #lines: AsyncGenerator<TraceLine, TraceCompleteness>;
  isCut = false;

  constructor(lines: AsyncGenerator<TraceLine, TraceCompleteness>) {
    this.#lines = lines;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TraceLine, void> {
    this.isCut = (yield* this.#lines) === 'cut';
  }
}

/** What is done sooner needs no bar. */
const SHOW_AFTER_MS = 500;

/** With a bar on standard error, where that is a terminal, once it takes long enough to be seen. */
export async function* loadWithProgress(file: string): AsyncGenerator<TraceLine, TraceCompleteness> {
  const bar = new cliProgress.SingleBar({
    format: 'reading {bar} {percentage} %',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  let onBytesRead: BytesReadListener | undefined;
  if (process.stderr.isTTY) {
    const size = await sizeOf(file);
    const showFrom = performance.now() + SHOW_AFTER_MS;
    let read = 0;
    onBytesRead = (bytes) => {
      read += bytes;
      if (bar.isActive) bar.update(read);
      else if (performance.now() >= showFrom) bar.start(size, read);
    };
  }
  try {
    return yield* loadTraceLines(file, onBytesRead);
  } catch (error) {
    throw nameFile(file, error);
  } finally {
    bar.stop();
  }
}

const sizeOf = async (file: string): Promise<number> => {
  try {
    return (await fs.promises.stat(file)).size;
  } catch (error) {
    throw describeReadError(file, error);
  }
};
