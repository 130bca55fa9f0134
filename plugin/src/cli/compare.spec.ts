import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeLine } from '#trace/contract/codec.ts';
import type { RecordingMode } from '#trace/contract/trace-lines.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import { endCommands, runCommand } from '../../test/cli-process.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';

let folder: ReturnType<typeof makeTemporaryFolder>;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  endCommands();
  folder.remove();
});

const write = (name: string, drawing: string, mode: RecordingMode = 'real'): string => {
  const file = path.join(folder.path, name);
  const lines = traceFromText(drawing, { mode }).map((line) => `${encodeLine(line)}\n`);
  fs.writeFileSync(file, lines.join(''));
  return file;
};
const before = () =>
  write('before', 'main\n  20 running run@/srv/a/app.py > old@/srv/a/app.py\n  80 running run@/srv/a/app.py');
const after = () =>
  write('after', 'main\n  10 running run@/opt/a/app.py > fresh@/opt/a/app.py\n  30 running run@/opt/a/app.py');

describe('bbprofiler compare', () => {
  test('lists what grew and what shrank, in shares of each side, and what came and went', async () => {
    const { exitCode, stdout } = await runCommand(['compare', before(), after()]);
    expect([exitCode, stdout]).toEqual([
      0,
      `Shares of the wall weight: 1.000 s before, 0.400 s after.

What grew:
   change     before      after  with callees
    +25.0      0.0 %     25.0 %         +25.0  fresh (a.app)  [added]

What shrank:
   change     before      after  with callees
    -20.0     20.0 %      0.0 %         -20.0  old (a.app)  [removed]
     -5.0     80.0 %     75.0 %           0.0  run (a.app)
`,
    ]);
  });

  test('gives the same as JSON', async () => {
    const { stdout } = await runCommand(['compare', before(), after(), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      weight: 'wall',
      microsecondsBefore: 1_000_000,
      microsecondsAfter: 400_000,
      functions: [
        { name: 'fresh', change: 'added', self: { before: 0, after: 0.25 } },
        { name: 'run' },
        { name: 'old' },
      ],
    });
  });

  test('says where nothing changed', async () => {
    const file = before();
    expect((await runCommand(['compare', file, file])).stdout).toMatch(
      /What grew: nothing\.\n\nWhat shrank: nothing\.\n$/,
    );
  });

  test('refuses recordings of different modes or weights, and says why', async () => {
    const other = write('other', 'main cpu=10ms\n  1 running run', 'prof');
    const byDefault = await runCommand(['compare', before(), other]);
    expect([byDefault.exitCode, byDefault.stderr]).toEqual([8, expect.stringMatching(/wall time, the other CPU time/)]);
    const sameWeight = await runCommand(['compare', before(), other, '--weight', 'wall']);
    expect(sameWeight.stderr).toMatch(/mode real, the other in the mode prof/);
  });
});
