import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../contract/codec.ts';
import type { TraceLine } from '../contract/trace-lines.ts';
import { traceFromText } from '../testing/trace-from-text.ts';
import { detectFormat } from './detect-format.ts';
import { readTraceFile } from './read-trace-file.ts';

const toBytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = traceFromText('main\n  2 running run > work');
const trace = lines.map((line) => `${encodeLine(line)}\n`).join('');
const original = JSON.stringify({
  gatherperiod: 60,
  frequency: 100,
  frames: [['é.py', 1, 'f']],
  samples: [{ time: 1, threads: { 7: [0] } }],
});

async function* blocksOf(bytes: Uint8Array, blockSize: number): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += blockSize) {
    yield bytes.subarray(start, start + blockSize);
  }
}

const readAll = async (bytes: Uint8Array, blockSize = 10): Promise<{ read: TraceLine[]; completeness: string }> => {
  const reader = readTraceFile(blocksOf(bytes, blockSize));
  const read: TraceLine[] = [];
  for (;;) {
    const next = await reader.next();
    if (next.done === true) {
      return { read, completeness: next.value };
    }
    read.push(next.value);
  }
};

describe('the format of a file', () => {
  it.each([
    [trace, 'bbprof'],
    [`\uFEFF ${trace}`, 'bbprof'],
    ['{ "kind" : "header", "format": "bbprof"', 'bbprof'],
    ['{"version":1,"format":"bbprof","kind":"header"}', 'bbprof'],
    ['{"kin', 'bbprof'],
    [original, 'original-plugin'],
    ['\n{\n  "frames": [', 'original-plugin'],
    ['', 'unknown'],
    ['[]', 'unknown'],
    ['{"shared":{"frames":[]}}', 'json'],
    ['<!doctype html>', 'unknown'],
    ['\u0000\u0001', 'unknown'],
    ['\n\u0004\u0008\u0001\u0010\u0002', 'pprof'],
    ['\n\u0004\u0010\u0002\u0008\u0001', 'pprof'],
    ['\n\u0008\u0001', 'unknown'],
    ['<module> (a.py:1);f (a.py:2) 3\nmore', 'collapsed'],
    ['one 0.5', 'collapsed'],
    [`${'deep;'.repeat(500)} 1`, 'collapsed'],
    ['f;g\nf 3', 'unknown'],
  ])('is told from its first bytes: %#', (text, format) => {
    expect(detectFormat(toBytes(text))).toBe(format);
  });

  it('is gzip where it starts as gzip does, whatever is inside', () => {
    expect(detectFormat(gzipSync(toBytes(trace)))).toBe('gzip');
    expect(detectFormat(Uint8Array.of(0x1f))).toBe('unknown');
  });
});

describe('a file of any format', () => {
  it('is read as what it is, whatever blocks it comes in', async () => {
    for (const blockSize of [1, 10, 100_000]) {
      expect((await readAll(toBytes(trace), blockSize)).read).toEqual(lines);
      const { read, completeness } = await readAll(toBytes(original), blockSize);
      expect([read.map(({ kind }) => kind), completeness]).toEqual([['header', 'chunk', 'end'], 'complete']);
      expect(read[1]).toMatchObject({ strings: ['f', 'é.py'] });
    }
  });

  it('is said to be cut where it is', async () => {
    expect(await readAll(toBytes(trace.slice(0, -5)))).toEqual({ read: lines.slice(0, 1), completeness: 'cut' });
  });

  it('is refused with what is wrong', async () => {
    await expect(readAll(toBytes('hello'))).rejects.toThrow('The file is neither a trace nor a recording');
    await expect(readAll(gzipSync(toBytes(trace)))).rejects.toThrow('The file is compressed twice');
    await expect(readAll(new Uint8Array())).rejects.toThrow('The trace ends within its first line');
    const broken = toBytes(original);
    broken[broken.indexOf(0xc3)] = 0xff;
    await expect(readAll(broken)).rejects.toThrow('The file is not UTF-8 text');
  });

  it('is refused where it is too large to be read whole', async () => {
    const bytes = toBytes(original);
    const read = async (maxBytes: number): Promise<number> => {
      let count = 0;
      for await (const line of readTraceFile(blocksOf(bytes, 10), maxBytes)) {
        count += line.kind === 'chunk' ? 1 : 0;
      }
      return count;
    };
    expect(await read(bytes.length)).toBe(1);
    await expect(read(bytes.length - 1)).rejects.toThrow(`The file is larger than ${bytes.length - 1} bytes`);
  });

  it('is let go of when reading stops early', async () => {
    let isOpen = true;
    async function* file(): AsyncGenerator<Uint8Array, void> {
      try {
        yield* blocksOf(toBytes(trace), 1024);
        yield* blocksOf(toBytes(trace), 1024);
      } finally {
        isOpen = false;
      }
    }
    for await (const line of readTraceFile(file())) {
      expect(line.kind).toBe('header');
      break;
    }
    expect(isOpen).toBe(false);
  });
});
