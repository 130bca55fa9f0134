import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { loadTraceLines, scanTraceFile } from './trace-scan.ts';

const LINES = [scriptedHeader(), scriptedChunk(0, 50), scriptedChunk(1, 50), scriptedEnd(1_000_000)].map(
  encodeWithBytes,
);
const PLAIN = Buffer.concat(LINES.map(({ bytes }) => bytes));

let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'trace');
});
afterEach(() => folder.remove());

const load = async (): Promise<number> => {
  const kinds: string[] = [];
  for await (const { kind } of loadTraceLines(file)) kinds.push(kind);
  return kinds.length;
};

/** A line is whole without its line break, too. */
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('a trace file', () => {
  test('is unpacked by what it holds, not by its name, and in as many parts as it was packed in', async () => {
    fs.writeFileSync(file, PLAIN);
    expect(await load()).toBe(4);
    fs.writeFileSync(file, zlib.gzipSync(PLAIN));
    expect(await load()).toBe(4);
    fs.writeFileSync(file, Buffer.concat([zlib.gzipSync(PLAIN.subarray(0, 300)), zlib.gzipSync(PLAIN.subarray(300))]));
    expect(await load()).toBe(4);
  });

  test('gives the same chunks from a gzip file cut at any byte as from the bytes that it holds', async () => {
    const packed = zlib.gzipSync(PLAIN);
    let opened = 0;
    for (let size = 0; size < packed.length; size++) {
      fs.writeFileSync(file, packed.subarray(0, size));
      const held =
        size < 2
          ? Buffer.alloc(0)
          : zlib.gunzipSync(packed.subarray(0, size), { finishFlush: zlib.constants.Z_SYNC_FLUSH });
      const whole = held.toString().split('\n').filter(isJson).length;
      if (whole === 0) {
        await expect(scanTraceFile(file)).rejects.toMatchObject({ code: 'bad-trace' });
        continue;
      }
      const duration = [0, 490_000, 990_000, 1_000_000][whole - 1];
      expect(await scanTraceFile(file)).toMatchObject({ isCut: whole < 4, duration });
      opened++;
    }
    expect(opened).toBeGreaterThan(10);
  });

  test('is called damaged where its compressed bytes are', async () => {
    const packed = zlib.gzipSync(PLAIN);
    packed.fill(0xff, 20, 30);
    fs.writeFileSync(file, packed);
    await expect(load()).rejects.toMatchObject({ code: 'bad-trace' });
  });

  test('that cannot be read says why', async () => {
    await expect(load()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `Cannot read ${file}: it does not exist`,
    });
    file = folder.path;
    await expect(load()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `Cannot read ${file}: it is a folder`,
    });
  });

  test('that makes no sense behind its header is a cut recording with what came before', async () => {
    fs.writeFileSync(
      file,
      Buffer.concat([
        PLAIN.subarray(0, (LINES[0]?.bytes.length ?? 0) + (LINES[1]?.bytes.length ?? 0)),
        Buffer.from('{"kind":"what"}\n'),
      ]),
    );
    expect(await scanTraceFile(file)).toMatchObject({
      isCut: true,
      duration: 490_000,
      endMessage: expect.stringContaining('Line 3') as unknown,
    });
  });
});
