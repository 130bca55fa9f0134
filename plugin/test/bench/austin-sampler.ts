import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isPossibleChain } from '../call-chain.ts';
import { FASTEST, type Contestant, type SamplingRequest, type SamplingResult } from './measurement.ts';
import { startSamplerProcess, waitForOutput } from './sampler-process.ts';

/** austin 3.7 reads CPython 3.8 to 3.13. */
const VERSION = '3.13';
const PROGRAM = fileURLToPath(new URL('../../../.cache/austin/austin', import.meta.url));
const MICROSECONDS_PER_SECOND = 1e6;
/** The shortest interval there is: above any rate it reaches. */
const FASTEST_INTERVAL = 1;

const DURATION = /Sampling duration : ([\d.]+) s/;
const ERRORS = /Error rate : (\d+)\/(\d+)/;
/** `P1;T0:2;file:function:line;… 1000`: process, interpreter and thread, frames from the outermost in, microseconds since the sample before. */
const SAMPLE = /^P\d+;T[\da-f]+:([\da-f]+);(.*) \d+$/;
const FRAME = /:([^:]+):-?\d+$/;

/** Words of a terminal's colours. */
// eslint-disable-next-line no-control-regex -- these begin with the control character escape
const COLOURS = /\u001b\[[\d;]*m/g;

/** Seconds and errors, out of the statistics that it prints at the end. */
export const parseStatistics = (output: string): Pick<SamplingResult, 'seconds' | 'errorShare'> => {
  const text = output.replaceAll(COLOURS, '');
  const [, seconds] = DURATION.exec(text) ?? [];
  const [, errors, samples] = ERRORS.exec(text) ?? [];
  if (seconds === undefined || samples === undefined) throw new Error(`austin printed no statistics:\n${text}`);
  return { seconds: Number(seconds), errorShare: Number(errors) / Number(samples) };
};

export interface AustinSample {
  readonly thread: string;
  readonly names: readonly string[];
}

/** Undefined for lines that are no sample: comments at the beginning and the end, and empty ones. */
export const parseSample = (line: string): AustinSample | undefined => {
  const [, thread, frames] = SAMPLE.exec(line) ?? [];
  if (thread === undefined || frames === undefined) return undefined;
  return { thread, names: frames.split(';').map((frame) => FRAME.exec(frame)?.[1] ?? frame) };
};

/** Line by line: a second of samples of deep stacks is a gigabyte. */
const countSamples = async (file: string): Promise<Pick<SamplingResult, 'ticks' | 'kept' | 'impossible'>> => {
  const ticks = new Map<string, number>();
  let impossible = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const sample = parseSample(line);
    if (sample === undefined) continue;
    ticks.set(sample.thread, (ticks.get(sample.thread) ?? 0) + 1);
    if (!isPossibleChain(sample.names)) impossible++;
  }
  const counts = [...ticks.values()];
  return { ticks: Math.max(0, ...counts), kept: counts.reduce((sum, count) => sum + count, 0), impossible };
};

const commandOf = ({ pid, frequencyHz, seconds }: SamplingRequest, file: string): string[] => {
  const interval = frequencyHz === FASTEST ? FASTEST_INTERVAL : Math.round(MICROSECONDS_PER_SECOND / frequencyHz);
  return [PROGRAM, '-i', `${interval}us`, '-x', String(seconds), '-o', file, '-p', String(pid)];
};

export const austinSampler: Contestant = {
  name: 'austin',
  pythonVersion: VERSION,
  start: (request) => {
    const file = join(request.folder, 'samples');
    const started = startSamplerProcess(commandOf(request, file), request.core);
    return {
      pid: started.pid,
      begun: waitForOutput(started.process, /Sampling for/),
      ended: started.output.then(async (output) => ({ ...parseStatistics(output), ...(await countSamples(file)) })),
      end: () => started.end(),
    };
  },
};
