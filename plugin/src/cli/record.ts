import fs from 'node:fs';
import { Command, Option } from 'commander';
import { MAX_PERIOD_SECONDS } from '#trace/contract/api.ts';
import { ProfilerError } from '#trace/contract/errors.ts';
import type { RecordingMode, TraceEnd } from '#trace/contract/trace-lines.ts';
import { OutputFileSink } from '../recording/output-file-sink.ts';
import { generateRecordingId } from '../recording/recording-folder.ts';
import { RecordingSession } from '../session/recording-session.ts';
import { formatOutcome, formatTarget, formatTrust } from './format-outcome.ts';
import { loadSampler } from './load-sampler.ts';
import { MasterClient } from './master-client.ts';
import {
  addTargetOptions,
  durationOption,
  frequencyOption,
  locatorFor,
  modeOption,
  type TargetOptions,
} from './options.ts';
import { recordThroughPlugin } from './record-through-plugin.ts';
import { showProgress } from './recording-progress.ts';
import { listenForStop } from './stop-signal.ts';
import { say, writeResult } from './terminal.ts';

interface RecordOptions extends TargetOptions {
  readonly duration?: number;
  readonly frequency: number;
  readonly mode: RecordingMode;
  readonly output: string;
  readonly force?: true;
}

const EXAMPLES = `
Examples:
  $ bbprofiler record --pid 4711 --duration 60 --output slow.bbprof.gz
  $ bbprofiler record --basedir /var/lib/buildbot/master --mode real --output night.bbprof.gz

Ctrl-C ends the recording; the file is whole then too. A name ending in .gz gives a compressed file.
While it records, the lines are in a file of the same name with .part at its end: all that a crash leaves, readable as it is.`;

export const recordCommand = (): Command =>
  addTargetOptions(new Command('record'))
    .description('Record a process into a file.')
    .addOption(durationOption())
    .addOption(frequencyOption())
    .addOption(modeOption())
    .addOption(new Option('--output <file>', 'the file to write').makeOptionMandatory())
    .option('--force', 'overwrite the file')
    .addHelpText('after', EXAMPLES)
    .action(record);

const record = async (options: RecordOptions): Promise<void> => {
  const client = await MasterClient.find(options);
  if (client !== undefined) return recordWithClient(client, options);
  const { startSampler } = await loadSampler();
  const pid = locatorFor(options).locate();
  const sink = OutputFileSink.open(options.output, { overwrite: options.force === true });
  const stop = listenForStop();
  const periodSeconds = options.duration ?? MAX_PERIOD_SECONDS;
  const request = {
    pid,
    frequencyHz: options.frequency,
    mode: options.mode,
    periodSeconds,
    recordingId: generateRecordingId(),
  };
  const session = await RecordingSession.start(startSampler, request, sink);
  say(`recording ${formatTarget(session.header.target)} into ${options.output}; Ctrl-C ends it`);
  const endProgress = showProgress(session.tally, options.duration);
  stop.addEventListener('abort', () => void session.stop(), { once: true });
  if (stop.aborted) void session.stop();
  const end = await session.ended.finally(endProgress);
  await session.finished;
  const { size } = await fs.promises.stat(options.output);
  await writeResult(`${options.output}: ${formatOutcome(session.tally, size)}\n`);
  for (const line of formatTrust(session.tally)) say(line);
  failIfCutShort(end);
};

const recordWithClient = async (client: MasterClient, options: RecordOptions): Promise<void> => {
  const { duration, frequency: frequencyHz, mode, output, force } = options;
  const periodSeconds = duration ?? MAX_PERIOD_SECONDS;
  const wish = { frequencyHz, mode, periodSeconds, duration, output, overwrite: force === true };
  const { end } = await recordThroughPlugin(client, wish, listenForStop());
  if (end !== undefined) failIfCutShort(end);
};

/** What was recorded is in the file; that it ended too early is for the exit code. */
const failIfCutShort = ({ reason, message = '' }: TraceEnd): void => {
  if (reason === 'sampler-failed') throw new ProfilerError('sampler-failed', `The sampler failed: ${message}`);
  if (reason === 'disk-full') throw new ProfilerError('file-unwritable', message);
};
