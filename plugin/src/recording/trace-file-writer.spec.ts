import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { scriptedChunk, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { TraceFileWriter } from './trace-file-writer.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'a.bbprof');
});
afterEach(() => folder.remove());

/** Writes chunks until the file may not grow, then an end line with so much text, in a process of its own that may write `blocks` of 512 bytes. */
const writeWithLimit = (blocks: number, endPadding: number): { lines: string[]; isEndWritten: boolean } => {
  const program = `
    const { TraceFileWriter } = await import(${JSON.stringify(fileURLToPath(new URL('trace-file-writer.ts', import.meta.url)))});
    const encode = (line, text) => ({ line, bytes: Buffer.from(text + '\\n') });
    const writer = TraceFileWriter.create(process.argv[1]);
    writer.append(encode({ kind: 'header' }, 'header'));
    let code = '';
    try {
      for (;;) writer.append(encode({ kind: 'chunk' }, 'chunk ' + 'x'.repeat(249)));
    } catch (error) {
      code = error.code;
    }
    const isEndWritten = writer.appendEndAfterFailure(encode({ kind: 'end' }, 'end ' + 'y'.repeat(${String(endPadding)})));
    console.log(JSON.stringify({ code, isEndWritten, size: writer.size }));
  `;
  const command = 'ulimit -f "$1" && exec "$2" --input-type=module -e "$3" "$4"';
  const { stdout, stderr } = spawnSync('sh', ['-c', command, 'sh', String(blocks), process.execPath, program, file], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../../..', import.meta.url)),
  });
  expect(stderr).toBe('');
  const { code, isEndWritten, size } = JSON.parse(stdout) as { code: string; isEndWritten: boolean; size: number };
  expect(code).toBe('file-unwritable');
  const text = fs.readFileSync(file, 'utf8');
  expect(text.length).toBe(size);
  expect(text.endsWith('\n')).toBe(true);
  return { lines: text.slice(0, -1).split('\n'), isEndWritten };
};

describe('TraceFileWriter', () => {
  test('has each line in the file when append returns', () => {
    const writer = TraceFileWriter.create(file);
    const lines = [scriptedHeader(), scriptedChunk(0), scriptedChunk(1)].map(encodeWithBytes);
    for (const [index, line] of lines.entries()) {
      writer.append(line);
      expect(fs.readFileSync(file).equals(Buffer.concat(lines.slice(0, index + 1).map(({ bytes }) => bytes)))).toBe(
        true,
      );
    }
    expect(writer.size).toBe(fs.statSync(file).size);
    writer.close();
  });

  test('makes a file for its owner alone', () => {
    TraceFileWriter.create(file).close();
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test('writes over nothing', () => {
    fs.writeFileSync(file, 'mine');
    expect(() => TraceFileWriter.create(file)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
    expect(fs.readFileSync(file, 'utf8')).toBe('mine');
  });

  test('keeps every whole line and says the end where the disk takes part of a chunk only', () => {
    // 8 KiB hold the header and 31 chunks of 256 bytes, and 249 bytes of the next.
    const { lines, isEndWritten } = writeWithLimit(16, 20);
    expect(isEndWritten).toBe(true);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['header', ...Array<string>(31).fill('chunk'), 'end']);
  });

  test('gives up the last chunk for the end where not even that fits', () => {
    const { lines, isEndWritten } = writeWithLimit(16, 300);
    expect(isEndWritten).toBe(true);
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['header', ...Array<string>(30).fill('chunk'), 'end']);
  });
});
