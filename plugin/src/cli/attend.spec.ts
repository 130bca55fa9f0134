import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TraceChunk, TraceEnd, TraceHeader } from '#trace/contract/trace-lines.ts';
import { endCommands, runCommand, startPlayedMaster, type PlayedMaster } from '../../test/played-master.ts';
import { parseServerLine, startCommand } from '../../test/cli-process.ts';
import { needRoot } from '../../test/machine-needs.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { readLines } from '../../test/trace-file.ts';
import { readProcessStatus } from '../memory/process-status.ts';
import { MAX_MASTER_LINE_BYTES } from '../server/master-messages.ts';
import { masterSocketPath } from '../session/master-socket.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
/** What a killed process may have lost, in milliseconds. */
const MAX_LOST_MS = 1_000;

let folder: ReturnType<typeof makeTemporaryFolder>;
let master: PlayedMaster;

beforeEach(async () => {
  folder = makeTemporaryFolder();
  master = await startPlayedMaster(folder.path, process.execPath, MAIN);
  await master.news('target');
});
afterEach(async () => {
  await master.end();
  endCommands();
  folder.remove();
});

const files = (suffix: string): string[] =>
  fs
    .readdirSync(folder.path)
    .filter((name) => name.startsWith('prof_') && name.endsWith(suffix))
    .sort();

interface WholeRecording {
  readonly header: TraceHeader;
  readonly chunks: readonly TraceChunk[];
  readonly end: TraceEnd | undefined;
}

const load = (name: string): WholeRecording => {
  const lines = readLines(path.join(folder.path, name));
  const [header] = lines;
  const end = lines.at(-1);
  if (header?.kind !== 'header') throw new Error(`${name} has no header`);
  return {
    header,
    chunks: lines.filter((line) => line.kind === 'chunk'),
    end: end?.kind === 'end' ? end : undefined,
  };
};

const SETTINGS = { frequencyHz: 100, periodSeconds: 1, mode: 'real' };
const service = (settings: object = {}): object => ({
  kind: 'service',
  settings: { basepath: `${folder.path}/prof_`, ...SETTINGS, ...settings },
});

const bbprofiler = (...args: string[]) => runCommand([...args, '--basedir', folder.path]);

describe('the sampler of a plugin', () => {
  test('records period after period with no tick between them lost, and completes the last one when its master lets go', async () => {
    master.send(service());
    await vi.waitFor(() => expect(files('.bbprof.gz').length).toBeGreaterThanOrEqual(3), 30_000);
    await master.letGo();
    const recordings = files('.bbprof.gz').map(load);
    expect(new Set(recordings.map(({ header }) => header.target.buildbotVersion))).toEqual(new Set(['3.7.0']));
    expect(files('.bbprof')).toEqual([]);
    expect(recordings.map(({ end }) => end?.reason)).toEqual([
      ...Array<string>(recordings.length - 1).fill('period-over'),
      'stopped',
    ]);
    for (const [index, { header, end }] of recordings.entries()) {
      const next = recordings[index + 1];
      if (next !== undefined) expect(next.header.clock.monotonic - header.clock.monotonic).toBe(end?.at);
    }
    const asked = recordings
      .slice(0, -1)
      .map(({ chunks }) => chunks.reduce((sum, { losses }) => sum + losses.ticksAsked, 0));
    // One in each hundredth of a second; what came too late for the last of them is asked for no more.
    expect(asked.filter((count) => count < 80 || count > 100)).toEqual([]);
    expect(fs.existsSync(masterSocketPath(folder.path))).toBe(false);
  });

  test('goes on with other settings, keeps what it has, and stops when told', async () => {
    master.send(service({ periodSeconds: 600 }));
    await master.news('recording');
    master.send(service({ periodSeconds: 600, frequencyHz: 50 }));
    await master.news('recording');
    master.send({ kind: 'service' });
    await vi.waitFor(() => expect(files('.bbprof.gz')).toHaveLength(2), 30_000);
    expect(files('.bbprof.gz').map((name) => load(name).header.frequencyHz)).toEqual([100, 50]);
  });

  test('puts the builds that it hears of into every recording', async () => {
    const build = { kind: 'build', id: 7, number: 3, builder: 'linux', worker: 'w1', startedAt: Date.now() };
    master.send({ kind: 'builds', events: [build] });
    master.send(service());
    await master.news('recording');
    master.send({
      kind: 'builds',
      events: [{ kind: 'step', id: 9, buildId: 7, name: 'compile', startedAt: Date.now() }],
    });
    await vi.waitFor(() => expect(files('.bbprof.gz').length).toBeGreaterThanOrEqual(2), 30_000);
    await master.letGo();
    for (const name of files('.bbprof.gz')) {
      const events = load(name).chunks.flatMap((chunk) => chunk.events);
      expect(events).toContainEqual(expect.objectContaining({ kind: 'build', id: 7, builder: 'linux' }));
      expect(events).toContainEqual(expect.objectContaining({ kind: 'step', id: 9, buildId: 7, name: 'compile' }));
    }
  });

  test.each([
    ['no JSON', 'nonsense'],
    ['an unknown kind', { kind: 'dance' }],
    ['a mode that there is not', { kind: 'service', settings: { ...SETTINGS, basepath: '/x', mode: 'fast' } }],
    ['an event without an id', { kind: 'builds', events: [{ kind: 'step', name: 'x', buildId: 1, startedAt: 0 }] }],
  ])('refuses a message with %s, and goes on', async (_what, message) => {
    master.send(message);
    expect(await master.news('problem')).toMatchObject({ problem: { code: 'bad-argument' } });
    master.send(service());
    await master.news('recording');
  });

  test('passes over a line that is too long, and goes on', async () => {
    master.send('x'.repeat(MAX_MASTER_LINE_BYTES + 1));
    expect(await master.news('problem')).toMatchObject({
      problem: { message: expect.stringContaining('longer than') },
    });
    master.send(service());
    await master.news('recording');
  });

  test('ends with a master that is killed, and completes its recordings', async () => {
    master.send(service({ periodSeconds: 600 }));
    await master.news('recording');
    await vi.waitFor(() => expect(load(files('.bbprof')[0] ?? '').chunks.length).toBeGreaterThan(1), 30_000);
    const killedAt = Date.now();
    await master.kill();
    await vi.waitFor(() => expect(files('.bbprof.gz')).toHaveLength(1), 30_000);
    const { header, end } = load(files('.bbprof.gz')[0] ?? '');
    expect(end?.reason).toBe('target-exited');
    expect(killedAt - (header.clock.startedAt + (end?.at ?? 0) / 1000)).toBeLessThan(MAX_LOST_MS);
    await vi.waitFor(() => expect(master.isSamplerAlive()).toBe(false), 30_000);
  });

  test('reads a master without any capability, as it runs in a container', async (context) => {
    needRoot(context);
    await master.end();
    const withoutCapabilities = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs'];
    master = await startPlayedMaster(folder.path, process.execPath, MAIN, withoutCapabilities);
    await master.news('target');
    expect(readProcessStatus(String(master.samplerPid))?.capabilities).toBe(0n);
    expect((await bbprofiler('doctor')).stdout).toContain('CAP_SYS_PTRACE is not held, and not needed');
  });

  test('completes what one that was killed has left', async () => {
    master.send(service({ periodSeconds: 600 }));
    await master.news('recording');
    await vi.waitFor(() => expect(load(files('.bbprof')[0] ?? '').chunks.length).toBeGreaterThan(1), 30_000);
    process.kill(master.samplerPid, 'SIGKILL');
    await master.end();
    expect(files('.bbprof')).toHaveLength(1);
    master = await startPlayedMaster(folder.path, process.execPath, MAIN);
    master.send(service({ periodSeconds: 600 }));
    await vi.waitFor(() => expect(files('.bbprof.gz')).toHaveLength(1), 30_000);
    expect(load(files('.bbprof.gz')[0] ?? '').end).toBeUndefined();
  });
});

describe('the command line beside a plugin', () => {
  test('records through its sampler, beside the service', async () => {
    master.send(service());
    await master.news('recording');
    const output = path.join(folder.path, 'own.bbprof.gz');
    const outcome = await bbprofiler('record', '--duration', '1', '--mode', 'real', '--output', output);
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(outcome.stderr).toContain("through the master's plugin");
    expect(outcome.stderr).toContain(', Buildbot 3.7.0)');
    expect(outcome.stdout).toMatch(/own\.bbprof\.gz: 1\.0 s, \d+ ticks.*period over/);
    const { header, end } = load('own.bbprof.gz');
    expect(header.target.buildbotVersion).toBe('3.7.0');
    expect([header.target.pid, end?.reason]).toEqual([master.pid, 'period-over']);
    expect(files('').length).toBeGreaterThan(0);
  });

  test('dumps and examines through its sampler', async () => {
    const dumped = await bbprofiler('dump', '--json');
    expect(JSON.parse(dumped.stdout)).toContainEqual(expect.objectContaining({ name: 'MainThread', isMain: true }));
    const examined = await bbprofiler('doctor');
    expect(examined).toMatchObject({ exitCode: 0 });
    expect(examined.stdout).toContain(`Process ${String(master.pid)} can be read.`);
  });

  test('serves the page for its sampler, whose recordings stay when that ends', async () => {
    const refused = await bbprofiler('serve', '--recordings', folder.path);
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('leave out --recordings')]);
    const server = startCommand(['serve', '--port', '0', '--basedir', folder.path]);
    const line = await server.nextLine();
    expect(line).toContain(`profiling pid ${String(master.pid)} (`);
    expect(line).toContain(", Buildbot 3.7.0) through the master's plugin at http");
    const { origin, token } = parseServerLine(line);
    const headers = { authorization: `Bearer ${token}` };
    const started = await fetch(`${origin}/api/v1/recordings`, { method: 'POST', headers });
    expect(started.status).toBe(201);
    server.process.kill('SIGINT');
    expect(await server.outcome).toMatchObject({ exitCode: 0, stderr: '' });
    const second = await bbprofiler('record', '--duration', '1', '--output', path.join(folder.path, 'b.bbprof.gz'));
    expect(second.exitCode).toBe(11);
  });

  test('says that one recording of the tab is in progress', async () => {
    const first = bbprofiler('record', '--duration', '3', '--output', path.join(folder.path, 'a.bbprof.gz'));
    await vi.waitFor(() => expect(fs.readdirSync(`${folder.path}/.bbprofiler/recordings`)).not.toEqual([]), 30_000);
    const second = await bbprofiler('record', '--duration', '1', '--output', path.join(folder.path, 'b.bbprof.gz'));
    expect(second.exitCode).toBe(11);
    expect((await first).exitCode).toBe(0);
  });

  test('goes by twistd.pid where a socket was only left behind', async () => {
    process.kill(master.samplerPid, 'SIGKILL');
    await vi.waitFor(() => expect(master.isSamplerAlive()).toBe(false), 30_000);
    expect(fs.existsSync(masterSocketPath(folder.path))).toBe(true);
    fs.writeFileSync(path.join(folder.path, 'twistd.pid'), String(master.pid));
    expect((await bbprofiler('dump')).stdout).toContain('MainThread');
  });
});
