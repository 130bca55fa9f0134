import { readTraceFile } from '../formats/read-trace-file.ts';
import { loadTraceModel } from '../model/load-trace-model.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatTotals, functionTotals } from './function-totals.ts';
import { fileOf } from './read-bytes.ts';

/** Bytes, a text, or what becomes one as JSON. */
export type FileContent = Uint8Array | string | object;

export const toBytes = (content: FileContent): Uint8Array =>
  content instanceof Uint8Array
    ? content
    : new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content));

/** Reads a file of any format. */
export const loadFile = (content: FileContent): Promise<TraceModel> =>
  loadTraceModel(readTraceFile(fileOf(toBytes(content))));

/** Wall time per function, in whole microseconds. */
export const totalsOfFile = async (content: FileContent): Promise<string[]> =>
  formatTotals(functionTotals(await loadFile(content), { weight: 'wall' }), 0);

/** Code and words of the refusal, or `was read`. */
export const refusalOf = async (content: FileContent): Promise<string> => {
  try {
    await loadFile(content);
    return 'was read';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code}: ${message}`;
  }
};
