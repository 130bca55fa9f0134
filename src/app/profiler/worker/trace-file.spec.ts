// @vitest-environment node
// jsdom has no streams.
import { expect, it } from 'vitest';
import { readPlainBytes } from './byte-stream.ts';
import { streamOf } from './test-bytes.ts';
import { readTraceStream } from './trace-file.ts';

it('lets go of a file that is refused for its first bytes', async () => {
  let isOver = false;
  const lines = readTraceStream(
    streamOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0)),
    () => undefined,
    async function* (stream, onBytes) {
      try {
        return yield* readPlainBytes(stream, onBytes);
      } finally {
        isOver = true;
      }
    },
  );
  await expect(lines.next()).rejects.toThrow('neither a trace nor');
  expect(isOver).toBe(true);
});
