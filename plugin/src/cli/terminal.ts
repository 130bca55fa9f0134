import { once } from 'node:events';
import { systemErrorCode } from '../recording/trace-file-writer.ts';

/**
 * A reader such as `head` may leave before everything is written: that is its right, and the end of our work. Standard error may be
 * closed as well; then there is nobody to tell.
 */
export const endWithReader = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if (systemErrorCode(error) !== 'EPIPE') throw error;
      process.exit(0);
    });
  }
};

/** A result, for a program or a file. Resolves when there is room for more. */
export const writeResult = async (text: string | Uint8Array): Promise<void> => {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
};

/** A word to the human at the terminal. */
export const say = (text: string): void => {
  process.stderr.write(`bbprofiler: ${text}\n`);
};
