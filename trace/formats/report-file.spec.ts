import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../contract/codec.ts';
import { collect, collectLines, fileOf, joinParts } from '../testing/read-bytes.ts';
import { traceFromText } from '../testing/trace-from-text.ts';
import { convertTrace, type ExportHost } from './convert-trace.ts';
import { DETECTED_BYTES, detectFormat, REPORT_MARK } from './detect-format.ts';
import { readTraceFile } from './read-trace-file.ts';
import { MAX_PAGE_BYTES, REPORT_SLOT, unwrapReport } from './report-file.ts';

const PAGE = `<!doctype html><html><head>${REPORT_MARK}<script>if (1 < 2) show()</script></head><body>${REPORT_SLOT}</body></html>`;

const hostWith = (page: string): ExportHost => ({
  loadReportPage: () => Promise.resolve(page),
  gzip: async function* (text) {
    yield gzipSync((await collect(text)).join(''));
  },
});

async function* gunzip(packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield gunzipSync(joinParts(await collect(packed)));
}

/** Names that would end the element, the page or its text, if they were in there as they are. */
const HOSTILE = traceFromText(`
  main
    2 running  </script><script>alert(1)</script>@</html>.py:3 > <!--&amp;@a.py`);

const write = async (options: { weight?: 'cpu'; isRedacted?: boolean } = {}, page = PAGE): Promise<Uint8Array> => {
  const lines = (async function* () {
    yield* HOSTILE;
  })();
  return joinParts(await collect(convertTrace(lines, { format: 'html', ...options }, hostWith(page))));
};

const read = (bytes: Uint8Array) => collectLines(readTraceFile(unwrapReport(fileOf(bytes), gunzip)));

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('a report', () => {
  it('has the page around the recording, whatever names are in it', async () => {
    const text = textOf(await write());
    const [head, tail] = PAGE.split(REPORT_SLOT);
    expect(text.startsWith(head!)).toBe(true);
    expect(text.endsWith(`</script>${tail}`)).toBe(true);
    expect(text.slice(head!.length, -`</script>${tail}`.length)).toMatch(
      /^<script id="bbp-recording" type="application\/gzip">[A-Za-z0-9+/]+=*$/,
    );
  });

  it('opens again as the recording that it was made from', async () => {
    expect(await read(await write())).toEqual(HOSTILE);
  });

  it('opens again wherever it is cut into blocks', async () => {
    const bytes = await write();
    async function* blocks(): AsyncGenerator<Uint8Array, void> {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    }
    expect(await collectLines(readTraceFile(unwrapReport(blocks(), gunzip)))).toEqual(HOSTILE);
  });

  it('says which weight it shows first, where one is asked for', async () => {
    expect(textOf(await write({ weight: 'cpu' }))).toContain(' data-weight="cpu">');
  });

  it('is redacted before it is packed', async () => {
    const lines = (await read(await write({ isRedacted: true }))).map(encodeLine).join('');
    expect(lines).toContain('/folder-');
    expect(lines).not.toContain('</html>.py');
  });

  it('is told by its first bytes from other pages', async () => {
    const bytes = await write();
    expect(detectFormat(bytes.subarray(0, DETECTED_BYTES))).toBe('report');
    expect(detectFormat(Buffer.from('<!doctype html><title>12</title>'))).toBe('unknown');
  });

  it('leaves files of all other formats as they are', async () => {
    const plain = Buffer.from('main;work 12\n');
    expect(joinParts(await collect(unwrapReport(fileOf(plain), gunzip)))).toEqual(new Uint8Array(plain));
  });

  it('is refused without a recording, and one without an end is not searched for ever', async () => {
    const pages = [PAGE, `${PAGE.slice(0, 200)}<script id="bbp-recording" `, PAGE + ' '.repeat(MAX_PAGE_BYTES)];
    for (const page of pages) await expect(read(Buffer.from(page))).rejects.toMatchObject({ code: 'bad-trace' });
  });

  it('is no recording within another', async () => {
    await expect(collectLines(readTraceFile(fileOf(await write())))).rejects.toMatchObject({ code: 'bad-trace' });
  });

  it('is not made of a page with no place for a recording, or with two', async () => {
    for (const page of ['<!doctype html>', PAGE + REPORT_SLOT])
      await expect(write({}, page)).rejects.toMatchObject({ code: 'internal' });
  });
});
