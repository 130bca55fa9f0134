import fs from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { ExportHost } from '#trace/formats/convert-trace.ts';

/** `reportPage` is where the build leaves the page of reports. */
export const makeExportHost = (reportPage: string): ExportHost => ({
  loadReportPage: async () => {
    try {
      return await fs.promises.readFile(reportPage, 'utf8');
    } catch (error) {
      throw new ProfilerError(
        'not-found',
        'The page of reports has not been built',
        { path: reportPage },
        { cause: error },
      );
    }
  },
  // An error reaches whoever reads the stream.
  gzip: (text) => pipeline(Readable.from(text), zlib.createGzip(), () => undefined),
});
