/**
 * Import of the JSON that the original Buildbot profiler plugin (2017, up to 1.3.1) writes. What it does not say is filled in thus:
 *
 * - **States.** A sample has the stacks of the threads that were not in one of the waits the plugin knew, and does not say whether they
 *   ran, wanted to or waited. They become `running`: its default mode samples on a timer of used CPU time, and all three weigh the same
 *   in the wall view. A thread that is missing from a sample between its first and its last one becomes `idle` without a stack, before
 *   and after that `absent`.
 * - **CPU time.** There is none per thread, so the CPU view of such a trace is empty. Its mode becomes `real`, whose first view is wall.
 * - **Ticks.** A sample is a tick. Where there are fewer samples than the frequency asks for, the rest counts as left out by the mode.
 * - **Counters.** CPU and memory are the machine's; CPU percentages become totals again. Four rows a second, since single samples jump.
 * - **Main thread**: the first one whose outermost frame is not the start of a thread in `threading.py`.
 * - **Builds** have no names of builders and workers, only their numbers. First lines of functions are unknown, files are cut to their
 *   last 20 characters.
 */
import { MAX_TICKS_PER_CHUNK } from '../contract/trace-limits.ts';
import {
  TRACE_FORMAT,
  TRACE_VERSION,
  type CounterRow,
  type ThreadRow,
  type TraceChunk,
  type TraceEvent,
  type TraceLine,
} from '../contract/trace-lines.ts';
import { bytes, microseconds, MICROSECONDS_PER_SECOND, unixMilliseconds } from '../contract/units.ts';
import { badTrace } from '../contract/field-decoder.ts';
import { parseOriginalFile, type OriginalFile, type OriginalSample } from './original-plugin-file.ts';
import { OriginalRuns } from './original-plugin-runs.ts';
import { OriginalTables } from './original-plugin-tables.ts';

const SAMPLER_VERSION = 'original plugin';
const CHUNK_MICROSECONDS = MICROSECONDS_PER_SECOND;
const COUNTER_MICROSECONDS = MICROSECONDS_PER_SECOND / 4;

/** Makes a trace of the text of a file. @throws ProfilerError 'bad-trace' before the first line or not at all */
export function* parseOriginalPlugin(text: string): Generator<TraceLine, void> {
  const file = parseOriginalFile(text);
  const first = file.samples[0];
  const last = file.samples.at(-1);
  if (first === undefined || last === undefined) {
    throw badTrace('The file has no samples');
  }
  const sinceStart = (seconds: number): number => Math.round((seconds - first.time) * MICROSECONDS_PER_SECOND);
  const period = MICROSECONDS_PER_SECOND / file.frequencyHz;
  yield {
    kind: 'header',
    format: TRACE_FORMAT,
    version: TRACE_VERSION,
    recordingId: `original-${Math.round(first.time * 1000)}`,
    target: { pid: 0, startTimeClockTicks: 0, commandLine: [], executable: '', pythonVersion: '', host: '' },
    frequencyHz: file.frequencyHz,
    mode: 'real',
    periodSeconds: file.gatherPeriod,
    samplerVersion: SAMPLER_VERSION,
    clock: { startedAt: unixMilliseconds(first.time * 1000), monotonic: microseconds(0) },
  };
  const tables = new OriginalTables(file);
  const runs = new OriginalRuns(file.samples, tables, (frame) => file.frames[frame]!.name);
  const counters = new MachineCounters(sinceStart);
  let begin = 0;
  let previous = -period;
  for (let sequence = 0; begin < file.samples.length; sequence++) {
    const end = chunkEnd(file.samples, begin, sinceStart);
    const samples = file.samples.slice(begin, end);
    const times = samples.map(({ time }) => sinceStart(time));
    const lastTime = times.at(-1)!;
    const asked = Math.max(samples.length, Math.round((lastTime - previous) / period));
    const threadRuns = runs.take(begin, end);
    const chunk: TraceChunk = {
      kind: 'chunk',
      sequence,
      ...tables.takeNewRows(),
      threads: sequence === 0 ? describeThreads(runs) : [],
      ticks: times.map((time, index) => time - (times[index - 1] ?? 0)),
      runs: threadRuns,
      counters: samples.flatMap((sample) => counters.take(sample)),
      events: sequence === 0 ? listBuilds(file, sinceStart) : [],
      losses: {
        ticksAsked: asked,
        ticksTaken: asked,
        ticksLate: 0,
        ticksLeftOut: asked - samples.length,
        stacksRetried: 0,
        stacksTorn: 0,
        stacksUnreadable: 0,
      },
    };
    yield chunk;
    begin = end;
    previous = lastTime;
  }
  yield { kind: 'end', at: microseconds(sinceStart(last.time) + period), reason: 'stopped' };
}

const chunkEnd = (
  samples: readonly OriginalSample[],
  begin: number,
  sinceStart: (seconds: number) => number,
): number => {
  const limit = sinceStart(samples[begin]!.time) + CHUNK_MICROSECONDS;
  let end = begin + 1;
  while (end < samples.length && end - begin < MAX_TICKS_PER_CHUNK && sinceStart(samples[end]!.time) < limit) {
    end++;
  }
  return end;
};

const describeThreads = ({ threads }: OriginalRuns): ThreadRow[] =>
  threads.map(({ ident, isMain }, thread) => ({
    thread,
    nativeId: 0,
    name: isMain ? `MainThread ${ident}` : `Thread ${ident}`,
    isNameTruncated: false,
    isMain,
  }));

const listBuilds = ({ builds }: OriginalFile, sinceStart: (seconds: number) => number): TraceEvent[] =>
  builds.map(({ id, number, builderId, workerId, startedAt, completeAt, result }) => ({
    kind: 'build',
    id,
    number,
    builder: `builder ${builderId}`,
    worker: `worker ${workerId}`,
    start: microseconds(sinceStart(startedAt)),
    ...(completeAt === undefined ? {} : { end: microseconds(sinceStart(completeAt)) }),
    ...(result === undefined ? {} : { result }),
  }));

/** Turns percentages since the sample before into totals since the start. */
class MachineCounters {
  readonly #sinceStart: (seconds: number) => number;
  #busy = 0;
  #whole = 0;
  #lastSample = 0;
  #lastRow = Number.NEGATIVE_INFINITY;

  constructor(sinceStart: (seconds: number) => number) {
    this.#sinceStart = sinceStart;
  }

  /** @returns the row that is due at the sample, if one is. */
  take({ time, cpu, memory }: OriginalSample): CounterRow[] {
    const at = this.#sinceStart(time);
    const elapsed = at - this.#lastSample;
    this.#lastSample = at;
    for (const percent of cpu) {
      this.#busy += (Math.min(percent, 100) / 100) * elapsed;
      this.#whole += elapsed;
    }
    if (at - this.#lastRow < COUNTER_MICROSECONDS) {
      return [];
    }
    this.#lastRow = at;
    const used = memory && { machineMemoryUsed: bytes(memory.used), machineMemoryTotal: bytes(memory.total) };
    const processor = { machineBusyCpu: microseconds(this.#busy), machineTotalCpu: microseconds(this.#whole) };
    return [{ at: microseconds(at), ...(cpu.length > 0 ? processor : {}), ...used }];
  }
}
