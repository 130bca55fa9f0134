import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, microseconds, threadIndex } from '../contract/units.ts';
import type { TraceChunk } from '../contract/trace-lines.ts';
import type { TraceModel } from '../model/trace-model.ts';
import { functionTotals } from '../testing/function-totals.ts';
import { modelFromText, modelOf, traceFromText } from '../testing/trace-from-text.ts';
import { formatFirefoxProfile } from './firefox-profile.ts';

const CLI = fileURLToPath(
  new URL('../../node_modules/@firefox-devtools/profiler-cli/dist/profiler-cli.js', import.meta.url),
);
const MICROSECONDS_PER_MILLISECOND = 1000;

const DRAWING = `
  MainThread cpu=18ms
    2 running+gil  run@/srv/main.py:3 > work@/srv/main.py:12 > work@/srv/main.py:13
    1 running      run@/srv/main.py:3 > walk@/srv/main.py:9
    3 idle         run@/srv/main.py:3 > poll@select.py
    1 waiting      run@/srv/main.py:3
  pool
    4 idle
    1 waiting+gil  loop@pool.py:1
    2 running      loop@pool.py:1 > job@pool.py:7
`;

const withEvents = (): TraceModel => {
  const lines = traceFromText(DRAWING);
  const chunk = lines[1] as TraceChunk;
  const at = microseconds;
  return modelOf([
    lines[0]!,
    {
      ...chunk,
      counters: [
        { at: at(0), targetResident: bytes(1000), targetUserCpu: at(500), targetSystemCpu: at(0) },
        { at: at(10_000), targetResident: bytes(3000), targetUserCpu: at(9000), targetSystemCpu: at(500) },
      ],
      events: [
        {
          kind: 'build',
          id: 1,
          number: 7,
          builder: 'linux',
          worker: 'w1',
          result: 'success',
          start: at(-5e6),
          end: at(3e4),
        },
        { kind: 'step', id: 2, buildId: 1, name: 'compile', start: at(1e4) },
        { kind: 'note', text: 'slow here', start: at(2e4) },
        { kind: 'suspension', id: 3, start: at(4e4), end: at(5e4) },
      ],
    },
  ]);
};

interface ReadFunction {
  readonly name: string;
  readonly selfSamples: number;
  readonly totalSamples: number;
}

describe("a Firefox profile, read by Firefox's own command line", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bbprofiler-test-'));
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
      encoding: 'utf8',
      env: { ...process.env, PROFILER_CLI_SESSION_DIR: path.join(folder, 'sessions') },
    });
    expect([status, stderr]).toEqual([0, '']);
    return stdout;
  };
  const ask = (...args: string[]): unknown => JSON.parse(run(...args, '--json'));

  beforeAll(() => {
    const file = path.join(folder, 'profile.json');
    fs.writeFileSync(file, [...formatFirefoxProfile(withEvents(), { weight: 'wall' })].join(''));
    run('load', file);
  });
  afterAll(() => {
    run('stop', '--all');
    fs.rmSync(folder, { recursive: true });
  });

  it.each([
    ['t-0', 0],
    ['t-1', 1],
  ])('has the totals per function of thread %s', (handle, thread) => {
    const model = withEvents();
    const read = ask('thread', 'functions', '--thread', handle) as { functions: ReadFunction[]; weightType: string };
    expect(read.weightType).toBe('tracing-ms');
    const theirs = read.functions.map(({ name, selfSamples, totalSamples }) => [name, selfSamples, totalSamples]);
    const ours = Array.from(
      functionTotals(model, { weight: 'wall', threads: [threadIndex(thread)] }),
      ([name, { self, total }]) => [
        name.split(' ')[0],
        self / MICROSECONDS_PER_MILLISECOND,
        total / MICROSECONDS_PER_MILLISECOND,
      ],
    );
    expect(new Set(theirs.filter(([, , total]) => total !== 0))).toEqual(new Set(ours));
    expect(ours.length).toBeGreaterThan(1);
  });

  it('has threads by name, the main one first', () => {
    const { threads } = ask('thread', 'list') as { threads: { name: string }[] };
    expect(threads.map(({ name }) => name).sort()).toEqual(['MainThread', 'pool']);
  });

  it('has builds, steps, notes and suspensions as markers, and the counters', () => {
    const markers = JSON.stringify(ask('thread', 'markers', '--list', '--thread', 't-0'));
    for (const text of ['build', 'step', 'note', 'suspension', 'linux', 'compile', 'slow here']) {
      expect(markers).toContain(text);
    }
    expect(JSON.stringify(ask('counter', 'list'))).toMatch(/processCPU|CPU/);
  });
});

describe('a Firefox profile', () => {
  it('has one sample a tick with a share, and one a run without', () => {
    const text = [...formatFirefoxProfile(modelFromText(DRAWING), { weight: 'wall' })].join('');
    const { threads } = JSON.parse(text) as {
      threads: { samples: { time: number[]; weight: number[]; stack: (number | null)[]; length: number } }[];
    };
    const { time, weight, length } = threads[0]!.samples;
    expect([time, weight, length]).toEqual([[0, 10, 20, 30, 60], [10, 10, 10, 0, 10], 5]);
  });
});
