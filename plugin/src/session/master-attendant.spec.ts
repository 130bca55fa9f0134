import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScriptedSource, scriptedTarget } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { MasterAttendant, type AttendantNews } from './master-attendant.ts';
import { TargetWatch } from './target-watch.ts';

const CLOSE_LIMIT_MS = 10_000;

let folder: ReturnType<typeof makeTemporaryFolder>;
let attendant: MasterAttendant;
let news: AttendantNews[];

beforeEach(async () => {
  folder = makeTemporaryFolder();
  news = [];
  attendant = await MasterAttendant.open({
    basedir: folder.path,
    watch: new TargetWatch({ description: '', followsRestarts: false, locate: () => 4711 }, scriptedTarget),
    startSource: new ScriptedSource().start,
    onNews: (told) => news.push(told),
    onFailure: (error) => expect.unreachable(String(error)),
    retryMs: 5,
  });
});
afterEach(async () => {
  await attendant.close(CLOSE_LIMIT_MS);
  folder.remove();
});

describe('MasterAttendant', () => {
  test('tells once of a basepath that cannot be opened, and records there when it can', async () => {
    const blocked = `${folder.path}/blocked`;
    fs.writeFileSync(blocked, '');
    const settings = { basepath: `${blocked}/prof_`, frequencyHz: 100, periodSeconds: 5, mode: 'real' as const };
    await attendant.take({ kind: 'service', settings });
    expect(news).toMatchObject([{ kind: 'problem', problem: { code: 'file-unwritable' } }]);
    fs.rmSync(blocked);
    await expect.poll(() => news.map(({ kind }) => kind)).toEqual(['problem', 'recording']);
  });
});
