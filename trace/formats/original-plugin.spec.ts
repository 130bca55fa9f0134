import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { computeCallTree } from '../analysis/call-tree.ts';
import { computeFunctions } from '../analysis/function-weights.ts';
import { computeThreadTicks } from '../analysis/thread-ticks.ts';
import { computeTimeline } from '../analysis/timeline.ts';
import { decodeLine, encodeLine } from '../contract/codec.ts';
import { ProfilerError } from '../contract/errors.ts';
import { ThreadState } from '../contract/thread-state.ts';
import { MAX_FRAMES, MAX_STACK_DEPTH } from '../contract/trace-limits.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { formatTree } from '../testing/format-tree.ts';
import { modelOf } from '../testing/trace-from-text.ts';
import { MAX_CORES, MAX_ORIGINAL_SAMPLES, MAX_ORIGINAL_THREADS, parseOriginalFile } from './original-plugin-file.ts';
import { OriginalTables } from './original-plugin-tables.ts';
import { parseOriginalPlugin } from './original-plugin.ts';

interface RawFile {
  readonly frequency: number;
  readonly frames: readonly (readonly [string, number | null, string])[];
  readonly samples: readonly { readonly time: number; readonly threads: Readonly<Record<string, readonly number[]>> }[];
}

const realText = gunzipSync(readFileSync(new URL('fixtures/original-prof.json.gz', import.meta.url))).toString('utf8');
const memory = { total: 1000, available: 600, used: 100 };
const small = {
  gatherperiod: 60,
  frequency: 10,
  frames: [
    ['main.py', 1, '<module>'],
    ['reactor.py', 7, 'run'],
    ['db.py', null, 'query'],
    ['threading.py', 9, '_bootstrap'],
    ['db.py', 4, 'query'],
  ],
  samples: [
    { time: 100.2, threads: { 7: [2, 1, 0] }, cpu: [50, 0], mem: memory },
    { time: 100, threads: { 8: [4, 3], 7: [1, 0] }, cpu: [100, 100], mem: memory },
    { time: 100.1, threads: {}, cpu: [0, 0], mem: memory },
    { time: 101.5, threads: { 7: [4, 1, 0] }, cpu: [20, 60], mem: memory },
  ],
  builds: [
    { buildid: 5, number: 2, builderid: 1, workerid: null, started_at: 99, complete_at: 101, results: 2 },
    { buildid: 6, number: 3, builderid: 1, workerid: 4, started_at: 101, complete_at: null, results: null },
  ],
};

const modelOfFile = (file: object): TraceModel => modelOf(parseOriginalPlugin(JSON.stringify(file)));

const refusalOf = (file: object | string): string => {
  try {
    Array.from(parseOriginalPlugin(typeof file === 'string' ? file : JSON.stringify(file)));
  } catch (error) {
    if (error instanceof ProfilerError && error.code === 'bad-trace') {
      return error.message;
    }
    throw error;
  }
  throw new Error('The file was taken');
};

describe("a real file of the original plugin's", () => {
  const raw = JSON.parse(realText) as RawFile;
  const lines = Array.from(parseOriginalPlugin(realText));
  const model = modelOf(lines);

  it('gives every function the self and total that counting its samples gives', () => {
    const counted = new Map<string, { self: number; total: number }>();
    for (const { threads } of raw.samples) {
      for (const frames of Object.values(threads)) {
        const names = frames.map((frame) => `${raw.frames[frame]![2]} ${raw.frames[frame]![0]}`);
        for (const name of new Set(names)) {
          const row = counted.get(name) ?? { self: 0, total: 0 };
          counted.set(name, { self: row.self + (names[0] === name ? 1 : 0), total: row.total + 1 });
        }
      }
    }
    const period = 1_000_000 / raw.frequency;
    const computed = computeFunctions(computeCallTree(model, { weight: 'wall' })).map(
      ({ functionIndex, self, total }) =>
        [
          `${model.functionName(functionIndex)} ${model.functionFile(functionIndex)}`,
          { self: self / period, total: total / period },
        ] as const,
    );
    expect(counted.size).toBeGreaterThan(300);
    expect(new Map(computed)).toEqual(counted);
  });

  it('becomes lines that the codec takes', () => {
    expect(lines.map((line) => decodeLine(encodeLine(line)))).toEqual(lines);
    expect(lines.length).toBeGreaterThan(50);
  });

  it('has a tick per sample, in time order, and its builds', () => {
    expect(model.tickCount).toBe(raw.samples.length);
    expect(model.events.length).toBe(94);
    expect(model.losses.ticksTaken).toBe(model.tickCount + model.losses.ticksLeftOut);
    const first = Math.min(...raw.samples.map(({ time }) => time));
    const last = Math.max(...raw.samples.map(({ time }) => time));
    expect(model.ticks.values[model.tickCount - 1]).toBe(Math.round((last - first) * 1_000_000));
  });

  it('counts for each thread the samples that have it', () => {
    const counts = computeThreadTicks(model).map(({ stateTicks }) => stateTicks[ThreadState.running]);
    expect(counts).toEqual([2792, 705]);
    expect(model.threads.map(({ isMain }) => isMain)).toEqual([false, true]);
  });

  it('has curves of load, CPU and memory', () => {
    const timeline = computeTimeline(model, { maxPoints: 200 });
    for (const id of ['load', 'machineCpu', 'machineMemory']) {
      const known = timeline.series.find((series) => series.id === id)!.percent.filter((value) => !Number.isNaN(value));
      expect(known.length).toBeGreaterThan(100);
      expect(known.every((value) => value >= 0 && value <= 100)).toBe(true);
      expect(known.some((value) => value > 0)).toBe(true);
    }
  });
});

describe("a file of the original plugin's", () => {
  it('becomes a trace: stacks turned round, samples in time order, main thread found', () => {
    const model = modelOfFile(small);
    expect(formatTree(model, computeCallTree(model, { weight: 'wall' }))).toEqual([
      'all 400',
      '  MainThread 7 300',
      '    <module> 300',
      '      run 300 self 100',
      '        query 200 self 200',
      '  Thread 8 100',
      '    _bootstrap 100',
      '      query 100 self 100',
    ]);
    expect([...model.ticks.values.subarray(0, 4)]).toEqual([0, 100_000, 200_000, 1_500_000]);
  });

  it('has a thread idle in samples that miss it, absent before its first and after its last', () => {
    const [pool, main] = computeThreadTicks(modelOfFile(small)).sort((a, b) => a.stateTicks[1]! - b.stateTicks[1]!);
    expect(main!.stateTicks).toEqual([0, 3, 0, 0, 1, 0, 0]);
    expect(pool!.stateTicks).toEqual([3, 1, 0, 0, 0, 0, 0]);
  });

  it('has totals of CPU time again, and memory that is not available', () => {
    const { counters } = modelOfFile(small);
    const column = (field: Parameters<typeof counters.column>[0]) => [
      ...counters.column(field).values.subarray(0, counters.count),
    ];
    expect([...counters.times.values.subarray(0, counters.count)]).toEqual([0, 1_500_000]);
    // 100 ms at 0 %, 100 ms at 50 and 0 %, 1300 ms at 20 and 60 %.
    expect(column('machineBusyCpu')[1]).toBeCloseTo(50_000 + 260_000 + 780_000, 3);
    expect(column('machineTotalCpu')).toEqual([0, 3_000_000]);
    expect(column('machineMemoryUsed')).toEqual([400, 400]);
  });

  it('has builds with their results in words', () => {
    const first = { builder: 'builder 1', worker: 'worker 0', start: -1_000_000, end: 1_000_000, result: 'failure' };
    const second = { kind: 'build', id: 6, number: 3, builder: 'builder 1', worker: 'worker 4', start: 1_000_000 };
    expect(modelOfFile(small).events).toEqual([{ kind: 'build', id: 5, number: 2, ...first }, second]);
  });

  it('may have no builds, no CPU and no memory', () => {
    const samples = [{ time: 1, threads: {} }];
    expect(modelOfFile({ gatherperiod: 1, frequency: 100, frames: [], samples }).tickCount).toBe(1);
  });

  it.each([
    ['no samples', { ...small, samples: [] }, 'The file has no samples'],
    ['no frames', { ...small, frames: undefined }, 'profile.frames is not an array'],
    [
      'a frame of another shape',
      { ...small, frames: [['a', 1]] },
      'profile.frames[0] is not a file, a line and a function',
    ],
    ['a frame that is none', { ...small, frames: [null] }, 'profile.frames[0] is not a file, a line and a function'],
    ['a line that is none', { ...small, frames: [['a', -1, 'f']] }, 'profile.frames[0] is not'],
    ['a frequency of 0', { ...small, frequency: 0 }, 'profile.frequency is not a number from 0.001'],
    ['a time that is none', { ...small, samples: [{ time: 'now', threads: {} }] }, 'profile.samples[0].time is not'],
    [
      'threads in a list',
      { ...small, samples: [{ time: 1, threads: [] }] },
      'profile.samples[0].threads is not an object',
    ],
    [
      'an unknown frame',
      { ...small, samples: [{ time: 1, threads: { 7: [5] } }] },
      'names a frame that the file does not',
    ],
    [
      'a result that is none',
      { ...small, builds: [{ ...small.builds[0], results: 9 }] },
      'profile.builds[0].results is not',
    ],
    [
      'a stack too deep',
      { ...small, samples: [{ time: 1, threads: { 7: new Array<number>(MAX_STACK_DEPTH + 1).fill(0) } }] },
      `profile.samples[0].threads.7 is deeper than ${MAX_STACK_DEPTH} frames`,
    ],
    [
      'too many threads in a sample',
      { ...small, samples: [{ time: 1, threads: { ...new Array<number[]>(MAX_ORIGINAL_THREADS + 1).fill([]) } }] },
      `profile.samples[0].threads is not at most ${MAX_ORIGINAL_THREADS} long`,
    ],
    [
      'too many threads in all',
      {
        ...small,
        samples: Array.from({ length: MAX_ORIGINAL_THREADS + 1 }, (_, time) => ({ time, threads: { [time]: [] } })),
      },
      `The file has more than ${MAX_ORIGINAL_THREADS} threads`,
    ],
  ])('is refused with %s', (_, file, message) => {
    expect(refusalOf(file)).toContain(message);
  });

  it.each([
    ['frames', MAX_FRAMES],
    ['samples', MAX_ORIGINAL_SAMPLES],
  ])('is refused with more %s than the cap', (table, cap) => {
    const text = `{"frames":[],"${table}":[${'0,'.repeat(cap)}0]}`;
    expect(refusalOf(text)).toBe(`profile.${table} is not at most ${cap} long`);
  });

  it('is refused with more cores than any machine has', () => {
    const cpu = new Array<number>(MAX_CORES + 1).fill(0);
    expect(refusalOf({ ...small, samples: [{ time: 1, threads: {}, cpu }] })).toContain(
      `is not at most ${MAX_CORES} long`,
    );
  });

  it('is refused with more stacks than the cap', () => {
    const tables = new OriginalTables(parseOriginalFile(JSON.stringify(small)), 3);
    expect(tables.internStack([2, 1, 0])).toBe(2);
    expect(tables.internStack([1, 0])).toBe(1);
    expect(() => tables.internStack([2])).toThrow('The file has more than 3 stacks');
  });

  it('is refused where it was cut', () => {
    expect(refusalOf(realText.slice(0, -1000))).toBe('The file is not JSON text, or only a part of it');
  });
});
