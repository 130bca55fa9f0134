/**
 * Traces of any size, made of the stacks of a real recording, whose totals are known without reading them. A master of one main thread, which
 * works for 60 % of the time, and four threads of a pool, which work for 10 % each: one sample a tick on average. Each chunk is of 500 ms, as recorded ones are.
 */
import { DispatchMark } from '#trace/contract/dispatch-mark.ts';
import { GilState, ThreadState } from '#trace/contract/thread-state.ts';
import {
  TRACE_FORMAT,
  TRACE_VERSION,
  type CounterRow,
  type ThreadRow,
  type ThreadRuns,
  type TraceChunk,
  type TraceEvent,
  type TraceHeader,
  type TraceLine,
} from '#trace/contract/trace-lines.ts';
import { bytes, microseconds, unixMilliseconds } from '#trace/contract/units.ts';
import type { TraceModel } from '#trace/model/trace-model.ts';
import { seededRandom } from '../../plugin/test/bench/statistics.ts';
import { CallChains } from './call-chains.ts';
import { NewRows } from './new-rows.ts';

export interface TraceSize {
  /** Ticks of threads that did something: each weighs one period of wall time. */
  readonly samples: number;
  /** Different call chains; each is in the trace. */
  readonly chains: number;
}

export interface TraceTotals {
  readonly samples: number;
  readonly ticks: number;
  /** Of the main thread. */
  readonly mainSamples: number;
  readonly wallMicroseconds: number;
  readonly mainWallMicroseconds: number;
}

const FREQUENCY_HZ = 100;
export const PERIOD_MICROSECONDS = 1_000_000 / FREQUENCY_HZ;
const TICKS_PER_CHUNK = 50;
const POOL_THREADS = 4;
const MAIN_THREAD = 0;
const MAIN_SHARE = 0.6;
const POOL_SHARE = 0.1;
/** Of runs of equal ticks, as in the recording. */
const MEAN_RUN_TICKS = 1.4;
/** Chains that are frequent all the time; the others come, stay for a while and go. */
const FREQUENT_CHAINS = 500;
const PASSING_CHAINS = 2000;
const FREQUENT_SHARE = 0.5;
const TICKS_PER_BUILD = 6000;
const BUILD_TICKS = 4000;
const SEED = 20_261_125;
const MACHINE_MEMORY = 16 * 2 ** 30;

export class GeneratedTrace {
  readonly #size: TraceSize;
  readonly #random = seededRandom(SEED);
  readonly #chains: readonly (readonly number[])[];
  readonly #rows: NewRows;
  #introduced = 0;
  #samples = 0;
  #mainSamples = 0;
  #ticks = 0;
  #userCpu = 0;

  constructor(source: TraceModel, size: TraceSize) {
    this.#size = size;
    this.#chains = new CallChains(source, this.#random).take(size.chains);
    this.#rows = new NewRows(source);
  }

  /** Complete once all lines were taken. */
  get totals(): TraceTotals {
    return {
      samples: this.#samples,
      ticks: this.#ticks,
      mainSamples: this.#mainSamples,
      wallMicroseconds: this.#samples * PERIOD_MICROSECONDS,
      mainWallMicroseconds: this.#mainSamples * PERIOD_MICROSECONDS,
    };
  }

  /** Once. */
  *lines(): Generator<TraceLine, void> {
    yield this.#header();
    for (let sequence = 0; this.#samples < this.#size.samples; sequence++) yield this.#chunk(sequence);
    yield { kind: 'end', at: microseconds(this.#ticks * PERIOD_MICROSECONDS), reason: 'stopped' };
  }

  #header(): TraceHeader {
    return {
      kind: 'header',
      format: TRACE_FORMAT,
      version: TRACE_VERSION,
      recordingId: `generated-${this.#size.samples}`,
      target: {
        ...{ pid: 4711, startTimeClockTicks: 0, commandLine: ['buildbot', 'start'], executable: '/usr/bin/python3' },
        ...{ pythonVersion: '3.13.1', host: 'master' },
      },
      frequencyHz: FREQUENCY_HZ,
      mode: 'real',
      periodSeconds: 86_400,
      samplerVersion: 'generated',
      clock: { startedAt: unixMilliseconds(1_700_000_000_000), monotonic: microseconds(0) },
    };
  }

  #chunk(sequence: number): TraceChunk {
    const runs = Array.from({ length: 1 + POOL_THREADS }, (_, thread) => this.#threadRuns(thread));
    const start = this.#ticks * PERIOD_MICROSECONDS;
    const firstTick = this.#ticks;
    this.#ticks += TICKS_PER_CHUNK;
    return {
      kind: 'chunk',
      sequence,
      ...this.#rows.take(),
      threads: sequence === 0 ? listThreads() : [],
      ticks: Array.from({ length: TICKS_PER_CHUNK }, (_, tick) => (tick === 0 ? start : PERIOD_MICROSECONDS)),
      runs,
      counters: [this.#counters(runs)],
      events: listEvents(firstTick),
      losses: {
        ...{ ticksAsked: TICKS_PER_CHUNK, ticksTaken: TICKS_PER_CHUNK, ticksLate: 0, ticksLeftOut: 0 },
        ...{ stacksRetried: 0, stacksTorn: 0, stacksUnreadable: 0 },
      },
    };
  }

  #threadRuns(thread: number): ThreadRuns {
    const isMain = thread === MAIN_THREAD;
    const runs = new JoinedRuns();
    let running = 0;
    for (let left = TICKS_PER_CHUNK; left > 0;) {
      const isBusy = this.#random() < (isMain ? MAIN_SHARE : POOL_SHARE);
      // All samples that are asked for, and not one more.
      const room = isBusy ? Math.min(left, this.#size.samples - this.#samples) : left;
      const ticks = Math.max(1, Math.min(room, this.#runLength()));
      const works = isBusy && room > 0;
      const isWaiting = works && !isMain && this.#random() < 0.5;
      if (works) this.#samples += ticks;
      if (works && isMain) this.#mainSamples += ticks;
      if (works && !isWaiting) running += ticks;
      runs.add(ticks, {
        stacks: works ? this.#rows.stack(this.#chooseChain()) : -1,
        states: works ? (isWaiting ? ThreadState.waiting : ThreadState.running) : ThreadState.idle,
        gil: works && isMain ? GilState.holds : GilState.neither,
        dispatches: isMain ? (works ? DispatchMark.begins : DispatchMark.loop) : DispatchMark.none,
      });
      left -= ticks;
    }
    const { dispatches, ...columns } = runs.columns;
    return {
      thread,
      cpu: microseconds(running * PERIOD_MICROSECONDS),
      ...columns,
      ...(isMain ? { dispatches } : {}),
    };
  }

  /** Geometric: 1 or more. */
  #runLength(): number {
    return 1 + Math.floor(Math.log(1 - this.#random()) / Math.log(1 - 1 / MEAN_RUN_TICKS));
  }

  /** New ones evenly over the trace, so that all come: each as soon as its share of the samples is reached. */
  #chooseChain(): readonly number[] {
    const { samples, chains } = this.#size;
    const due = Math.min(chains, 1 + Math.floor((this.#samples / samples) * chains * AHEAD));
    if (this.#introduced < due) return this.#chains[this.#introduced++]!;
    const frequent = Math.min(FREQUENT_CHAINS, this.#introduced);
    const passing = Math.min(PASSING_CHAINS, this.#introduced);
    const index =
      this.#random() < FREQUENT_SHARE
        ? Math.floor(this.#random() * frequent)
        : this.#introduced - 1 - Math.floor(this.#random() * passing);
    return this.#chains[index]!;
  }

  #counters(runs: readonly ThreadRuns[]): CounterRow {
    const used = runs.reduce((sum, { cpu }) => sum + cpu, 0);
    this.#userCpu += used;
    const at = this.#ticks * PERIOD_MICROSECONDS - 1;
    return {
      at: microseconds(at),
      targetUserCpu: microseconds(this.#userCpu),
      targetSystemCpu: microseconds(0),
      targetResident: bytes(2 ** 28 + this.#ticks * 64),
      targetThreads: 1 + POOL_THREADS,
      machineBusyCpu: microseconds(this.#userCpu * 1.25),
      machineTotalCpu: microseconds(at * 2),
      machineMemoryUsed: bytes(MACHINE_MEMORY / 2),
      machineMemoryTotal: bytes(MACHINE_MEMORY),
      reactorLoad: Math.min(1, runs[MAIN_THREAD]!.cpu / (TICKS_PER_CHUNK * PERIOD_MICROSECONDS)),
    };
  }
}

type RunValue = 'stacks' | 'states' | 'gil' | 'dispatches';

/** As the sampler writes them: equal neighbours are one run. A dispatch that begins is never the one before it. */
class JoinedRuns {
  readonly columns: Record<RunValue | 'ticks', number[]> = {
    ticks: [],
    stacks: [],
    states: [],
    gil: [],
    dispatches: [],
  };
  #last: Readonly<Record<RunValue, number>> | undefined;

  add(ticks: number, run: Readonly<Record<RunValue, number>>): void {
    const { columns } = this;
    const isLikeLast = RUN_VALUES.every((value) => run[value] === this.#last?.[value]);
    this.#last = run;
    if (isLikeLast && run.dispatches !== DispatchMark.begins) {
      columns.ticks[columns.ticks.length - 1]! += ticks;
      return;
    }
    columns.ticks.push(ticks);
    for (const value of RUN_VALUES) columns[value].push(run[value]);
  }
}
const RUN_VALUES = ['stacks', 'states', 'gil', 'dispatches'] as const satisfies readonly RunValue[];

/** A run introduces one chain however many samples it has: the last chain has to come before the last sample. */
const AHEAD = 1.05;

const listThreads = (): ThreadRow[] =>
  Array.from({ length: 1 + POOL_THREADS }, (_, thread) => ({
    thread,
    nativeId: 4711 + thread,
    name: thread === MAIN_THREAD ? 'MainThread' : `PoolThread-${thread}`,
    isNameTruncated: false,
    isMain: thread === MAIN_THREAD,
  }));

const listEvents = (firstTick: number): TraceEvent[] => {
  if (firstTick % TICKS_PER_BUILD !== 0) return [];
  const number = firstTick / TICKS_PER_BUILD + 1;
  const start = firstTick * PERIOD_MICROSECONDS;
  return [
    {
      kind: 'build',
      id: number,
      number,
      builder: 'runtests',
      worker: 'worker',
      start: microseconds(start),
      end: microseconds(start + BUILD_TICKS * PERIOD_MICROSECONDS),
      result: 'success',
    },
  ];
};
