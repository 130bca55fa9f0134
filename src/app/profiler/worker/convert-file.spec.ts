import { describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat } from '#trace/contract/api.ts';
import { encodeLine } from '#trace/contract/codec.ts';
import type { Conversion } from '#trace/formats/convert-trace.ts';
import { REPORT_MARK } from '#trace/formats/detect-format.ts';
import { REPORT_SLOT } from '#trace/formats/report-file.ts';
import { traceFromText } from '#trace/testing/trace-from-text.ts';
import { convertStream } from './convert-file.ts';
import { makeExportHost } from './export-host.ts';
import { readTraceStream } from './trace-file.ts';

const TRACE = traceFromText('main\n  2 running run@/srv/a.py:3 > work@/srv/a.py:5')
  .map((line) => `${encodeLine(line)}\n`)
  .join('');

const REPORT_PAGE = `<!doctype html>${REPORT_MARK}${REPORT_SLOT}`;

const hostWith = (page: Response) => makeExportHost('report.html', () => Promise.resolve(page));

const convert = async (
  conversion: Conversion,
  text = TRACE,
  page = new Response(REPORT_PAGE),
  onBytes: (loaded: number) => void = () => undefined,
): Promise<Response> =>
  new Response(await convertStream(new Response(text).body!, conversion, hostWith(page), onBytes));

const kindsOf = async ({ body }: Response): Promise<string[]> => {
  const kinds: string[] = [];
  for await (const { kind } of readTraceStream(body!, () => undefined)) kinds.push(kind);
  return kinds;
};

describe('a file that is converted in the worker', () => {
  it.each(EXPORT_FORMATS)('can be opened again: %s', async (format) => {
    expect((await kindsOf(await convert({ format, weight: 'wall' }))).slice(0, 2)).toEqual(['header', 'chunk']);
  });

  it('is packed where the format is', async () => {
    const head = async (format: ExportFormat) =>
      Array.from(new Uint8Array(await (await convert({ format })).arrayBuffer()).subarray(0, 2));
    expect(await head('pprof')).toEqual([0x1f, 0x8b]);
    expect(await head('bbprof')).toEqual([0x1f, 0x8b]);
    expect(await head('speedscope')).not.toEqual([0x1f, 0x8b]);
  });

  it('is redacted and weighed as asked', async () => {
    const text = await (await convert({ format: 'collapsed', weight: 'wall', isRedacted: true })).text();
    expect(text).toBe('main;run (/folder-1/a.py:3);work (/folder-1/a.py:5) 20000\n');
    expect(await (await convert({ format: 'collapsed', weight: 'cpu' })).text()).toBe('');
  });

  it('tells how much of it was read, up to its end', async () => {
    const loaded: number[] = [];
    await convert({ format: 'collapsed' }, TRACE, undefined, (bytes) => loaded.push(bytes));
    expect(loaded.at(-1)).toBe(new TextEncoder().encode(TRACE).length);
  });

  it('is no report where the page of reports is missing', async () => {
    const missing = new Response('', { status: 404 });
    await expect(convert({ format: 'html' }, TRACE, missing)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is refused as it is on opening', async () => {
    await expect(convert({ format: 'pprof' }, 'hello')).rejects.toMatchObject({ code: 'bad-trace' });
  });
});
