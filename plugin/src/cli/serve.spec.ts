import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorBody, RecordingSummary, ServerStatus } from '#trace/contract/api.ts';
import {
  endCommands,
  parseServerLine,
  startCommand,
  startPythonTarget,
  type CommandOutcome,
} from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines } from '../../test/trace-file.ts';

let target: Awaited<ReturnType<typeof startPythonTarget>>;
let folder: ReturnType<typeof makeTemporaryFolder>;

beforeAll(async () => {
  target = await startPythonTarget();
});
afterAll(() => target.end());
beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  endCommands();
  folder.remove();
});

const pidOption = (): string[] => ['--pid', String(target.pid)];

/** Exit code and what is said, on one line. */
const told = ({ exitCode, stderr }: CommandOutcome): string => `${String(exitCode)}: ${stderr.trim()}`;

describe('bbprofiler serve', () => {
  const serve = (...more: string[]) =>
    startCommand(['serve', ...pidOption(), '--port', '0', '--recordings', folder.path, ...more]);

  test('prints one line with the address, records, and ends in order on SIGINT', async () => {
    const server = serve();
    const line = await server.nextLine();
    expect(line).toMatch(
      new RegExp(
        `^bbprofiler: profiling pid ${String(target.pid)} \\(Python 3\\.[\\d.]+\\) at http://localhost:\\d+/profiler#token=[\\w-]{32}$`,
      ),
    );
    const { origin, token } = parseServerLine(line);
    const headers = { authorization: `Bearer ${token}` };
    const started = await fetch(`${origin}/api/v1/recordings`, { method: 'POST', headers });
    const { id, mode } = (await started.json()) as RecordingSummary;
    expect(mode).toBe('virtual');
    server.process.kill('SIGINT');
    const outcome = await server.outcome;
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '', stdout: `${line}\n` });
    expect(readLines(path.join(folder.path, `${id}.bbprof.gz`)).at(-1)).toMatchObject({
      kind: 'end',
      reason: 'stopped',
    });
  });

  test('follows a master by its basedir', async () => {
    fs.writeFileSync(path.join(folder.path, 'twistd.pid'), String(target.pid));
    const server = startCommand([
      'serve',
      '--basedir',
      folder.path,
      '--port',
      '0',
      '--recordings',
      path.join(folder.path, 'recordings'),
    ]);
    const { origin, token } = parseServerLine(await server.nextLine());
    const status = async (): Promise<ServerStatus> => {
      const answer = await fetch(`${origin}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } });
      return (await answer.json()) as ServerStatus;
    };
    expect((await status()).target?.pid).toBe(target.pid);
    fs.rmSync(path.join(folder.path, 'twistd.pid'));
    expect((await status()).targetProblem).toMatchObject({ code: 'not-a-master' } satisfies Partial<ErrorBody>);
    const restarted = await startPythonTarget();
    try {
      fs.writeFileSync(path.join(folder.path, 'twistd.pid'), String(restarted.pid));
      expect((await status()).target?.pid).toBe(restarted.pid);
    } finally {
      await restarted.end();
      server.process.kill('SIGTERM');
    }
    expect((await server.outcome).exitCode).toBe(0);
  });

  test('names the port that is in use', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as net.AddressInfo;
    try {
      const outcome = await startCommand(['serve', ...pidOption(), '--recordings', folder.path], { PORT: String(port) })
        .outcome;
      expect(told(outcome)).toMatch(new RegExp(`^10: bbprofiler: Port ${String(port)} is in use\\. .*--port`));
    } finally {
      other.close();
    }
  });

  test('ends the demo master that it started, also when it is killed', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const server = startCommand(['serve', '--demo', '--port', '0', '--recordings', folder.path]);
      const pid = Number(/pid (\d+)/.exec(await server.nextLine())?.[1]);
      expect(fs.existsSync(`/proc/${String(pid)}`)).toBe(true);
      server.process.kill(signal);
      await server.outcome;
      await expect.poll(() => fs.existsSync(`/proc/${String(pid)}`), { timeout: 10_000 }).toBe(false);
    }
  });
});
