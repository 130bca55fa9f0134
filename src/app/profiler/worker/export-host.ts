import { ProfilerError } from '#trace/contract/errors.ts';
import type { ExportHost } from '#trace/formats/convert-trace.ts';
import { toStream } from './byte-stream.ts';

/** What exports take from a browser: the page of reports from beside our own files, and its compression. */
export const makeExportHost = (reportPageUrl: string, load: typeof fetch): ExportHost => ({
  loadReportPage: async () => {
    const answer = await load(reportPageUrl);
    if (!answer.ok)
      throw new ProfilerError('not-found', 'The page of reports has not been built', { url: reportPageUrl });
    return answer.text();
  },
  gzip: (text) => gzip(text),
});

async function* gzip(text: AsyncIterable<string>): AsyncGenerator<Uint8Array, void> {
  const utf8 = new TextEncoder();
  async function* encoded(): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for await (const part of text) yield utf8.encode(part);
  }
  const reader = toStream(encoded()).pipeThrough(new CompressionStream('gzip')).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}
