/**
 * The sampling loop of a recording in a process of its own, told by its one argument: says that it samples, and at the end what it saw. Its chunks are counted instead of written: `bench:recording`
 * measures what it takes to write them.
 */
import { readInterpreterFacts } from '../../src/cpython/interpreter-attachment.ts';
import { MemoryInterpreterReader } from '../../src/cpython/memory-interpreter-reader.ts';
import { LiveProcessMemory } from '../../src/memory/live-process-memory.ts';
import { SamplingLoop, type SamplerOptions } from '../../src/sampler/sampling-loop.ts';
import { sharpenTimer } from '../../src/sampler/timer-slack.ts';
import { StackTally } from './stack-tally.ts';

export interface OwnSamplerData {
  readonly pid: number;
  readonly frequencyHz: number;
  readonly seconds: number;
  readonly isVectored: boolean;
}

/** What a vectored read gives that reads nothing: each range is then read by itself. */
const REFUSED = -1;
/** A sleep of less takes longer than it is. */
const SHORTEST_SLEEP_MILLISECONDS = 0.002;
/** A recording of hours runs compiled code: so does this one, after some seconds' worth of ticks as fast as they can be taken. */
const WARM_UP = { frequencyHz: 1e6, seconds: 0.5 };

const { pid, frequencyHz, seconds, isVectored } = JSON.parse(process.argv[2] ?? '') as OwnSamplerData;
const word = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const neverStops = (milliseconds: number): boolean => {
  if (milliseconds > SHORTEST_SLEEP_MILLISECONDS) Atomics.wait(word, 0, 0, milliseconds);
  return false;
};

const sample = (of: { readonly frequencyHz: number; readonly seconds: number }, tally: StackTally): void => {
  const memory = isVectored ? new LiveProcessMemory(pid) : new LiveProcessMemory(pid, () => REFUSED);
  const reader = new MemoryInterpreterReader(memory, readInterpreterFacts(pid, memory));
  const options = { pid, frequencyHz: of.frequencyHz, mode: 'real', periodSeconds: of.seconds, recordingId: 'bench' };
  const end = new SamplingLoop(options as SamplerOptions, reader).run(neverStops, (line) => {
    if (line.kind === 'chunk') tally.add(line);
  });
  if (end.reason !== 'period-over') throw new Error(`${end.reason}: ${end.message ?? ''}`);
};

sharpenTimer();
sample(WARM_UP, new StackTally());
process.stdout.write('sampling\n');
const tally = new StackTally();
sample({ frequencyHz, seconds }, tally);
process.stdout.write(`${JSON.stringify(tally.result(seconds))}\n`);
