import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { endCommands, runCommand, startProcess, startPythonTarget } from '../../test/cli-process.ts';
import { needNamespaces, needRoot, unshareArguments } from '../../test/machine-needs.ts';
import { copyProgram, type OpenProgram } from '../../test/open-program.ts';
import { startTarget } from '../../test/running-target.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readProcessStatus } from '../memory/process-status.ts';
import { MAX_SHOWN_CHARACTERS } from './examine-target.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const FILTERED = fileURLToPath(new URL('../../test/targets/without_vectored_read.py', import.meta.url));
/** Beyond what the kernel gives as a pid by default. */
const FREE_PID = '4194303';
/** `nobody` in most systems; here, any user and group without rights. */
const NOBODY = 65534;
const SOMEBODY_ELSE = 65533;

const SUBJECTS = [
  'process',
  'user',
  'user namespace',
  'dumpable flag',
  'Yama scope',
  'capability',
  'pid namespace',
  'seccomp',
  'security module',
  'memory',
  'speed',
  'Python',
];

let target: Awaited<ReturnType<typeof startPythonTarget>>;

beforeAll(async () => {
  target = await startPythonTarget();
});
afterAll(() => target.end());
afterEach(endCommands);

/** `subject  verdict  fact` of each line before the empty one. */
const parseChecks = (text: string): Map<string, { readonly verdict: string; readonly fact: string }> =>
  new Map(
    text
      .split('\n\n')[0]!
      .split('\n')
      .map((line) => {
        const [subject = '', verdict = '', fact = ''] = line.split(/ {2,}/);
        return [subject, { verdict, fact }];
      }),
  );

const factOf = (text: string, subject: string): string => parseChecks(text).get(subject)?.fact ?? '';

/** What stands in the way, and what comes after the checks. */
const obstacles = (text: string): string[] =>
  [...parseChecks(text)].filter(([, { verdict }]) => verdict === 'stands in the way').map(([subject]) => subject);
const conclusion = (text: string): string => text.slice(text.indexOf('\n\n') + 2);

/** One, or none where this is a container, which does not see them. */
const findKernelThreads = (): string[] =>
  fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readProcessStatus(name)?.isKernelThread === true)
    .slice(0, 1);

describe('bbprofiler doctor', () => {
  test('finds nothing in the way of a process that can be read, line by line', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['doctor', '--pid', String(target.pid)]);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect([...parseChecks(stdout).keys()]).toEqual(SUBJECTS);
    expect([...parseChecks(stdout).values()].filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
    expect(factOf(stdout, 'Python')).toMatch(/^CPython 3\.\d+\.\w+, 2 threads$/);
    expect(conclusion(stdout)).toBe(`Process ${String(target.pid)} can be read.\n`);
  });

  test('ends with the exit code of the other commands, and says why', async () => {
    const folder = makeTemporaryFolder();
    onTestFinished(folder.remove);
    for (const [options, subject, words] of [
      [['--pid', FREE_PID], 'process', 'There is no process'],
      [['--basedir', folder.path], 'process', 'has no twistd.pid'],
      [['--pid', String(process.pid)], 'Python', 'holds no CPython'],
    ] as const) {
      const [examined, dumped] = await Promise.all([
        runCommand(['doctor', ...options]),
        runCommand(['dump', ...options]),
      ]);
      expect(examined.exitCode).toBe(dumped.exitCode);
      expect(obstacles(examined.stdout)).toEqual([subject]);
      expect(factOf(examined.stdout, subject)).toContain(words);
      expect(conclusion(examined.stdout)).toMatch(/^.+\.\n {2}.+\.\n$/);
    }
  });

  test('says that a Node without node:ffi reads slower', async () => {
    const args = ['--no-experimental-ffi', MAIN, 'doctor', '--pid', String(target.pid)];
    const { exitCode, stdout } = await startProcess(process.execPath, args).outcome;
    expect(exitCode).toBe(0);
    expect(factOf(stdout, 'speed')).toMatch(/^slower, .* does not give node:ffi$/);
  });

  test('says that a seccomp filter makes reading slower', async () => {
    const command = [FILTERED, process.execPath, MAIN, 'doctor', '--pid', String(target.pid)];
    const { exitCode, stdout, stderr } = await startProcess('python3', command).outcome;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(factOf(stdout, 'seccomp')).toMatch(/under a filter; reading works, if slower$/);
    expect(factOf(stdout, 'speed')).toMatch(/^slower, .* process_vm_readv is refused$/);
  });

  test('shows a command line in short, and nothing of it that moves a cursor', async () => {
    const hostile = [
      '-c',
      'import signal; print(1, flush=True); signal.pause()',
      '\u001b[2J\u009b31m\u202e',
      'x'.repeat(9999),
    ];
    const python = startProcess('python3', hostile);
    await python.nextLine();
    const { stdout } = await runCommand(['doctor', '--pid', String(python.process.pid)]);
    const fact = factOf(stdout, 'process');
    expect(fact).toContain('signal.pause() [2J 31m xxx');
    expect(fact.length).toBeLessThan(2 * MAX_SHOWN_CHARACTERS);
    expect(stdout).not.toMatch(/(?!\n)\p{C}/u);
  });

  test.each(findKernelThreads())('knows a thread of the kernel from a process: %s', async (pid) => {
    const { exitCode, stdout } = await runCommand(['doctor', '--pid', pid]);
    expect(exitCode).toBe(4);
    expect(obstacles(stdout)).toEqual(['memory']);
    expect(factOf(stdout, 'memory')).toContain('is a thread of the kernel');
  });
});

describe('bbprofiler doctor, refused', () => {
  let program: OpenProgram;
  beforeAll(() => {
    program = copyProgram();
  });
  afterAll(() => program.remove());

  const runAs = (uid: number, ...args: string[]) =>
    spawnSync(program.node, [program.main, ...args], { uid, gid: uid, encoding: 'utf8' });
  const examineAs = (uid: number, pid: number) => runAs(uid, 'doctor', '--pid', String(pid));
  const startAs = async (uid: number, memory: 'as-is' | 'open' | 'closed' | 'apart') => {
    const process = await startTarget('python3', 'other_user.py', String(uid), memory);
    onTestFinished(process.end);
    return process;
  };

  test('names the user', (context) => {
    needRoot(context);
    const { status, stdout, stderr } = examineAs(NOBODY, target.pid);
    expect([status, stderr]).toEqual([5, '']);
    expect([...parseChecks(stdout).keys()]).toEqual(SUBJECTS.filter((subject) => subject !== 'speed'));
    expect(obstacles(stdout)).toEqual(['user', 'capability', 'memory']);
    expect(conclusion(stdout)).toMatch(
      /: it belongs to uid 0, the profiler runs as uid 65534 .*\n {2}As root: sudo .+\n$/,
    );
    const dump = runAs(NOBODY, 'dump', '--pid', String(target.pid));
    expect(dump.status).toBe(5);
    expect(dump.stderr).toContain(`it belongs to uid 0`);
    expect(dump.stderr).toContain(`: bbprofiler doctor --pid ${String(target.pid)}\n`);
  });

  test('names a user who may, and who then can', async (context) => {
    needRoot(context);
    const other = await startAs(SOMEBODY_ELSE, 'open');
    const { stdout } = examineAs(NOBODY, other.pid);
    expect(obstacles(stdout)).toEqual(['user', 'capability', 'memory']);
    expect(conclusion(stdout)).toContain(`As the user of the process: sudo -u '#${String(SOMEBODY_ELSE)}' `);
    expect(examineAs(SOMEBODY_ELSE, other.pid).status).toBe(0);
  });

  test.for([
    ['has changed its user', 'as-is'],
    ['closed itself', 'closed'],
  ] as const)('names the dumpable flag of a process that %s', async ([, memory], context) => {
    needRoot(context);
    const process = await startAs(NOBODY, memory);
    const { status, stdout } = examineAs(NOBODY, process.pid);
    expect(status).toBe(5);
    expect(obstacles(stdout)).toEqual(['dumpable flag', 'capability', 'memory']);
    expect(conclusion(stdout)).toMatch(/: it is marked as not dumpable: .*\n {2}As root: sudo .+\n$/);
    expect((await runCommand(['doctor', '--pid', String(process.pid)])).exitCode).toBe(0);
  });

  test('goes by what the kernel does: who made a user namespace may look into it', async (context) => {
    needRoot(context);
    needNamespaces(context, '--user');
    const process = await startAs(NOBODY, 'apart');
    const { status, stdout } = examineAs(NOBODY, process.pid);
    expect(status).toBe(0);
    expect(obstacles(stdout)).toEqual([]);
    expect(factOf(stdout, 'user namespace')).toMatch(/^it is in another .*; reading works all the same$/);
  });

  test('names the second capability that it takes to open a file of another user', (context) => {
    needRoot(context);
    const holding = (...capabilities: string[]) => {
      const list = capabilities.map((capability) => `+${capability}`).join(',');
      const command = ['--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'];
      command.push('--inh-caps', list, '--ambient-caps', list, program.node, program.main);
      return spawnSync('setpriv', [...command, 'doctor', '--pid', String(target.pid)], { encoding: 'utf8' });
    };
    expect(obstacles(holding('sys_ptrace').stdout)).toEqual(['capability', 'memory']);
    expect(factOf(holding('sys_ptrace').stdout, 'capability')).toContain('CAP_DAC_READ_SEARCH');
    expect(holding('sys_ptrace', 'dac_read_search').status).toBe(0);
  });

  test('names the user namespace to who is root only inside one', (context) => {
    needNamespaces(context, '--user', '--map-root-user');
    const command = ['--user', '--map-root-user', process.execPath, MAIN, 'doctor', '--pid', String(target.pid)];
    const { status, stdout } = spawnSync('unshare', command, { encoding: 'utf8' });
    expect(status).toBe(5);
    expect(obstacles(stdout)).toEqual(['user namespace', 'memory']);
    expect(conclusion(stdout)).toContain('on the machine itself');
  });

  test('knows a process that /proc hides', (context) => {
    needRoot(context);
    needNamespaces(context, '--mount');
    const command = 'mount -t proc -o hidepid=2 none /proc && exec setpriv --reuid $0 --regid $0 --clear-groups "$@"';
    const examination = [program.node, program.main, 'doctor', '--pid', String(target.pid)];
    const { status, stdout } = spawnSync('unshare', ['--mount', 'sh', '-c', command, String(NOBODY), ...examination], {
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(factOf(stdout, 'process')).toContain('hidepid');
    expect(conclusion(stdout)).toContain('As root: sudo ');
  });
});

describe('bbprofiler doctor, on a container', () => {
  /** A pid that few machines have come to, so that it means nothing outside. */
  const INNER_PID = Number(fs.readFileSync('/proc/sys/kernel/pid_max', 'utf8')) - 8;

  test('translates a pid that was seen inside', async (context) => {
    needRoot(context);
    needNamespaces(context, '--pid', '--fork');
    const script =
      'echo $0 > /proc/sys/kernel/ns_last_pid; python3 -c "import signal; print(1, flush=True); signal.pause()"; exit';
    const container = startProcess('unshare', [
      ...unshareArguments('--pid', '--fork', '--kill-child'),
      ...['sh', '-c', script, String(INNER_PID - 1)],
    ]);
    await container.nextLine();
    const { exitCode, stdout } = await runCommand(['doctor', '--pid', String(INNER_PID)]);
    expect(exitCode).toBe(3);
    const [, pid = ''] = /From out here it is: bbprofiler doctor --pid (\d+)\n$/.exec(stdout) ?? [];
    const outside = await runCommand(['doctor', '--pid', pid]);
    expect(factOf(outside.stdout, 'pid namespace')).toContain(`its pid is ${String(INNER_PID)}`);
    expect(outside.exitCode).toBe(0);
  });

  test('goes by the pids of /proc, whosever they are', async (context) => {
    needRoot(context);
    needNamespaces(context, '--pid', '--fork');
    const command = [...unshareArguments('--pid', '--fork'), process.execPath, MAIN];
    const { exitCode, stdout } = await startProcess('unshare', [...command, 'doctor', '--pid', String(target.pid)])
      .outcome;
    expect(exitCode).toBe(0);
    expect(factOf(stdout, 'pid namespace')).toContain('it goes by /proc');
    expect(factOf(stdout, 'speed')).toMatch(/^slower, .* other pids than \/proc$/);
  });
});
