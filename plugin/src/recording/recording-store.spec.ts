import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { scriptedChunk, scriptedEnd, scriptedHeader } from '../../test/scripted-source.ts';
import { makeTemporaryFolder } from '../../test/temporary-folder.ts';
import { encodeWithBytes } from './encoded-line.ts';
import { defaultRecordingsFolder, generateRecordingId, isRecordingId } from './recording-folder.ts';
import { MAX_SIDECAR_BYTES } from './recording-sidecar.ts';
import { RecordingStore } from './recording-store.ts';
import type { RecordingWriter } from './recording-writer.ts';
import { filesOfService } from './service-naming.ts';

let temporary: ReturnType<typeof makeTemporaryFolder>;
let folder: string;
let store: RecordingStore;

beforeEach(async () => {
  temporary = makeTemporaryFolder();
  folder = path.join(temporary.path, 'recordings');
  store = await RecordingStore.open(folder);
});
afterEach(() => temporary.remove());

const append = (writer: RecordingWriter, ...lines: TraceLine[]): void => {
  for (const line of lines) writer.append(encodeWithBytes(line));
};

const recordWhole = async (chunks = 4): Promise<string> => {
  const writer = store.begin();
  append(
    writer,
    scriptedHeader(),
    ...Array.from({ length: chunks }, (_, sequence) => scriptedChunk(sequence)),
    scriptedEnd(chunks * 500_000),
  );
  await writer.finish();
  return writer.id;
};

/** As a killed server leaves it: so much of its last line. */
const leaveBehind = (chunks: number, extra = ''): string => {
  const id = generateRecordingId();
  const lines = [scriptedHeader(), ...Array.from({ length: chunks }, (_, sequence) => scriptedChunk(sequence))];
  const text = lines.map((line) => encodeWithBytes(line).bytes.toString()).join('');
  fs.writeFileSync(path.join(folder, `${id}.bbprof`), text + extra);
  return id;
};

const download = async (id: string): Promise<string[]> => {
  const text = zlib.gunzipSync(await buffer((await store.openGzip(id)).content)).toString();
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => (JSON.parse(line) as TraceLine).kind);
};

const files = (): string[] => fs.readdirSync(folder).sort();
const modeOf = (file: string): string => (fs.statSync(file).mode & 0o777).toString(8);

describe('RecordingStore', () => {
  test('keeps its folder and files to their owner', async () => {
    const id = await recordWhole();
    expect(modeOf(folder)).toBe('700');
    expect(files().map((file) => [file, modeOf(path.join(folder, file))])).toEqual([
      [`${id}.bbprof.gz`, '600'],
      [`${id}.json`, '600'],
    ]);
  });

  test('gives all of a recording that is compressed just when it is asked for', async () => {
    const id = leaveBehind(3);
    // Between finding the plain file and opening it.
    const open = vi.spyOn(fs.promises, 'open').mockImplementationOnce(async (...wanted) => {
      await store.completeLeftovers();
      return fs.promises.open(...wanted);
    });
    expect(await download(id)).toEqual(['header', 'chunk', 'chunk', 'chunk']);
    open.mockRestore();
    expect(files()).toContain(`${id}.bbprof.gz`);
  });

  test('goes on reading a recording that is compressed meanwhile', async () => {
    const id = leaveBehind(3);
    const lines = store.loadLines(id);
    const first = await lines.next();
    const { content } = await store.openGzip(id);
    await store.completeLeftovers();
    expect(files()).not.toContain(`${id}.bbprof`);
    const kinds = [first.value?.kind];
    for await (const { kind } of lines) kinds.push(kind);
    expect(kinds).toEqual(['header', 'chunk', 'chunk', 'chunk']);
    expect(
      zlib
        .gunzipSync(await buffer(content))
        .toString()
        .split('\n'),
    ).toHaveLength(5);
  });

  test('compresses a recording when it ends, and gives the very lines that were written', async () => {
    const id = await recordWhole(3);
    expect(await download(id)).toEqual(['header', 'chunk', 'chunk', 'chunk', 'end']);
  });

  test('summarises a finished recording', async () => {
    const id = await recordWhole(4);
    expect(await store.list()).toEqual([
      expect.objectContaining({
        id,
        name: '',
        mode: 'real',
        duration: 2_000_000,
        endReason: 'stopped',
        losses: expect.objectContaining({ ticksAsked: 200, ticksTaken: 200 }) as unknown,
        size: fs.statSync(path.join(folder, `${id}.bbprof.gz`)).size,
      }),
    ]);
  });

  test('lists without reading the recordings themselves', async () => {
    const id = await recordWhole();
    fs.writeFileSync(path.join(folder, `${id}.bbprof.gz`), 'not even gzip');
    expect(await store.list()).toEqual([expect.objectContaining({ id, duration: 2_000_000 })]);
  });

  test('reads a recording again where its sidecar is lost or makes no sense', async () => {
    const lost = await recordWhole();
    const strange = await recordWhole();
    fs.rmSync(path.join(folder, `${lost}.json`));
    fs.writeFileSync(path.join(folder, `${strange}.json`), '{"name":"a","note":"b","summary":{"isCut":0}}');
    const summaries = await store.list();
    expect(summaries.map(({ duration, endReason }) => [duration, endReason])).toEqual([
      [2_000_000, 'stopped'],
      [2_000_000, 'stopped'],
    ]);
    expect(files()).toContain(`${lost}.json`);
  });

  test('believes no sidecar beyond the size of any that it writes', async () => {
    const named = async (bytes: number): Promise<string | undefined> => {
      const id = await recordWhole();
      const file = path.join(folder, `${id}.json`);
      const sidecar = { ...(JSON.parse(fs.readFileSync(file, 'utf8')) as object), name: 'nightly' };
      fs.writeFileSync(file, JSON.stringify(sidecar).padEnd(bytes));
      return (await store.list()).find((recording) => recording.id === id)?.name;
    };
    expect(await named(MAX_SIDECAR_BYTES)).toBe('nightly');
    expect(await named(MAX_SIDECAR_BYTES + 1)).not.toBe('nightly');
  });

  test('lists what a killed server left as cut, and gives its whole lines', async () => {
    const id = leaveBehind(3, '{"kind":"chunk","seq');
    expect(await store.list()).toEqual([
      expect.objectContaining({
        id,
        endReason: 'cut',
        duration: 1_490_000,
        losses: expect.objectContaining({ ticksTaken: 150 }) as unknown,
      }),
    ]);
    expect(await download(id)).toEqual(['header', 'chunk', 'chunk', 'chunk']);
  });

  test('passes over files that are no recordings', async () => {
    fs.writeFileSync(path.join(folder, 'notes.txt'), 'hello');
    fs.writeFileSync(path.join(folder, 'other.bbprof'), 'hello');
    fs.writeFileSync(path.join(folder, `${generateRecordingId()}.bbprof`), '{"kind":"head');
    expect(await store.list()).toEqual([]);
  });

  test('tells a recording in progress from memory, and gives it up to its last whole line', async () => {
    const writer = store.begin();
    append(writer, scriptedHeader(), scriptedChunk(0), scriptedChunk(1));
    fs.appendFileSync(path.join(folder, `${writer.id}.bbprof`), '{"half');
    const [summary] = await store.list();
    expect(summary).toMatchObject({ id: writer.id, duration: 990_000 });
    expect(summary).not.toHaveProperty('endReason');
    expect(await download(writer.id)).toEqual(['header', 'chunk', 'chunk']);
  });

  test('keeps name and note over the end of the recording', async () => {
    const writer = store.begin();
    append(writer, scriptedHeader(), scriptedChunk(0));
    await store.announce(writer);
    expect(await store.relabel(writer.id, { name: 'slow night' })).toMatchObject({ name: 'slow night', note: '' });
    append(writer, scriptedEnd());
    await writer.finish();
    await store.relabel(writer.id, { note: 'see #3444' });
    expect(await store.describe(writer.id)).toMatchObject({
      name: 'slow night',
      note: 'see #3444',
      endReason: 'stopped',
    });
  });

  test('deletes a recording with all that belongs to it, but none in progress', async () => {
    const id = await recordWhole();
    await store.remove(id);
    expect(files()).toEqual([]);
    const writer = store.begin();
    append(writer, scriptedHeader());
    await expect(store.remove(writer.id)).rejects.toMatchObject({ code: 'recording-in-use' });
    expect(files()).toEqual([`${writer.id}.bbprof`]);
  });

  test('leaves alone what another live server is writing', async () => {
    const other = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    try {
      const id = leaveBehind(1);
      const startTime = fs
        .readFileSync(`/proc/${String(other.pid)}/stat`, 'latin1')
        .replace(/^.*\) /, '')
        .split(' ')[19];
      fs.writeFileSync(
        path.join(folder, `${id}.json`),
        JSON.stringify({ name: '', note: '', recorder: { pid: other.pid, startTime } }),
      );
      fs.writeFileSync(path.join(folder, `${id}.bbprof.gz.tmp`), '');
      const second = await RecordingStore.open(folder);
      const [summary] = await second.list();
      expect(summary).not.toHaveProperty('endReason');
      await expect(second.remove(id)).rejects.toMatchObject({ code: 'recording-in-use' });
      expect(files()).toContain(`${id}.bbprof.gz.tmp`);
      other.stdin.end();
      await once(other, 'exit');
      expect(await second.describe(id)).toMatchObject({ endReason: 'cut' });
      await RecordingStore.open(folder);
      expect(files()).not.toContain(`${id}.bbprof.gz.tmp`);
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('knows only ids of its own making: no request can name a path', async () => {
    fs.writeFileSync(path.join(temporary.path, 'secret.bbprof'), 'x');
    for (const id of [
      '../secret',
      '..',
      '',
      'current',
      `${generateRecordingId()}/../../secret`,
      '20260102-030405-0123ABCD',
    ]) {
      expect(isRecordingId(id)).toBe(false);
      await expect(store.openGzip(id)).rejects.toMatchObject({ code: 'no-such-recording' });
      await expect(store.remove(id)).rejects.toMatchObject({ code: 'no-such-recording' });
    }
    expect(fs.existsSync(path.join(temporary.path, 'secret.bbprof'))).toBe(true);
  });

  test('refuses to begin on a disk with too little room', async () => {
    const careful = await RecordingStore.open(folder, {
      minimumFreeBytes: Number.MAX_SAFE_INTEGER,
      maximumRecordingBytes: 1e9,
    });
    expect(() => append(careful.begin(), scriptedHeader())).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
    expect(files()).toEqual([]);
  });

  test('takes no chunk beyond the largest size', async () => {
    const small = await RecordingStore.open(folder, { minimumFreeBytes: 0, maximumRecordingBytes: 3000 });
    const writer = small.begin();
    append(writer, scriptedHeader(), scriptedChunk(0));
    expect(() => append(writer, scriptedChunk(1, 4000))).toThrow(/largest size/);
    expect(await small.describe(writer.id)).toMatchObject({ duration: 490_000 });
  });

  test('keeps the plain file where it closes before the compressed one is whole', async () => {
    const writer = store.begin();
    append(writer, scriptedHeader(), scriptedChunk(0), scriptedEnd());
    store.close();
    await writer.finish();
    expect(files()).toEqual([`${writer.id}.bbprof`, `${writer.id}.json`]);
    expect(await store.describe(writer.id)).toMatchObject({ endReason: 'stopped' });
    expect(await download(writer.id)).toEqual(['header', 'chunk', 'end']);
  });

  test('completes what killed servers left, up to the last whole line, and still says that it was cut', async () => {
    const id = leaveBehind(3, '{"kind":"chu');
    const another = await RecordingStore.open(folder);
    expect(await another.completeLeftovers()).toBe(1);
    expect(files()).toEqual([`${id}.bbprof.gz`, `${id}.json`]);
    expect(await download(id)).toEqual(['header', 'chunk', 'chunk', 'chunk']);
    expect(await another.describe(id)).toMatchObject({ endReason: 'cut', duration: 1_490_000 });
    expect(await another.completeLeftovers()).toBe(0);
  });

  test('leaves alone what is being written, and what has not one whole line, when it completes leftovers', async () => {
    const writer = store.begin();
    append(writer, scriptedHeader(), scriptedChunk(0));
    const hopeless = generateRecordingId();
    fs.writeFileSync(path.join(folder, `${hopeless}.bbprof`), '{"kind":"head');
    expect(await store.completeLeftovers()).toBe(0);
    expect(files()).toEqual([`${writer.id}.bbprof`, `${hopeless}.bbprof`].sort());
    await writer.finish();
  });

  test('names the files of the service by their time and hides their sidecars', async () => {
    const { folder: place, naming } = filesOfService(path.join(temporary.path, 'prof_'));
    const service = await RecordingStore.open(place, undefined, naming);
    const writer = service.begin(new Date('2026-11-25T03:04:05.006Z'));
    append(writer, scriptedHeader(), scriptedChunk(0), scriptedEnd(500_000));
    await writer.finish();
    fs.writeFileSync(path.join(place, '.prof_2026-11-25T03:04:05.006Z.json.tmp'), '');
    fs.writeFileSync(path.join(place, 'somebody-elses.json.tmp'), '');
    await RecordingStore.open(place, undefined, naming);
    expect(
      fs
        .readdirSync(place)
        .filter((name) => name !== 'recordings')
        .sort(),
    ).toEqual([
      '.prof_2026-11-25T03:04:05.006Z.json',
      'prof_2026-11-25T03:04:05.006Z.bbprof.gz',
      'somebody-elses.json.tmp',
    ]);
    expect(modeOf(path.join(place, 'prof_2026-11-25T03:04:05.006Z.bbprof.gz'))).toBe('600');
  });
});

test('recordings lie in the state folder of the user unless told', () => {
  expect(defaultRecordingsFolder({ XDG_STATE_HOME: '/srv/state' })).toBe('/srv/state/bbprofiler/recordings');
  expect(defaultRecordingsFolder({ XDG_STATE_HOME: 'relative' })).toMatch(/\/\.local\/state\/bbprofiler\/recordings$/);
  expect(defaultRecordingsFolder({})).toMatch(/\/\.local\/state\/bbprofiler\/recordings$/);
});
