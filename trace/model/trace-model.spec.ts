import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeThreadTicks } from '../analysis/thread-ticks.ts';
import { ProfilerError } from '../contract/errors.ts';
import type { TraceChunk, TraceLine } from '../contract/trace-lines.ts';
import { frameIndex, functionIndex, microseconds, threadIndex } from '../contract/units.ts';
import { arbitraryTrace } from '../testing/arbitrary-trace.ts';
import { naivePathTotals } from '../testing/naive-tree.ts';
import { emptyChunk, modelFromText, modelOf, testHeader, traceFromText } from '../testing/trace-from-text.ts';
import { TRACE_CAPS, type TraceCaps } from './check-chunk.ts';
import { TraceModel } from './trace-model.ts';

const DRAWING = `
  main cpu=20ms
    2 running+gil  run > work:12
    1 idle         run > poll@select.py:7
  ---
  main
    1 waiting      run > work:13
  pool
    1 running      loop > work:12
`;
const lines = traceFromText(DRAWING);
const secondChunk = lines[2] as TraceChunk;

/** All a model holds, to compare two. */
const contentsOf = (model: TraceModel): unknown => {
  const { functions, stacks, runs, counters, ticks } = model;
  const columns = [
    functions.names,
    functions.files,
    functions.firstLines,
    functions.frameFunctions,
    functions.frameLines,
    stacks.parents,
    stacks.frames,
    stacks.depths,
    stacks.paths,
    stacks.pathParents,
    stacks.pathFunctions,
    stacks.pathDepths,
    runs.chunkFirstTicks,
    runs.chunkFirstStretches,
    runs.stretchThreads,
    runs.stretchFirstTicks,
    runs.stretchFirstRuns,
    runs.stretchCpu,
    runs.stretchCpuPerTick,
    runs.stacks,
    runs.ticks,
    runs.states,
    runs.gil,
    counters.times,
    counters.column('targetUserCpu'),
    ticks,
    model.leftOutTicks,
  ];
  return {
    revision: model.revision,
    header: model.header,
    end: model.end,
    strings: [...model.strings],
    threads: [...model.threads],
    unattributed: model.threads.map((_, index) => model.unattributedCpu(threadIndex(index))),
    events: [...model.events],
    losses: { ...model.losses },
    tickEnds: Array.from({ length: model.tickCount }, (_, tick) => model.endOfTick(tick)),
    columns: columns.map(({ values, length }) => [...values.subarray(0, length)]),
  };
};

const refusalOf = (model: TraceModel, line: TraceLine): string => {
  try {
    model.append(line);
  } catch (error) {
    if (error instanceof ProfilerError && error.code === 'bad-trace') {
      return error.message;
    }
    throw error;
  }
  throw new Error('The line was taken');
};

describe('a trace model', () => {
  it('gives names, files and lines of functions and frames', () => {
    const model = modelOf(lines);
    expect([0, 1, 2, 3].map((row) => model.functionName(functionIndex(row)))).toEqual(['run', 'work', 'poll', 'loop']);
    expect(model.functionFile(functionIndex(2))).toBe('select.py');
    expect(model.functionFirstLine(functionIndex(0))).toBe(0);
    expect(model.frameFunction(frameIndex(1))).toBe(1);
    expect(model.frameLine(frameIndex(1))).toBe(12);
  });

  it('merges stacks that differ only in lines into one call path', () => {
    const { stacks } = modelOf(lines);
    // run, run > work:12, run > poll, run > work:13, loop, loop > work:12
    expect([...stacks.paths.values.subarray(0, stacks.count)]).toEqual([0, 1, 2, 1, 3, 4]);
    expect([...stacks.depths.values.subarray(0, stacks.count)]).toEqual([1, 2, 2, 2, 1, 2]);
  });

  it('lasts until its end or, while it goes on, until the end of its last tick', () => {
    const model = modelOf(lines);
    expect(model.tickCount).toBe(4);
    expect(model.duration).toBe(40_000);
    model.append({ kind: 'end', at: microseconds(55_000), reason: 'stopped' });
    expect(model.duration).toBe(55_000);
  });

  it('adds up losses, and keeps the newest word on a build', () => {
    const times = { start: microseconds(5), number: 7, builder: 'b', worker: 'w' };
    const model = modelOf([
      testHeader(),
      {
        ...emptyChunk(0),
        events: [
          { kind: 'build', id: 3, ...times },
          { kind: 'suspension', id: 3, start: microseconds(2) },
        ],
        losses: { ...emptyChunk(0).losses, ticksLate: 2 },
      },
      {
        ...emptyChunk(1),
        events: [
          { kind: 'step', id: 3, buildId: 3, name: 'compile', start: microseconds(6) },
          { kind: 'build', id: 3, ...times, end: microseconds(9), result: 'success' },
          { kind: 'suspension', id: 3, start: microseconds(2), end: microseconds(8) },
          { kind: 'note', text: 'n', start: microseconds(9) },
        ],
        losses: { ...emptyChunk(1).losses, ticksLate: 3 },
      },
    ]);
    expect(model.losses.ticksLate).toBe(5);
    expect(model.events.map(({ kind, end }) => [kind, end])).toEqual([
      ['build', 9],
      ['suspension', 8],
      ['step', undefined],
      ['note', undefined],
    ]);
  });

  it('tells what it takes in memory, and gives back what it keeps for more', () => {
    const model = new TraceModel();
    const sizes = [model.memoryBytes];
    for (const line of traceFromText(Array.from({ length: 200 }, () => 'main\n  1 running  a > b').join('\n---\n')))
      if (model.append(line)) sizes.push(model.memoryBytes);
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0]!);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const before = naivePathTotals(model, 'wall');
    model.trim();
    expect(model.memoryBytes).toBeLessThan(sizes.at(-1)!);
    expect(naivePathTotals(model, 'wall')).toEqual(before);
    // A live connection may still bring something.
    model.append({ ...emptyChunk(200), ticks: [10_000_000] });
    expect(model.tickCount).toBe(201);
  });

  it('takes the newest name of a thread', () => {
    const model = modelFromText('main\n  1 idle');
    const row = { ...model.threads[0]!, name: 'reactor' };
    model.append({ ...emptyChunk(1), threads: [row] });
    expect(model.threads).toEqual([row]);
  });

  it('takes lines once: those it has change nothing', () => {
    const model = modelOf(lines);
    const end: TraceLine = { kind: 'end', at: microseconds(40_000), reason: 'stopped' };
    expect(model.append(end)).toBe(true);
    const before = contentsOf(model);
    expect([...lines, end].map((line) => model.append(line))).toEqual([false, false, false, false]);
    expect(contentsOf(model)).toEqual(before);
  });

  it('is the same whether its lines come once or some of them again', () => {
    fc.assert(
      fc.property(arbitraryTrace(), fc.nat(10), (trace, again) => {
        const model = modelOf(trace.slice(0, again));
        for (const line of trace) {
          model.append(line);
        }
        expect(contentsOf(model)).toEqual(contentsOf(modelOf(trace)));
      }),
    );
  });

  it("accounts for every tick of every thread: their states add up to the trace's ticks", () => {
    fc.assert(
      fc.property(arbitraryTrace(), (trace) => {
        const model = modelOf(trace);
        for (const { stateTicks } of computeThreadTicks(model)) {
          expect(stateTicks.reduce((sum, count) => sum + count, 0)).toBe(model.tickCount);
        }
      }),
    );
  });

  it('accounts for all CPU time: what ticks stand for and what none stands for add up', () => {
    fc.assert(
      fc.property(arbitraryTrace(), (trace) => {
        const model = modelOf(trace);
        const told = new Map<number, number>();
        for (const line of trace) {
          for (const { thread, cpu } of line.kind === 'chunk' ? line.runs : []) {
            told.set(thread, (told.get(thread) ?? 0) + cpu);
          }
        }
        for (const { thread, cpu, unattributedCpu } of computeThreadTicks(model)) {
          expect(cpu + unattributedCpu).toBeCloseTo(told.get(thread) ?? 0, 5);
        }
      }),
    );
  });
});

describe('a trace model refuses, and stays as it was, ', () => {
  const { functions, frames, stacks, threads, runs } = secondChunk;
  const [run, poolRun] = runs;
  const withRun = (changes: object): TraceChunk => ({ ...secondChunk, runs: [{ ...run!, ...changes }] });

  it.each<[string, TraceLine, string]>([
    ['a gap in the sequence', { ...secondChunk, sequence: 2 }, 'Chunk 2 follows where chunk 1 is due'],
    ['another header', testHeader({ recordingId: 'other' }), 'A header of recording other follows lines of drawn'],
    [
      'columns of different lengths',
      { ...secondChunk, functions: { ...functions, files: [] } },
      'The columns of functions',
    ],
    [
      'a string out of range',
      { ...secondChunk, functions: { ...functions, names: [99] } },
      'functions.names names row 99',
    ],
    [
      'a function out of range',
      { ...secondChunk, frames: { functions: [4, 1, 1], lines: [0, 0, 0] } },
      'frames.functions',
    ],
    [
      'a fraction as an index',
      { ...secondChunk, frames: { ...frames, functions: [0.5, 1] } },
      'frames.functions names row 0.5',
    ],
    [
      'a frame out of range',
      { ...secondChunk, stacks: { parents: [-1], frames: [9] } },
      'stacks.frames names row 9 of',
    ],
    [
      'a slow tick out of range',
      { ...secondChunk, slowTicks: { ticks: [1], spans: [microseconds(2000)] } },
      'slowTicks.ticks names row 1 of 1',
    ],
    [
      'slow ticks that do not rise',
      {
        ...secondChunk,
        ticks: [...secondChunk.ticks, 1, 1],
        runs: [],
        slowTicks: { ticks: [2, 1], spans: [microseconds(2000), microseconds(3000)] },
      },
      'slowTicks.ticks names row 1 of 3',
    ],
    ['slow ticks without a span', { ...secondChunk, slowTicks: { ticks: [0], spans: [] } }, 'The columns of slowTicks'],
    [
      'a stack that is its own parent',
      { ...secondChunk, stacks: { ...stacks, parents: [3, -1, 4] } },
      'Stack 3 has parent 3',
    ],
    ['a cycle of stacks', { ...secondChunk, stacks: { ...stacks, parents: [4, 3, 4] } }, 'Stack 3 has parent 4'],
    ['a parent below -1', { ...secondChunk, stacks: { ...stacks, parents: [-2, -1, 4] } }, 'Stack 3 has parent -2'],
    [
      'a gap in the threads',
      { ...secondChunk, threads: [{ ...threads[0]!, thread: 2 }] },
      'threads describes thread 2',
    ],
    ['runs of a thread unknown', { ...secondChunk, threads: [] }, 'runs.thread names row 1 of 1'],
    ['runs of a thread twice', { ...secondChunk, runs: [run!, poolRun!, run!] }, 'Thread 0 has runs twice'],
    ['run columns of different lengths', withRun({ stacks: [] }), 'The columns of runs have different lengths'],
    ['runs that cover too many ticks', withRun({ ticks: [2] }), 'runs.ticks names row 2 of 2'],
    [
      'runs that cover too few ticks',
      withRun({ ticks: [], stacks: [], states: [], gil: [] }),
      "cover 0 of the chunk's 1",
    ],
    ['a run without ticks', withRun({ ticks: [0] }), 'runs.ticks names row 0 of 2'],
    ['a stack unknown', withRun({ stacks: [6] }), 'runs.stacks names row 6 of 6'],
    ['a state unknown', withRun({ states: [7] }), 'Thread 0 has a run in an unknown state'],
    ['a GIL state unknown', withRun({ gil: [4] }), 'Thread 0 has a run in an unknown state'],
    ['a CPU time that is no number', withRun({ cpu: Number.NaN }), 'Thread 0 has a CPU time of NaN'],
    ['ticks that run backwards', { ...secondChunk, ticks: [19_999] }, 'The times of ticks run backwards'],
    ['ticks that never end', { ...secondChunk, ticks: [Number.POSITIVE_INFINITY] }, 'The times of ticks run backwards'],
    [
      'a counter before the last one',
      { ...secondChunk, counters: [{ at: microseconds(-1) }] },
      'The times of counters',
    ],
  ])('%s', (_, line, message) => {
    const model = modelOf(lines.slice(0, 2));
    const before = contentsOf(model);
    expect(refusalOf(model, line)).toContain(message);
    expect(contentsOf(model)).toEqual(before);
    expect(model.append(secondChunk)).toBe(true);
  });

  it('a chunk or an end before the header, and a chunk after the end', () => {
    const end: TraceLine = { kind: 'end', at: microseconds(0), reason: 'stopped' };
    expect(refusalOf(new TraceModel(), secondChunk)).toBe('The trace does not start with a header');
    expect(refusalOf(new TraceModel(), end)).toBe('The trace does not start with a header');
    expect(refusalOf(modelOf([testHeader(), end]), emptyChunk(0))).toBe('The trace goes on after its end');
  });

  it.each<[keyof TraceCaps, number, TraceChunk]>([
    ['strings', 6, secondChunk],
    ['stringUnits', 30, secondChunk],
    ['functions', 4, secondChunk],
    ['frames', 5, secondChunk],
    ['stacks', 6, secondChunk],
    ['threads', 2, secondChunk],
    ['ticks', 4, secondChunk],
    ['stretches', 3, secondChunk],
    ['runs', 4, secondChunk],
    ['counters', 1, { ...emptyChunk(1), counters: [{ at: microseconds(0) }] }],
    ['events', 1, { ...emptyChunk(1), events: [{ kind: 'note', text: '', start: microseconds(0) }] }],
  ])('more %s than its cap', (table, needed, chunk) => {
    const enough = new TraceModel({ ...TRACE_CAPS, [table]: needed });
    const tooFew = new TraceModel({ ...TRACE_CAPS, [table]: needed - 1 });
    for (const line of lines.slice(0, 2)) {
      enough.append(line);
      tooFew.append(line);
    }
    const before = contentsOf(tooFew);
    expect(enough.append(chunk)).toBe(true);
    expect(refusalOf(tooFew, chunk)).toBe(`The trace has more than ${needed - 1} ${table}`);
    expect(contentsOf(tooFew)).toEqual(before);
  });

  it('a stack deeper than its cap', () => {
    const model = new TraceModel({ ...TRACE_CAPS, stackDepth: 2 });
    for (const line of traceFromText('main\n  1 running a > b')) {
      model.append(line);
    }
    const deeper = { ...emptyChunk(1), stacks: { parents: [1], frames: [0] } };
    expect(refusalOf(model, deeper)).toBe('Stack 2 is deeper than 2 frames');
    const bothNew = { ...emptyChunk(1), stacks: { parents: [0, 2], frames: [0, 0] } };
    expect(refusalOf(model, bothNew)).toBe('Stack 3 is deeper than 2 frames');
  });

  it('any chunk with one number changed to nonsense', () => {
    const nonsense = fc.constantFrom(-7, 1e9, 0.5, Number.NaN);
    fc.assert(
      fc.property(arbitraryTrace(), fc.nat(), fc.nat(), nonsense, (trace, linePick, numberPick, value) => {
        const chunks = trace.filter((line): line is TraceChunk => line.kind === 'chunk' && line.runs.length > 0);
        const target = chunks[linePick % chunks.length];
        fc.pre(target !== undefined);
        const { runs, stacks } = target;
        const places = [
          ...runs.flatMap((row, at) => [...row.ticks.keys()].map((k) => ['runs', at, 'ticks', k] as const)),
          ...runs.flatMap((row, at) => [...row.stacks.keys()].map((k) => ['runs', at, 'stacks', k] as const)),
          ...[...stacks.parents.keys()].map((k) => ['stacks', 'parents', k] as const),
          ...[...stacks.frames.keys()].map((k) => ['stacks', 'frames', k] as const),
        ];
        const changed = structuredClone(target);
        setAt(changed, places[numberPick % places.length]!, value);
        const model = modelOf(trace.slice(0, trace.indexOf(target)));
        const before = contentsOf(model);
        refusalOf(model, changed);
        expect(contentsOf(model)).toEqual(before);
      }),
    );
  });
});

const setAt = (target: object, path: readonly (string | number)[], value: number): void => {
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], target);
  (holder as Record<string, unknown>)[path.at(-1)!] = value;
};

describe('a trace model before its first line', () => {
  it('is empty', () => {
    const model = new TraceModel();
    expect([model.duration, model.tickCount, model.revision, model.header]).toEqual([0, 0, 0, undefined]);
  });

  it('counts a revision a line', () => {
    expect(modelOf(lines).revision).toBe(3);
  });
});
