import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { NODE, StartedProcess } from '../processes/child-process.ts';
import { URL_LINE } from '../processes/profiler-server.ts';
import { PythonWithPlugin } from '../processes/python-with-plugin.ts';
import { expect, test } from './plugin-test.ts';

const run = promisify(execFile);
const EXIT_UNSUPPORTED = 4;

/** The wheel that brings no Node, and a PATH with nothing on it. */
const withPureWheel = async (use: (plugin: PythonWithPlugin, emptyPath: string) => Promise<void>): Promise<void> => {
  const plugin = await PythonWithPlugin.create({ isPure: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'no-programs-'));
  try {
    await use(plugin, folder);
  } finally {
    await plugin.remove();
    await rm(folder, { recursive: true });
  }
};

test('without Node the viewer is served from Python, and everything else says what it needs', async () => {
  await withPureWheel(async (plugin, emptyPath) => {
    const refused = await run(plugin.bbprofiler, ['dump', '--pid', '1'], { env: { PATH: emptyPath } }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({
      code: EXIT_UNSUPPORTED,
      stderr: expect.stringContaining('install Node 24') as unknown,
    });

    const viewer = new StartedProcess(plugin.bbprofiler, ['view', '--port', '0'], { PATH: emptyPath });
    try {
      const [, address = ''] = await viewer.findLine(URL_LINE, 30_000);
      const page = await fetch(address);
      expect(await page.text()).toMatch(/<bbp-root ngcspnonce="[\w-]+">/i);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(await (await fetch(new URL('/api/v1/status', address))).json()).toMatchObject({ canRecord: false });
      expect((await fetch(new URL('/nvd3.js', address))).headers.get('content-type')).toBe('text/javascript');
      for (const other of ['/api/v1/dump', '/../command.py', '/no.js'])
        expect((await fetch(new URL(other, address))).status).toBe(404);
    } finally {
      await viewer.stop('SIGINT');
    }
  });
});

test('the wheel without Node uses one from PATH', async () => {
  await withPureWheel(async (plugin, folder) => {
    await symlink(NODE, path.join(folder, 'node'));
    const { stdout } = await run(plugin.bbprofiler, ['--version'], { env: { PATH: folder } });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
