import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RecordingSummary } from '#trace/contract/api.ts';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { endCommands, parseServerLine, startCommand, startProcess } from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { writeTrace } from '../../test/trace-file.ts';

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

describe('bbprofiler view', () => {
  test('serves the files it is given, also those of the original plugin, and records nothing', async () => {
    writeTrace(file, 2);
    const server = startCommand([file, ORIGINAL, '--port', '0']);
    const { origin, token } = parseServerLine(await server.nextLine());
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await fetch(`${origin}/api/v1/status`, { headers })).json()).toMatchObject({ canRecord: false });
    const list = (await (await fetch(`${origin}/api/v1/recordings`, { headers })).json()) as RecordingSummary[];
    expect(list.map(({ name, endReason }) => [name, endReason])).toEqual([
      ['original-prof.json.gz', 'stopped'],
      ['a.bbprof', 'cut'],
    ]);
    for (const { id } of list) {
      const answer = await fetch(`${origin}/api/v1/recordings/${id}`, { headers });
      const text = zlib.gunzipSync(Buffer.from(await answer.arrayBuffer())).toString();
      expect((JSON.parse(text.slice(0, text.indexOf('\n'))) as TraceLine).kind).toBe('header');
      expect((await fetch(`${origin}/api/v1/recordings/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    }
    expect(fs.existsSync(file) && fs.existsSync(ORIGINAL)).toBe(true);
    server.process.kill('SIGTERM');
    expect((await server.outcome).exitCode).toBe(0);
  });

  test('opens the page on the one file it is given', async () => {
    writeTrace(file, 1);
    const server = startCommand(['view', file, '--port', '0']);
    expect(await server.nextLine()).toMatch(
      /^bbprofiler: viewer at http:\/\/localhost:\d+\/profiler\?recording=file-1#token=/,
    );
    server.process.kill('SIGINT');
    expect((await server.outcome).exitCode).toBe(0);
  });

  test('loads nothing that only Linux has', async () => {
    const hook = `
      import { registerHooks } from 'node:module';
      registerHooks({ load(url, context, next) {
        if (/plugin\\/src\\/(sampler|cpython|memory|elf)\\//.test(url)) console.error('loaded ' + url);
        return next(url, context);
      } });`;
    const server = startProcess(process.execPath, [
      '--import',
      `data:text/javascript,${encodeURIComponent(hook)}`,
      MAIN,
      'view',
      '--port',
      '0',
      '--recordings',
      folder.path,
    ]);
    await server.nextLine();
    server.process.kill('SIGINT');
    expect(await server.outcome).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
