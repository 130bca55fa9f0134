import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endCommands, runCommand, type CommandOutcome } from '../../test/cli-process.ts';
import { scriptedEnd } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines, writeTrace } from '../../test/trace-file.ts';

const ORIGINAL = fileURLToPath(new URL('../../../trace/formats/fixtures/original-prof.json.gz', import.meta.url));

let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'a.bbprof');
});
afterEach(() => {
  endCommands();
  folder.remove();
});

/** Exit code and what is said, on one line. */
const told = ({ exitCode, stderr }: CommandOutcome): string => `${String(exitCode)}: ${stderr.trim()}`;

describe('bbprofiler convert', () => {
  test('writes collapsed stacks with the weight that the mode shows first, or the one asked for', async () => {
    writeTrace(file, 4, [scriptedEnd(2_000_000)]);
    const collapsed = ['convert', file, '--to', 'collapsed'];
    expect(await runCommand(collapsed)).toMatchObject({
      exitCode: 0,
      stdout: 'MainThread;work (/srv/master.py:3) 2000000\n',
      stderr: '',
    });
    expect((await runCommand([...collapsed, '--weight', 'gil'])).stdout).toBe(
      'MainThread;work (/srv/master.py:3) 2000000\n',
    );
  });

  test('converts what there is of a file that was cut off, and says so', async () => {
    writeTrace(file, 2);
    fs.appendFileSync(file, '{"kind":"chu');
    const { exitCode, stdout, stderr } = await runCommand(['convert', file, '--to', 'collapsed']);
    expect([exitCode, stdout]).toEqual([0, 'MainThread;work (/srv/master.py:3) 1000000\n']);
    expect(stderr).toMatch(/ends unexpectedly/);
  });

  test('reads a file of the original plugin, and packs where the name says so', async () => {
    const output = `${file}.gz`;
    expect((await runCommand(['convert', ORIGINAL, '--to', 'bbprof', '--output', output])).exitCode).toBe(0);
    const [first, ...rest] = readLines(output);
    expect([first?.kind, rest.length > 2]).toEqual(['header', true]);
    expect((await runCommand(['convert', output, '--to', 'collapsed'])).stdout).toBe(
      (await runCommand(['convert', ORIGINAL, '--to', 'collapsed'])).stdout,
    );
  });

  test('says that a file is no recording, and leaves what it would have written over', async () => {
    fs.writeFileSync(file, 'PK\u0003\u0004 something else');
    const output = path.join(folder.path, 'out.txt');
    fs.writeFileSync(output, 'mine');
    expect(told(await runCommand(['convert', file, '--to', 'collapsed', '--output', output]))).toMatch(
      /^8: bbprofiler: .*neither a trace nor/,
    );
    expect(fs.readFileSync(output, 'utf8')).toBe('mine');
    expect(fs.readdirSync(folder.path).sort()).toEqual(['a.bbprof', 'out.txt']);
  });
});
