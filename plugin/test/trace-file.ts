import fs from 'node:fs';
import zlib from 'node:zlib';
import type { TraceLine } from '#trace/contract/trace-lines.ts';
import { scriptedChunk, scriptedHeader } from './scripted-source.ts';

export const readLines = (name: string): TraceLine[] => {
  const bytes = fs.readFileSync(name);
  const text = name.endsWith('.gz') ? zlib.gunzipSync(bytes).toString() : bytes.toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TraceLine);
};

/** A header, so many chunks of half a second, and the rest. */
export const writeTrace = (name: string, chunks: number, rest: readonly TraceLine[] = []): void => {
  const middle = Array.from({ length: chunks }, (_, sequence) => scriptedChunk(sequence));
  fs.writeFileSync(name, [scriptedHeader(), ...middle, ...rest].map((line) => `${JSON.stringify(line)}\n`).join(''));
};
