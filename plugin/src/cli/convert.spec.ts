import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endCommands, runCommand, startCommand, type CommandOutcome } from '../../test/cli-process.ts';
import { scriptedEnd } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines, writeTrace } from '../../test/trace-file.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
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

  test.each([
    ['speedscope', 'slow.speedscope.json'],
    ['pprof', 'slow.pb.gz'],
    ['firefox', 'slow.firefox.json.gz'],
    ['cpuprofile', 'slow.cpuprofile'],
    ['collapsed', 'slow.txt'],
  ])('writes a file of the format %s, and reads it back', async (format, name) => {
    writeTrace(file, 4, [scriptedEnd(2_000_000)]);
    const output = path.join(folder.path, name);
    expect(await runCommand(['convert', file, '--to', format, '--weight', 'wall', '--output', output])).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect((await runCommand(['convert', output, '--to', 'collapsed'])).stdout).toMatch(
      /^MainThread;work \(\/srv\/master\.py(:3)?\) 2000000\n$/,
    );
    const bytes = fs.readFileSync(output);
    expect(bytes.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))).toBe(name.endsWith('.gz'));
  });

  test('writes pprof packed to standard output, too, since its readers expect that', async () => {
    writeTrace(file, 1);
    const piped = path.join(folder.path, 'piped');
    const { status } = spawnSync('sh', [
      '-c',
      '"$0" "$1" convert "$2" --to pprof > "$3"',
      process.execPath,
      MAIN,
      file,
      piped,
    ]);
    expect(status).toBe(0);
    expect((await runCommand(['convert', piped, '--to', 'collapsed'])).stdout).toMatch(/^MainThread;work /);
  });

  test('takes out of any format what tells whose it is, where it is asked to', async () => {
    writeTrace(file, 1);
    for (const format of ['bbprof', 'speedscope', 'collapsed', 'firefox']) {
      const { stdout } = await runCommand(['convert', file, '--to', format, '--redact']);
      expect(stdout).toContain('/folder-1/master.py');
      expect(stdout).not.toContain('/srv');
    }
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

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'leaves what was there, and nothing else, when %s ends it',
    async (signal) => {
      // Hours of a recording, so that there is time to end it.
      writeTrace(file, 50_000);
      const output = path.join(folder.path, 'out.bbprof.gz');
      fs.writeFileSync(output, 'mine');
      const command = startCommand(['convert', file, '--to', 'bbprof', '--output', output]);
      await expect
        .poll(() => fs.readdirSync(folder.path).filter((name) => name.endsWith('.tmp')), {
          interval: 5,
          timeout: 30_000,
        })
        .toHaveLength(1);
      command.process.kill(signal);
      expect((await command.outcome).exitCode).toBe(130);
      expect(fs.readFileSync(output, 'utf8')).toBe('mine');
      expect(fs.readdirSync(folder.path).sort()).toEqual(['a.bbprof', 'out.bbprof.gz']);
    },
  );
});
