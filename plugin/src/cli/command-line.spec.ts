import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  endCommands,
  runCommand,
  startProcess,
  startPythonTarget,
  type CommandOutcome,
} from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';

const BIN = fileURLToPath(new URL('../../bin/bbprofiler.mjs', import.meta.url));
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const ORIGINAL = fileURLToPath(new URL('../../../trace/formats/fixtures/original-prof.json.gz', import.meta.url));
/** Beyond what the kernel gives as a pid by default. */
const FREE_PID = '4194303';

let target: Awaited<ReturnType<typeof startPythonTarget>>;
let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeAll(async () => {
  target = await startPythonTarget();
});
afterAll(() => target.end());
beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'a.bbprof');
});
afterEach(() => {
  endCommands();
  folder.remove();
});

const pidOption = (): string[] => ['--pid', String(target.pid)];

/** Exit code and what is said, on one line. */
const told = ({ exitCode, stderr }: CommandOutcome): string => `${String(exitCode)}: ${stderr.trim()}`;

describe('the command line', () => {
  test('says on each --help what a command is for, with examples, and is then done', async () => {
    const commands = [[], ['view'], ['serve'], ['record'], ['dump'], ['convert'], ['doctor']];
    for (const { exitCode, stdout, stderr } of await Promise.all(
      commands.map((command) => runCommand([...command, '--help'])),
    )) {
      expect([exitCode, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/Usage: bbprofiler[\s\S]*Examples:\n {2}\$ bbprofiler/);
    }
  });

  test('gives its version', async () => {
    const { version } = JSON.parse(fs.readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await runCommand(['--version'])).toMatchObject({ exitCode: 0, stdout: `${version}\n` });
  });

  test.each([
    ['an unknown option', ['dump', '--fast'], /unknown option '--fast'/],
    ['a pid that is none', ['dump', '--pid', '12x'], /whole number/],
    [
      'a frequency beyond the highest',
      ['record', '--pid', '1', '--output', 'x', '--frequency', '20000'],
      /up to 10000/,
    ],
    ['an unknown mode', ['record', '--pid', '1', '--output', 'x', '--mode', 'fast'], /real, virtual, prof/],
    ['a missing output', ['record', '--pid', '1'], /--output/],
    ['two targets', ['dump', '--pid', '1', '--basedir', '.'], /cannot be used with/],
    ['no target', ['dump'], /--pid PID or --basedir DIR/],
    ['no target to examine', ['doctor'], /--pid PID or --basedir DIR/],
    ['an unknown format', ['convert', 'x', '--to', 'svg'], /bbprof, html, collapsed/],
    ['a port that is none', ['view', '--port', '70000'], /65535/],
  ])('refuses %s with exit code 2', async (_what, args, message) => {
    const outcome = await runCommand(args);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stdout).toBe('');
  });

  test.each([
    [
      'no process',
      () => ['dump', '--pid', FREE_PID],
      3,
      /There is no process \d+\. .*: bbprofiler doctor --pid 4194303$/m,
    ],
    ['no master', () => ['dump', '--basedir', folder.path], 3, /has no twistd\.pid/],
    [
      'a process that is no Python',
      () => ['dump', '--pid', String(process.pid)],
      4,
      /CPython\. .*: bbprofiler doctor --pid \d+$/m,
    ],
    [
      'a process that is no Python, for a recording',
      () => ['record', '--pid', String(process.pid), '--output', file],
      4,
      /\w/,
    ],
    ['a file that is not there', () => ['convert', file, '--to', 'collapsed'], 9, /does not exist/],
    ['a folder that is not there', () => ['record', ...pidOption(), '--output', `${file}/x`], 9, /Cannot write/],
    ['a file to view that is not there', () => ['view', file], 9, /does not exist/],
  ])('says what is wrong and what to do, with an exit code of its own: %s', async (_what, args, exitCode, message) => {
    const outcome = await runCommand(args());
    expect(told(outcome)).toMatch(new RegExp(`^${String(exitCode)}: bbprofiler: .*`));
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr.trim().split('\n')).toHaveLength(1);
    expect(fs.readdirSync(folder.path)).toEqual([]);
  });

  test('ends quietly when its reader leaves', () => {
    const command = '"$1" "$2" convert "$3" --to bbprof | head -c 100 >/dev/null; exit "${PIPESTATUS[0]}"';
    const { status, stderr } = spawnSync('bash', ['-c', command, 'bash', process.execPath, MAIN, ORIGINAL], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, '']);
  });
});

test('a process of a basedir that cannot be read is pointed to by its basedir', async () => {
  fs.writeFileSync(path.join(folder.path, 'twistd.pid'), FREE_PID);
  const { stderr } = await runCommand(['serve', '--port', '0', '--basedir', folder.path, '--recordings', folder.path]);
  expect(stderr).toMatch(/: bbprofiler doctor --basedir \/\S+$/m);
});

describe('the bin', () => {
  test('runs the command line on this Node and passes on its exit code', async () => {
    const outcome = await startProcess(process.execPath, [BIN, 'dump', '--pid', FREE_PID]).outcome;
    expect(told(outcome)).toMatch(/^3: bbprofiler: There is no process/);
  });

  test('hands over to the pinned Node where this one is too old, and passes on signals and exit code', async () => {
    // What an old Node says of itself is all that the bin goes by.
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '18.20.0' }); process.argv.splice(1, 0, ${JSON.stringify(BIN)}); await import(${JSON.stringify(BIN)});`;
    const run = (...args: string[]) =>
      startProcess(process.execPath, ['--input-type=module', '-e', pretend, '--', ...args]);
    expect(told(await run('dump', '--pid', FREE_PID).outcome)).toMatch(/^3: bbprofiler: There is no process/);
    const server = run('view', '--port', '0', '--recordings', folder.path);
    await server.nextLine();
    server.process.kill('SIGTERM');
    expect(await server.outcome).toMatchObject({ exitCode: 0, signal: null });
  });
});
