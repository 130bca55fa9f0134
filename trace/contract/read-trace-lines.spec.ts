import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { traceFromText } from '../testing/trace-from-text.ts';
import { encodeLine, readTraceLines, type TraceCompleteness } from './codec.ts';
import { ProfilerError } from './errors.ts';
import { splitLines } from './split-lines.ts';
import { MAX_LINE_BYTES } from './trace-limits.ts';
import type { TraceLine } from './trace-lines.ts';
import { microseconds } from './units.ts';

const END: TraceLine = { kind: 'end', at: microseconds(60_000), reason: 'stopped' };
const TRACE: TraceLine[] = [
  ...traceFromText(
    `
    main cpu=10ms
      2 running  démarrer > 日本語:3
    ---
    main
      2 idle     poll@𝕊elect.py:7
    pool
      2 waiting  loop
    ---
    main
      2 running  démarrer > ✂:9
    `,
  ),
  END,
];

const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (lines: readonly TraceLine[]): string => lines.map((line) => `${encodeLine(line)}\n`).join('');

async function* blocksOf(bytes: Uint8Array, blockSize = bytes.length || 1): AsyncGenerator<Uint8Array, void> {
  // One buffer for all blocks, as readers of files have it.
  const buffer = new Uint8Array(blockSize);
  for (let start = 0; start < bytes.length; start += blockSize) {
    const block = bytes.subarray(start, start + blockSize);
    buffer.set(block);
    yield buffer.subarray(0, block.length);
  }
}

const readAll = async (
  source: AsyncIterable<Uint8Array>,
): Promise<{ lines: TraceLine[]; completeness: TraceCompleteness }> => {
  const reader = readTraceLines(source);
  const lines: TraceLine[] = [];
  for (;;) {
    const next = await reader.next();
    if (next.done === true) {
      return { lines, completeness: next.value };
    }
    lines.push(next.value);
  }
};

const refusalOf = async (text: string | Uint8Array): Promise<string> => {
  const bytes = typeof text === 'string' ? toBytes(text) : text;
  const error = await readAll(blocksOf(bytes)).catch((reason: unknown) => reason);
  if (!(error instanceof ProfilerError)) {
    throw new Error('The trace was taken');
  }
  return `${error.code}: ${error.message}`;
};

/** What must be read of the first `length` bytes: the lines whose JSON text lies within them. */
const wholeLines = (length: number): TraceLine[] => {
  let end = -1;
  return TRACE.filter((line) => {
    end += toBytes(encodeLine(line)).length + 1;
    return end <= length;
  });
};

describe('a trace cut at any byte', () => {
  const bytes = toBytes(textOf(TRACE));
  const headerLength = toBytes(encodeLine(TRACE[0]!)).length;

  it('is read up to its last whole line', async () => {
    for (let length = headerLength; length <= bytes.length; length++) {
      const { lines, completeness } = await readAll(blocksOf(bytes.subarray(0, length)));
      expect(lines).toEqual(wholeLines(length));
      expect(completeness).toBe(lines.length === TRACE.length ? 'complete' : 'cut');
    }
  });

  it('is refused where not even its first line is whole', async () => {
    for (let length = 0; length < headerLength; length++) {
      expect(await refusalOf(bytes.subarray(0, length))).toBe('bad-trace: The trace ends within its first line');
    }
  });

  it('is read up to the last line that its gzip stream still yields', async () => {
    const packed = gzipSync(bytes);
    const wholeCount = new Set<number>();
    for (let length = 0; length <= packed.length; length++) {
      const unpacked = inflateWhatIsThere(packed.subarray(0, length));
      expect(unpacked).toEqual(new Uint8Array(bytes.subarray(0, unpacked.length)));
      if (unpacked.length >= headerLength) {
        const { lines } = await readAll(blocksOf(unpacked));
        expect(lines).toEqual(wholeLines(unpacked.length));
        wholeCount.add(lines.length);
      }
    }
    expect(Math.max(...wholeCount)).toBe(TRACE.length);
  });

  it('keeps every line that was flushed into its gzip stream before the cut', async () => {
    const members = TRACE.map((line) => gzipSync(toBytes(`${encodeLine(line)}\n`)));
    for (let count = 1; count <= members.length; count++) {
      const kept = Buffer.concat(members.slice(0, count));
      const cut = Buffer.concat([kept, (members[count] ?? Buffer.alloc(0)).subarray(0, 15)]);
      const { lines } = await readAll(blocksOf(inflateWhatIsThere(cut)));
      expect(lines.slice(0, count)).toEqual(TRACE.slice(0, count));
    }
  });
});

const inflateWhatIsThere = (packed: Uint8Array): Uint8Array =>
  packed.length === 0 ? new Uint8Array() : new Uint8Array(gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }));

describe('a trace', () => {
  it('is read the same whatever blocks its bytes come in', async () => {
    const bytes = toBytes(textOf(TRACE));
    for (const blockSize of [1, 2, 3, 7, 64, 1000]) {
      expect((await readAll(blocksOf(bytes, blockSize))).lines).toEqual(TRACE);
    }
  });

  it('may end its lines as Windows does, and have blank lines', async () => {
    const { lines, completeness } = await readAll(blocksOf(toBytes(textOf(TRACE).replaceAll('\n', '\r\n \n'))));
    expect(lines).toEqual(TRACE);
    expect(completeness).toBe('complete');
  });

  it('is cut where a crash left zeros at its end', async () => {
    const text = `${textOf(TRACE.slice(0, 2))}\0\0\0\0`;
    expect(await readAll(blocksOf(toBytes(text)))).toEqual({ lines: TRACE.slice(0, 2), completeness: 'cut' });
    expect((await readAll(blocksOf(toBytes(`${text}\n`)))).completeness).toBe('cut');
  });

  it('is complete once it has said why it ends, whatever a crash left behind that', async () => {
    expect(await readAll(blocksOf(toBytes(`${textOf(TRACE)}\0\0`)))).toEqual({
      lines: TRACE,
      completeness: 'complete',
    });
  });

  it('is refused with the line that is no JSON text, anywhere but at its end', async () => {
    const [header, first, second] = TRACE.map(encodeLine);
    expect(await refusalOf(`${header}\n${first}\n\u0001garbage\n${second}\n`)).toBe(
      'bad-trace: Line 3 is not JSON text',
    );
    expect(await refusalOf(`garbage\n${header}\n`)).toBe('bad-trace: Line 1 is not JSON text');
    expect(await refusalOf(`${header}\n${first!.slice(0, 80)}\n${second}\n`)).toBe(
      'bad-trace: Line 2 is not JSON text',
    );
  });

  it('is refused with the line that is no UTF-8 text', async () => {
    const text = textOf(TRACE);
    const bytes = toBytes(text);
    bytes[bytes.indexOf(0xc3)] = 0xff;
    expect(await refusalOf(bytes)).toBe('bad-trace: Line 2 is not JSON text');
  });

  it('is refused where a line has a wrong field, even at its end', async () => {
    const text = `${textOf(TRACE.slice(0, 2))}{"kind":"end","at":-5,"reason":"stopped"}`;
    expect(await refusalOf(text)).toContain('bad-trace: Line 3: end.at is not a number');
  });

  it('is refused where its lines are out of order', async () => {
    const [header, chunk] = TRACE;
    expect(await refusalOf(textOf([chunk!]))).toBe('bad-trace: Line 1: The trace does not start with a header');
    expect(await refusalOf(textOf([header!, header!]))).toBe('bad-trace: Line 2: The trace has a second header');
    expect(await refusalOf(textOf([header!, END, chunk!]))).toBe('bad-trace: Line 3: The trace goes on after its end');
  });

  it('is unsupported where its header is of a newer version', async () => {
    expect(await refusalOf(JSON.stringify({ ...TRACE[0], version: 2 }))).toBe(
      'unsupported-trace: Line 1: The trace is of version 2; this program reads up to version 1',
    );
  });

  it('is refused where a line is longer than MAX_LINE_BYTES', async () => {
    const block = new Uint8Array(1024 * 1024).fill(0x20);
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        yield block;
      }
    }
    await expect(readAll(endless())).rejects.toThrow(`Line 1 is longer than ${MAX_LINE_BYTES} bytes`);
  });

  it('is refused where a line is longer than the limit, without keeping more than that of it', async () => {
    const limit = 1000;
    const read = async (bytes: Uint8Array, blockSize: number): Promise<number[]> => {
      const lengths: number[] = [];
      for await (const line of splitLines(blocksOf(bytes, blockSize), limit)) {
        lengths.push(line.bytes.length);
      }
      return lengths;
    };
    const longest = toBytes(`${'x'.repeat(limit)}\n${'y'.repeat(limit)}\n`);
    expect(await read(longest, 64)).toEqual([limit, limit]);
    expect(await read(longest, longest.length)).toEqual([limit, limit]);
    const tooLong = toBytes(`${'x'.repeat(limit)}\n${'y'.repeat(limit + 1)}\n`);
    await expect(read(tooLong, 64)).rejects.toThrow('Line 2 is longer than 1000 bytes');
    await expect(read(tooLong, tooLong.length)).rejects.toThrow('Line 2 is longer than 1000 bytes');
  });
});
