import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unixMilliseconds } from '#trace/contract/units.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { LibraryUnion } from './library-union.ts';
import { RecordingStore } from './recording-store.ts';
import { DEFAULT_STORAGE_LIMITS } from './recording-writer.ts';
import { filesOfService } from './service-naming.ts';

let temporary: ReturnType<typeof makeTemporaryFolder>;
let union: LibraryUnion;
/** Of the tab, of the service. */
let ids: readonly string[];

const recordInto = async (store: RecordingStore, startedAt: number): Promise<string> => {
  const writer = store.begin(new Date(startedAt));
  const header = scriptedHeader();
  const started = { ...header, clock: { ...header.clock, startedAt: unixMilliseconds(startedAt) } };
  for (const line of [started, scriptedChunk(0), scriptedEnd(500_000)]) writer.append(encodeWithBytes(line));
  await writer.finish();
  return writer.id;
};

beforeEach(async () => {
  temporary = makeTemporaryFolder();
  const tab = await RecordingStore.open(`${temporary.path}/recordings`);
  const { folder, naming } = filesOfService(`${temporary.path}/prof_`);
  const service = await RecordingStore.open(folder, DEFAULT_STORAGE_LIMITS, naming);
  union = new LibraryUnion([tab, service]);
  ids = [await recordInto(tab, 1000), await recordInto(service, 2000)];
});
afterEach(() => temporary.remove());

describe('LibraryUnion', () => {
  test('lists the recordings of all, newest first', async () => {
    expect((await union.list()).map(({ id }) => id)).toEqual([...ids].reverse());
  });

  test('sends, names and deletes each by its id alone', async () => {
    for (const id of ids) {
      expect((await buffer((await union.openGzip(id)).content)).length).toBeGreaterThan(100);
      expect(await union.relabel(id, { name: 'slow' })).toMatchObject({ id, name: 'slow' });
      await union.remove(id);
    }
    expect(await union.list()).toEqual([]);
  });

  test.each(['', '../prof_', '20261125-030405-0123abcd', '20261125-030405-006'])(
    'has none of the id %j',
    async (id) => {
      await expect(union.describe(id)).rejects.toMatchObject({ code: 'no-such-recording' });
    },
  );
});
