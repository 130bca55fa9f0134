/** What a recording holds, by the code that both page and command line rest on. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { readTraceFile } from '#trace/formats/read-trace-file.ts';
import { loadTraceModel } from '#trace/model/load-trace-model.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';

export const loadModel = async (file: string): Promise<TraceModel> => {
  const bytes = gunzipSync(await readFile(file));
  return loadTraceModel(
    readTraceFile(
      (async function* () {
        yield bytes;
      })(),
    ),
  );
};
