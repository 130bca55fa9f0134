import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import zlib from 'node:zlib';
import type { RecordingSummary, StartRequest } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import { microseconds } from '#trace/contract/units.ts';
import { describeWriteError, PRIVATE_FILE_MODE } from '../recording/trace-file-writer.ts';
import { formatOutcome, formatTarget, type RecordedSoFar } from './format-outcome.ts';
import type { MasterClient } from './master-client.ts';
import { showProgress } from './recording-progress.ts';
import { say, writeResult } from './terminal.ts';

const LOOK_MS = 500;
const PART_SUFFIX = '.part';

export interface RecordingWish extends StartRequest {
  readonly output: string;
  readonly overwrite: boolean;
  /** Undefined: until it is stopped. */
  readonly duration: number | undefined;
}

/** What the sampler of the plugin has recorded, as it last said. */
class RemoteRecording implements RecordedSoFar {
  #summary: RecordingSummary;

  constructor(summary: RecordingSummary) {
    this.#summary = summary;
  }

  set summary(summary: RecordingSummary) {
    this.#summary = summary;
  }

  get summary(): RecordingSummary {
    return this.#summary;
  }

  get losses(): RecordedSoFar['losses'] {
    return this.#summary.losses;
  }

  get duration(): RecordedSoFar['duration'] {
    return this.#summary.duration;
  }

  get end(): RecordedSoFar['end'] {
    const { endReason, endMessage } = this.#summary;
    if (endReason === undefined || endReason === 'cut') return undefined;
    const message = endMessage === undefined ? {} : { message: endMessage };
    return { kind: 'end', at: microseconds(this.#summary.duration), reason: endReason, ...message };
  }
}

/** Lets the plugin's sampler record, and fetches the file when it is done. The recording is in the list of the master's tab too. */
export const recordThroughPlugin = async (
  client: MasterClient,
  { output, overwrite, duration, ...request }: RecordingWish,
  stop: AbortSignal,
): Promise<RecordedSoFar> => {
  if (!overwrite && fs.existsSync(output))
    throw new ProfilerError('file-unwritable', `${output} exists; --force overwrites it`, { path: output });
  const recording = new RemoteRecording(await client.start(request));
  const { id, target } = recording.summary;
  say(`recording ${formatTarget(target)} through the master's plugin into ${output}; Ctrl-C ends it`);
  await followUntilEnd(client, recording, duration, stop);
  await fetchInto(client, id, output);
  const { size } = await fs.promises.stat(output);
  await writeResult(`${output}: ${formatOutcome(recording, size)}\n`);
  return recording;
};

const followUntilEnd = async (
  client: MasterClient,
  recording: RemoteRecording,
  duration: number | undefined,
  stop: AbortSignal,
): Promise<void> => {
  const { id } = recording.summary;
  const endProgress = showProgress(recording, duration);
  try {
    while (recording.summary.endReason === undefined) {
      await sleep(LOOK_MS, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) await client.stop().catch(ignoreEnded);
      const now = await client.describe(id);
      if (now === undefined) throw new ProfilerError('no-such-recording', 'The recording was deleted meanwhile');
      recording.summary = now;
    }
  } finally {
    endProgress();
  }
};

/** It may have ended by itself in the same moment. */
const ignoreEnded = (error: unknown): void => {
  if (!(error instanceof ProfilerError) || error.code !== 'not-recording') throw error;
};

const fetchInto = async (client: MasterClient, id: string, output: string): Promise<void> => {
  const part = output + PART_SUFFIX;
  const content = await client.download(id);
  try {
    const file = fs.createWriteStream(part, { mode: PRIVATE_FILE_MODE });
    if (output.endsWith('.gz')) await pipeline(content, file);
    else await pipeline(content, zlib.createGunzip(), file);
    await fs.promises.rename(part, output);
  } catch (error) {
    await fs.promises.rm(part, { force: true });
    throw describeWriteError(output, error);
  }
};
