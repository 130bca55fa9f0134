/** A recording that is large, and a browser that takes it slowly. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { BuildbotMaster } from '../processes/buildbot-master.ts';

const ID = '20260102-030405-0123abcd';

/** Puts a file into the list of the tab, of any bytes; gives its id. */
export const putRecording = (master: BuildbotMaster, content: Buffer): string => {
  writeFileSync(path.join(master.basedir, '.bbprofiler/recordings', `${ID}.bbprof.gz`), content);
  return ID;
};

/** Takes a download at an even pace, as over a slow line: the pauses are the load. Resolves with the bytes taken, at its end or once it is aborted. */
export const takeSlowly = async (answer: Readable, bytesPerSecond: number, signal?: AbortSignal): Promise<number> => {
  const since = Date.now();
  let taken = 0;
  for await (const block of answer) {
    taken += (block as Buffer).length;
    if (signal?.aborted === true) break;
    const ahead = (taken / bytesPerSecond) * 1000 - (Date.now() - since);
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead));
  }
  return taken;
};
