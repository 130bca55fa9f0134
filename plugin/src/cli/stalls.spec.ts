import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeLine } from '#trace/contract/codec.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import { endCommands, runCommand } from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';

const DRAWING = `
  main
    1 idle         . run@/lib/reactor.py > poll@/lib/reactor.py
    30 running+gil * run@/lib/reactor.py > parse@/srv/logs.py
    10 waiting?gil ~ run@/lib/reactor.py > parse@/srv/logs.py
    1 idle         . run@/lib/reactor.py > poll@/lib/reactor.py
`;

let folder: ReturnType<typeof makeTemporaryFolder>;
let file: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
  file = path.join(folder.path, 'a.bbprof');
  fs.writeFileSync(
    file,
    traceFromText(DRAWING)
      .map((line) => `${encodeLine(line)}\n`)
      .join(''),
  );
});
afterEach(() => {
  endCommands();
  folder.remove();
});

describe('bbprofiler stalls', () => {
  test('lists what held the reactor, when, for how long and what the thread did meanwhile', async () => {
    const { exitCode, stdout, stderr } = await runCommand(['stalls', file]);
    expect([exitCode, stdout]).toEqual([
      0,
      `1 stall of 100 ms or longer:

0.010 s  0.400 s (0.390 s to 0.410 s): 75 % on a CPU, 25 % waiting for the GIL
    parse (/srv/logs.py:0)  100 %
    from run (/lib/reactor.py:0)
`,
    ]);
    expect(stderr).toMatch(/ends unexpectedly/);
  });

  test('leaves out what is shorter than the threshold, and says so', async () => {
    expect((await runCommand(['stalls', file, '--threshold', '500'])).stdout).toBe(
      'No callback took 500 ms or longer.\n',
    );
  });

  test('gives the same as JSON', async () => {
    const { stdout } = await runCommand(['stalls', file, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      hasDispatches: true,
      stalls: [
        { thread: 'main', duration: 400_000, functions: [{ name: 'run' }, { name: 'parse', file: '/srv/logs.py' }] },
      ],
      spells: [],
    });
  });

  test('says where a recording shows no event loop', async () => {
    fs.writeFileSync(
      file,
      traceFromText('main\n  3 running work')
        .map((line) => `${encodeLine(line)}\n`)
        .join(''),
    );
    expect((await runCommand(['stalls', file])).stdout).toMatch(/no event loop that is known/);
  });

  test('refuses a threshold that is none', async () => {
    expect((await runCommand(['stalls', file, '--threshold', '-1'])).exitCode).toBe(2);
  });
});
